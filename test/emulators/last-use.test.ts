// What only moto tells the truth about: when a key was last used, and that there are no more than two. By the built command,
// with real uses over the wire.
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { expectExit, nothingLeft } from './built-keyturn.ts';
import { describeEmulators } from './describe-emulators.ts';
import { rotationsJson } from './rotation-json.ts';
import { type Credentials, clientFor } from './servers.ts';

describeEmulators(['moto'], ({ emulator, desk }) => {
  test('an old key that somebody uses during the watch stays active until it is quiet', async (context) => {
    const { user, pairs, place, run, ...seen } = await desk(context, { name: 'still-used' });
    const [old] = pairs as [Credentials];
    await run(`rotate --user ${user} --to ${place} --yes --quiet-for 12s --grace 1s`);

    await seen.callerAs(old);

    const busy = await run('resume');
    const whileBusy = (await seen.standing()).keys;
    const ended = await run('resume --wait');
    expectExit(busy, 0);
    const { newKey, reason, keys } = busy.json();
    const usedAt = keys.find(({ id }) => id === old.accessKeyId)?.lastUsedAt ?? '';
    expect(busy.json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
    expect(reason).toBe(`the old key was last used ${usedAt}`);
    expect(whileBusy).toEqual({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' });
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ outcome: 'rotated', newKey });
    expect(await seen.standing()).toEqual(nothingLeft({ [newKey ?? '']: 'Active' }));
    const deactivated = ended.json().history.find(({ state, event }) => state === 'deactivateKey' && event === 'done');
    expect(Date.parse(deactivated?.at ?? '') - Date.parse(usedAt)).toBeGreaterThanOrEqual(12_000);
  });

  test('S14 a new key that somebody was seen using needs no further proof', async (context) => {
    const { user, place, run, ...seen } = await desk(context, { name: 'new-key-used' });
    const first = await run(`rotate --user ${user} --to ${place} --yes --quiet-for 1s --grace 1s`);
    const { history, newKey } = first.json();
    const delivered = history.find(({ state, event }) => state === 'deliverKey' && event === 'done')?.at ?? '';

    // Uses are dated by the second, and one of the second of the delivery proves nothing.
    await context.expect
      .poll(
        async () => {
          await seen.callerAs(await seen.held());
          const { stdout, stderr } = await run('status');
          const lastUsed = rotationsJson(stdout, stderr)[0]?.keys.find(({ id }) => id === newKey)?.lastUsedAt ?? '';
          return lastUsed > delivered;
        },
        { timeout: 30_000 },
      )
      .toBe(true);

    const ended = await run('resume --wait');
    expectExit(ended, 0);
    const verdicts = ended.json().history.filter(({ state, event }) => state === 'checkOldKeyUse' && event === 'done');
    expect(verdicts.at(-1)?.detail).toBe('quiet: no use of the old key is known');
  });

  test('S17 a user who rotates their own key does not keep the old one in use', async (context) => {
    const { pairs, place, run, ...seen } = await desk(context, {
      name: 'own-key',
      allow: [{ Action: '*', Resource: '*' }],
    });
    const [old] = pairs as [Credentials];

    const first = await run(`rotate --to ${place} --yes --quiet-for 2s --grace 1s`, { as: old });
    const status = await run('status', { as: old });
    const ended = await run('resume --wait', { as: old });

    expectExit(first, 0);
    const { newKey, history } = first.json();
    const delivered = history.find(({ state, event }) => state === 'deliverKey' && event === 'started');
    const [oldAtTheWait] = first.json().keys.filter(({ id }) => id === old.accessKeyId);
    expect(oldAtTheWait?.lastUsedAt).not.toBeNull();
    expect(Date.parse(oldAtTheWait?.lastUsedAt ?? '')).toBeLessThanOrEqual(Date.parse(delivered?.at ?? ''));
    expectExit(status, 0);
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ outcome: 'rotated', user: 'own-key', newKey });
    expect(await seen.standing()).toEqual(nothingLeft({ [newKey ?? '']: 'Active' }));
    const uses = ended.json().history.flatMap(({ detail }) => /last used ([\dTZ:-]+)/.exec(detail)?.[1] ?? []);
    expect([...new Set(uses)]).toEqual([oldAtTheWait?.lastUsedAt]);
  });

  test('a second key that somebody makes meanwhile is left alone, and the rotation refused', async (context) => {
    const { user, pairs, place, before, start, ...seen } = await desk(context, { name: 'no-third-key' });
    const [old] = pairs as [Credentials];
    const iam = new IAMClient(clientFor(emulator()));
    const running = start(`rotate --wait --user ${user} --to ${place} --yes --quiet-for 1s --grace 1s`);
    await context.expect
      .poll(async () => (await seen.standing()).claims, { interval: 50, timeout: 20_000 })
      .toHaveLength(1);

    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: user }));

    const ended = await running.ended;
    expectExit(ended, 3);
    expect(ended.json()).toMatchObject({ outcome: 'refused', newKey: null });
    expect(await seen.standing()).toEqual(
      nothingLeft({ [old.accessKeyId]: 'Active', [AccessKey?.AccessKeyId ?? '']: 'Active' }),
    );
    expect(await seen.file()).toBe(before);
  });
});
