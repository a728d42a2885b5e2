// Whole rotations, and every way back, by the built command against AWS stand-ins that are not ours: what is true in the
// account, in the credentials file and on disk after each. The clock is real, so the times asked for are seconds.
import { expect, test } from 'vitest';
import { expectExit, nothingLeft } from './built-keyturn.ts';
import { describeEmulators } from './describe-emulators.ts';
import { rotationsJson } from './rotation-json.ts';
import type { Credentials } from './servers.ts';
import { inTheGrace, short } from './short-rotations.ts';

describeEmulators(['moto', 'MiniStack'], ({ emulator, desk }) => {
  test('a rotation that stays to the end leaves the new key alone, in its place', async (context) => {
    const { user, pairs, place, before, run, ...seen } = await desk(context, { name: 'whole' });
    const [old] = pairs as [Credentials];

    const ended = await run(`rotate --wait --user ${user} --to ${place} ${short}`);

    const held = await seen.held();
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({
      outcome: 'rotated',
      state: 'rotated',
      account: emulator().account,
      user: 'whole',
      oldKey: old.accessKeyId,
      newKey: held.accessKeyId,
      until: null,
      hint: null,
      consumers: [{ spec: place, state: 'delivered' }],
      keys: [{ id: held.accessKeyId, status: 'Active' }],
    });
    expect([
      ...new Set(
        ended
          .json()
          .history.filter(isDone)
          .map(({ state }) => state),
      ),
    ]).toEqual([
      'claimUser',
      'inspectKeys',
      'preflightConsumers',
      'freeSlot',
      'createKey',
      'verifyNewKey',
      'deliverKey',
      'checkOldKeyUse',
      'deactivateKey',
      'checkHealth',
      'deleteKey',
      'releaseUser',
    ]);
    expect(await seen.standing()).toEqual(nothingLeft({ [held.accessKeyId]: 'Active' }));
    expect(await seen.file()).toBe(
      before.replace(old.accessKeyId, held.accessKeyId).replace(old.secretAccessKey, held.secretAccessKey),
    );
    expect(await seen.callerAs(held)).toBe(`arn:aws:iam::${emulator().account}:user/whole`);
    expect(await seen.callerAs(old)).toBe('InvalidClientTokenId');
  });

  test('a rotation returns at its first wait, is shown there, and is resumed to the end', async (context) => {
    const { user, pairs, place, run, ...seen } = await desk(context, { name: 'by-steps' });
    const [old] = pairs as [Credentials];

    const first = await run(`rotate --user ${user} --to ${place} ${short}`);
    const atTheWait = await seen.standing();
    const status = await run('status');
    const last = await run('resume --wait');

    const held = await seen.held();
    const { rotation } = first.json();
    expectExit(first, 0);
    expect(first.json()).toMatchObject({
      rotation: expect.any(String),
      outcome: 'waiting',
      state: 'awaitQuiet',
      until: expect.any(String),
      hint: expect.stringContaining(`keyturn resume ${rotation}`),
    });
    expect(atTheWait).toEqual({
      keys: { [old.accessKeyId]: 'Active', [held.accessKeyId]: 'Active' },
      claims: [`keyturn:claim:${rotation}`],
      vault: [`${rotation}-new.json`, `${rotation}-old.json`],
      locks: [],
    });
    expectExit(status, 0);
    expect(rotationsJson(status.stdout, status.stderr)).toMatchObject([
      { rotation, outcome: 'waiting', state: 'awaitQuiet', until: first.json().until, keys: [{}, {}] },
    ]);
    expectExit(last, 0);
    expect(last.json()).toMatchObject({ rotation, outcome: 'rotated', newKey: held.accessKeyId });
    expect(await seen.standing()).toEqual(nothingLeft({ [held.accessKeyId]: 'Active' }));
    expect(rotationsJson((await run('status')).stdout, '')).toEqual([]);
  });

  test('a roll back at the watch gives the file back byte for byte and names the new key', async (context) => {
    const { user, pairs, place, before, run, ...seen } = await desk(context, { name: 'back-at-watch' });
    const [old] = pairs as [Credentials];
    const { newKey } = (await run(`rotate --user ${user} --to ${place} --yes`)).json();

    const ended = await run('rollback');

    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({
      outcome: 'rolledBack',
      newKey,
      hint: expect.stringContaining(`keyturn retire --user ${user} --key ${newKey} --new-key ${old.accessKeyId}`),
      consumers: [{ spec: place, state: 'restored' }],
    });
    expect(await seen.file()).toBe(before);
    expect(await seen.standing()).toEqual(nothingLeft({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' }));
    expectExit(await run('resume'), 3);
  });

  test('a roll back in the grace brings the old key back, and its hint removes the new one', async (context) => {
    const { user, pairs, place, before, run, ...seen } = await desk(context, { name: 'back-in-grace' });
    const [old] = pairs as [Credentials];
    const { newKey } = await inTheGrace({ user, run }, ['--to', place]);
    expect((await seen.standing()).keys).toEqual({ [old.accessKeyId]: 'Inactive', [newKey ?? '']: 'Active' });

    const ended = await run('rollback');
    const file = await seen.file();
    const standing = await seen.standing();
    const hinted = /keyturn (retire \S+ \S+ \S+ \S+ \S+ \S+)/.exec(ended.json().hint ?? '')?.[1] ?? '';
    const retired = await run(`${hinted} --wait ${short}`);

    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ outcome: 'rolledBack', consumers: [{ spec: place, state: 'restored' }] });
    expect(file).toBe(before);
    expect(standing).toEqual(nothingLeft({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' }));
    expect(await seen.callerAs(old)).toBe(`arn:aws:iam::${emulator().account}:user/${user}`);
    expectExit(retired, 0);
    expect(retired.json()).toMatchObject({ outcome: 'rotated', oldKey: newKey, newKey: old.accessKeyId });
    expect(await seen.standing()).toEqual(nothingLeft({ [old.accessKeyId]: 'Active' }));
    expect(await seen.file()).toBe(before);
  });

  test('S1 a bare machine makes the old key active again, and the rotation notices', async (context) => {
    const { user, pairs, place, run, ...seen } = await desk(context, { name: 'bare-machine' });
    const [old] = pairs as [Credentials];
    const { newKey, rotation } = await inTheGrace({ user, run }, ['--to', place]);
    const stateDir = '/dev/null/nowhere';

    const bare = await run(`rollback --only-reactivate --user ${user} --key ${old.accessKeyId}`, { stateDir });
    const keys = (await seen.standing()).keys;
    const resumed = await run('resume');

    expectExit(bare, 0);
    expect(bare.json()).toMatchObject({ rotation: null, outcome: 'waiting', user, oldKey: old.accessKeyId });
    expect(keys).toEqual({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' });
    expectExit(resumed, 0);
    expect(resumed.json()).toMatchObject({ rotation, outcome: 'waiting', state: 'awaitQuiet' });
    expect((await seen.standing()).keys).toEqual(keys);
    expect((await seen.held()).accessKeyId).toBe(newKey);
  });

  test('only reactivating leaves the places on the new key and goes back to watching', async (context) => {
    const { user, pairs, place, run, ...seen } = await desk(context, { name: 'only-reactivate' });
    const [old] = pairs as [Credentials];
    const { newKey, rotation } = await inTheGrace({ user, run }, ['--to', place]);

    const ended = await run('rollback --only-reactivate');

    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ rotation, outcome: 'waiting', state: 'awaitQuiet' });
    expect((await seen.standing()).keys).toEqual({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' });
    expect((await seen.held()).accessKeyId).toBe(newKey);
  });

  test('of two active keys none is replaced, and retire makes room for a rotation', async (context) => {
    const { user, pairs, place, before, run, ...seen } = await desk(context, {
      name: 'two-active',
      keys: ['Active', 'Active'],
    });
    const [used, spare] = pairs as [Credentials, Credentials];
    const both = nothingLeft({ [used.accessKeyId]: 'Active', [spare.accessKeyId]: 'Active' });

    const unnamed = await run(`rotate --user ${user} --to ${place} ${short}`);
    const named = await run(`rotate --user ${user} --key ${used.accessKeyId} --to ${place} ${short}`);
    const untouched = await seen.standing();
    const retired = await run(
      `retire --wait --user ${user} --key ${spare.accessKeyId} --new-key ${used.accessKeyId} ${short}`,
    );

    expectExit(unnamed, 2);
    expect(unnamed.stderr).toContain('hint: name the one to replace with --key');
    expectExit(named, 3);
    expect(named.json()).toMatchObject({ rotation: null, outcome: 'refused', hint: expect.stringContaining('retire') });
    expect(untouched).toEqual(both);
    expectExit(retired, 0);
    expect(retired.json()).toMatchObject({ outcome: 'rotated', consumers: [] });
    expect(await seen.standing()).toEqual(nothingLeft({ [used.accessKeyId]: 'Active' }));
    expect(await seen.file()).toBe(before);
  });

  test('an inactive key is removed only when it is named', async (context) => {
    const { user, pairs, place, run, ...seen } = await desk(context, { name: 'no-room', keys: ['Active', 'Inactive'] });
    const [used, spare] = pairs as [Credentials, Credentials];

    const refused = await run(`rotate --user ${user} --to ${place} ${short}`);
    const tooYoung = await run(`rotate --user ${user} --to ${place} --free-slot inactive ${short}`);
    const untouched = await seen.standing();
    const rotated = await run(`rotate --wait --user ${user} --to ${place} --free-slot ${spare.accessKeyId} ${short}`);

    expectExit(refused, 3);
    expect(refused.json()).toMatchObject({ outcome: 'refused', hint: expect.stringContaining('--free-slot') });
    expectExit(tooYoung, 3);
    expect(tooYoung.json()).toMatchObject({ outcome: 'refused' });
    expect(untouched).toEqual(nothingLeft({ [used.accessKeyId]: 'Active', [spare.accessKeyId]: 'Inactive' }));
    expectExit(rotated, 0);
    expect(rotated.json().outcome).toBe('rotated');
    expect(await seen.standing()).toEqual(nothingLeft({ [(await seen.held()).accessKeyId]: 'Active' }));
  });
});

function isDone({ event }: { event: string }): boolean {
  return event === 'done';
}
