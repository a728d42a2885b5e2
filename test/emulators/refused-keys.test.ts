// What only MiniStack tells the truth about: a deactivated key is refused at once, by every service. By the built command.
import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { expectExit, nothingLeft } from './built-keyturn.ts';
import { describeEmulators } from './describe-emulators.ts';
import type { Credentials } from './servers.ts';

describeEmulators(['MiniStack'], ({ emulator, desk: openDesk }) => {
  /** MiniStack does not fill in `${aws:username}`, and finds no user in GetAccessKeyLastUsed to match a resource with. */
  const ownKeys = (name: string) => ({
    name,
    allow: [
      { Action: 'iam:*', Resource: `arn:aws:iam::${emulator().account}:user/${name}` },
      { Action: 'iam:GetAccessKeyLastUsed', Resource: '*' },
    ],
  });

  test('a deactivated key is refused while the new one works, and works again after a roll back', async (context) => {
    const { user, pairs, place, run, ...seen } = await openDesk(context, { name: 'refused' });
    const [old] = pairs as [Credentials];
    const arn = `arn:aws:iam::${emulator().account}:user/refused`;
    await run(`rotate --user ${user} --to ${place} --yes --quiet-for 1s --grace 1h`);
    const held = await seen.held();
    expect([await seen.callerAs(old), await seen.callerAs(held)]).toEqual([arn, arn]);

    const proceeded = await run('proceed --yes');
    const inTheGrace = [await seen.callerAs(old), await seen.callerAs(held)];
    const rolledBack = await run('rollback');
    const afterwards = [await seen.callerAs(old), await seen.callerAs(held)];

    expectExit(proceeded, 0);
    expect(inTheGrace).toEqual(['InvalidClientTokenId', arn]);
    expectExit(rolledBack, 0);
    expect(afterwards).toEqual([arn, arn]);
    expect(await seen.held()).toEqual(old);
  });

  test('a failing probe in the grace brings the old key back by itself', async (context) => {
    const { user, pairs, place, start, ...seen } = await openDesk(context, { name: 'probed' });
    const [old] = pairs as [Credentials];
    const probe = `${seen.credentialsFile}.probe`;
    await writeFile(probe, '');
    const running = start([
      ...`rotate --wait --user ${user} --to ${place} --yes --quiet-for 1s --watch-limit 3s --grace 1h`.split(' '),
      ...['--probe', `exec:cat ${probe}`, '--probe-every', '1s'],
    ]);
    await running.says('is inactive');
    expect(await seen.callerAs(old)).toBe('InvalidClientTokenId');

    await rm(probe);

    await running.says('is active');
    expect(await seen.callerAs(old)).toBe(`arn:aws:iam::${emulator().account}:user/probed`);
  });

  test.for(['environment', 'profile'])('a user rotates the key that signs, found in the %s', async (where, context) => {
    const desk = await openDesk(context, ownKeys(`own-${where}`));
    const { user, pairs, place, before } = desk;
    const [old] = pairs as [Credentials];
    const run = (command: string) => desk.run(command, { as: where === 'environment' ? old : 'own profile' });
    const times = '--yes --quiet-for 1s --watch-limit 3s';

    const there = await run(`rotate --to ${place} ${times} --grace 1h`);
    const inactive = await run('proceed --yes');
    const status = await run('status');
    const back = await run('rollback');
    const file = await desk.file();
    const bothAlive = await desk.standing();
    const both = `--key ${there.json().newKey} --new-key ${old.accessKeyId}`;
    const retired = await run(`retire --wait --user ${user} ${both} ${times} --grace 1s`);
    const rotated = await run(`rotate --wait --to ${place} ${times} --grace 1s`);

    expectExit(there, 0);
    expectExit(inactive, 0);
    expect(inactive.json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace', user });
    expectExit(status, 0);
    expect(status.stderr).toBe('');
    expectExit(back, 0);
    expect(back.json()).toMatchObject({ outcome: 'rolledBack', consumers: [{ state: 'restored' }] });
    expect(file).toBe(before);
    expect(bothAlive).toEqual(nothingLeft({ [old.accessKeyId]: 'Active', [there.json().newKey ?? '']: 'Active' }));
    expectExit(retired, 0);
    expectExit(rotated, 0);
    const held = await desk.held();
    expect(await desk.standing()).toEqual(nothingLeft({ [held.accessKeyId]: 'Active' }));
    expect(await desk.callerAs(old)).toBe('InvalidClientTokenId');
    expect(await desk.callerAs(held)).toBe(`arn:aws:iam::${emulator().account}:user/${user}`);
  });
});
