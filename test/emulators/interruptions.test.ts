// Rotations that are cut off, that meet another one, or that may not do what they need, by the built command against AWS
// stand-ins that are not ours: no key is lost, none is left over, and nothing is changed without saying so.
import { expect, test } from 'vitest';
import { type Ended, expectExit, nothingLeft } from './built-keyturn.ts';
import { describeEmulators } from './describe-emulators.ts';
import { type Credentials, makeUser } from './servers.ts';
import { short } from './short-rotations.ts';

describeEmulators(['moto', 'MiniStack'], ({ emulator, desk }) => {
  test('Ctrl-C at a wait leaves a rotation that is resumed to the end', async (context) => {
    const { user, pairs, place, start, run, ...seen } = await desk(context, { name: 'interrupted' });
    const [old] = pairs as [Credentials];
    const running = start(`rotate --wait --user ${user} --to ${place} --yes --quiet-for 8s --grace 1s`);
    await running.says('watching until');

    running.interrupt('SIGINT');

    const stopped = await running.ended;
    expectExit(stopped, 130);
    const { rotation, newKey } = stopped.json();
    expect(stopped.json()).toMatchObject({
      outcome: 'stopped',
      hint: expect.stringContaining(`keyturn resume ${rotation}`),
    });
    expect(await seen.standing()).toEqual({
      keys: { [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' },
      claims: [`keyturn:claim:${rotation}`],
      vault: [`${rotation}-new.json`, `${rotation}-old.json`],
      locks: [],
    });
    const resumed = await run('resume --wait');
    expectExit(resumed, 0);
    expect(resumed.json()).toMatchObject({ rotation, outcome: 'rotated', newKey });
    expect(await seen.standing()).toEqual(nothingLeft({ [newKey ?? '']: 'Active' }));
  });

  test('a process that is killed with the key just made is gone on with, and no third key is made', async (context) => {
    const { user, pairs, place, start, run, ...seen } = await desk(context, { name: 'killed' });
    const [old] = pairs as [Credentials];
    const running = start(`rotate --wait --user ${user} --to ${place} ${short}`);
    await running.says('its secret is in the vault');

    running.interrupt('SIGKILL');

    await running.ended;
    const { keys } = await seen.standing();
    const [newKey = ''] = Object.keys(keys).filter((id) => id !== old.accessKeyId);
    expect(keys).toEqual({ [old.accessKeyId]: 'Active', [newKey]: 'Active' });
    const resumed = await run('resume --wait');
    expectExit(resumed, 0);
    expect(resumed.json()).toMatchObject({ outcome: 'rotated', newKey });
    expect(await seen.standing()).toEqual(nothingLeft({ [newKey]: 'Active' }));
    expect((await seen.held()).accessKeyId).toBe(newKey);
  });

  test('a process that is killed during the watch is rolled back from', async (context) => {
    const { user, pairs, place, before, start, run, ...seen } = await desk(context, { name: 'killed-watching' });
    const [old] = pairs as [Credentials];
    const running = start(`rotate --wait --user ${user} --to ${place} --yes`);
    await running.says('watching until');
    running.interrupt('SIGKILL');
    await running.ended;
    const newKey = (await seen.held()).accessKeyId;

    const ended = await run('rollback');

    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ outcome: 'rolledBack', newKey });
    expect(await seen.file()).toBe(before);
    expect(await seen.standing()).toEqual(nothingLeft({ [old.accessKeyId]: 'Active', [newKey]: 'Active' }));
  });

  test('of two machines that begin at the same moment one rotates and the other changes nothing', async (context) => {
    const { user, pairs, place, run, ...seen } = await desk(context, { name: 'two-machines' });
    const [old] = pairs as [Credentials];
    const command = `rotate --user ${user} --key ${old.accessKeyId} --to ${place} ${short}`;

    const both = await Promise.all(['here', 'there'].map((stateDir) => run(command, { stateDir })));

    const [first, second] = both.toSorted((a, b) => Number(a.code) - Number(b.code)) as [Ended, Ended];
    expectExit(first, 0);
    expectExit(second, 3);
    expect(first.json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
    expect(second.stderr).toContain(`two-machines is being rotated already: rotation ${first.json().rotation}`);
    const { keys, claims } = await seen.standing();
    expect(keys).toEqual({ [old.accessKeyId]: 'Active', [first.json().newKey ?? '']: 'Active' });
    expect(claims).toEqual([`keyturn:claim:${first.json().rotation}`]);
  });

  test('whoever may not create keys changes nothing and leaves no claim', async (context) => {
    const { user, pairs, place, before, run, ...seen } = await desk(context, { name: 'not-allowed' });
    const [old] = pairs as [Credentials];
    const [operator] = (await makeUser(emulator(), {
      name: 'not-allowed-operator',
      allow: [
        {
          Action: [
            'iam:GetUser',
            'iam:ListUserTags',
            'iam:ListAccessKeys',
            'iam:GetAccessKeyLastUsed',
            'iam:TagUser',
            'iam:UntagUser',
            'sts:GetCallerIdentity',
          ],
          Resource: '*',
        },
      ],
    })) as [Credentials];

    const ended = await run(`rotate --user ${user} --to ${place} ${short}`, { as: operator });

    expectExit(ended, 3);
    expect(ended.json()).toMatchObject({ outcome: 'refused', newKey: null });
    expect(ended.stderr).toContain('iam:CreateAccessKey is denied');
    expect(await seen.standing()).toEqual(nothingLeft({ [old.accessKeyId]: 'Active' }));
    expect(await seen.file()).toBe(before);
  });

  test('credentials that AWS does not accept, and users that do not exist, are refused', async (context) => {
    const { pairs, place, run, ...seen } = await desk(context, { name: 'unknown' });
    const [old] = pairs as [Credentials];
    const stranger = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    };

    const unknownKey = await run(`rotate --user unknown --to ${place} ${short}`, { as: stranger });
    const unknownUser = await run(`rotate --user nobody --to ${place} ${short}`);

    expectExit(unknownKey, 3);
    expect(unknownKey.stderr).toContain('InvalidClientTokenId');
    expectExit(unknownUser, 3);
    expect(unknownUser.stderr).toContain(`error: there is no user nobody in account ${emulator().account}`);
    expect(await seen.standing()).toEqual(nothingLeft({ [old.accessKeyId]: 'Active' }));
  });
});
