// The daily sweep: whom it lists, what it starts, and what it only says.
import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { instant } from '../../src/clock.ts';
import { definition, openSweep, somewhere } from '../support/sweep.ts';

describe('the definition', () => {
  test('is Amazon States Language in JSONPath alone', () => {
    const text = JSON.stringify(definition).replaceAll(
      /\$\{(\w+)\}/g,
      'arn:aws:lambda:eu-west-1:123456789012:function:$1',
    );

    expect(validate(JSON.parse(text))).toMatchObject({ isValid: true });
    expect(text).not.toMatch(/QueryLanguage|Assign|Arguments|\{%/);
  });

  test('keeps every list out of the state: what a turn and the map give is dropped', () => {
    const { decideForEach } = definition.States;

    expect(decideForEach).toMatchObject({ ResultPath: null, ItemReader: { ReaderConfig: { InputType: 'JSON' } } });
    expect(decideForEach.MaxConcurrency).toBe(5);
  });
});

describe('who is looked at', () => {
  test('a key is due when it is so old that it must begin now to be gone in time', async () => {
    const { sweep, user, executions } = await openSweep();
    const [due] = user('alice', { age: 61.1 });
    user('bob', { age: 60.9 });

    const { kinds } = await sweep();

    expect(kinds).toEqual({ alice: 'started', bob: 'young' });
    expect(await executions()).toEqual([`${due}-1 RUNNING`]);
  });

  test('the policy of the user says when', async () => {
    const policy = `${somewhere}rules:\n  - { user: alice, maxAge: 365d }\n  - { user: bob, maxAge: 60d }\n  - { user: carol, minAge: 80d }\n`;
    const { sweep, user } = await openSweep({ policy });
    user('alice');
    user('bob', { age: 40 });
    user('carol');

    expect((await sweep()).kinds).toEqual({ alice: 'young', bob: 'started', carol: 'young' });
  });

  test('a policy that leaves no time to rotate in is a finding', async () => {
    const { sweep, user } = await openSweep({ policy: 'defaults: { maxAge: 20d }\n' });
    user('alice');

    const { outcome } = await sweep();

    expect(outcome('alice')).toMatchObject({ kind: 'finding', what: expect.stringContaining('leaves no time') });
  });

  test('an old key counts as old, however lately it was made active again', async () => {
    const { sweep, account, clock } = await openSweep();
    const createdAt = instant(clock.now() - 200 * 86_400_000);
    const [key] = account.createUser({
      name: 'alice',
      path: '/apps/',
      createdAt,
      keys: [{ createdAt, changedAt: instant(clock.now() - 3_600_000) }],
    }).keys;
    account.use(key?.accessKeyId ?? '', { at: instant(clock.now() - 60_000) });

    const { kinds, metrics } = await sweep();

    expect(kinds).toEqual({ alice: 'started' });
    expect(metrics).toMatchObject({ OldestKeyAgeDays: 200, KeysOver90Days: 1 });
  });

  test('nobody outside the path and the tag of the deployment', async () => {
    const { sweep, user, account } = await openSweep({ deployment: { KEYTURN_USER_TAG: 'keyturn=yes' } });
    user('alice');
    user('bob');
    account.setTags('alice', { keyturn: 'yes' });
    const createdAt = '2020-01-01T00:00:00Z';
    account.createUser({ name: 'carol', path: '/people/', createdAt, keys: [{ createdAt }] });

    const { kinds, report } = await sweep();

    expect(kinds).toEqual({ alice: 'started', bob: 'outOfScope' });
    // Carol and the sandbox's administrator.
    expect(report.overview.users).toMatchObject({ outOfScope: 2 });
  });

  test('a user who is gone since the report has nothing to be done', async () => {
    const { sweep, user, account, sandbox } = await openSweep();
    user('alice');
    sandbox.onRequest(({ operation, phase }) => {
      if (operation === 'GetCredentialReport' && phase === 'after') account.deleteUser('alice');
    });

    expect((await sweep()).kinds).toEqual({ alice: 'nothingToDo' });
  });

  test('root is reported, and no call names it', async () => {
    const { sweep, account, sandbox } = await openSweep();
    account.createRootKey({ createdAt: '2020-01-01T00:00:00Z' });

    const { report, told } = await sweep();

    expect(report.findings).toEqual([
      expect.objectContaining({ user: null, what: 'active access keys of the root user: 1' }),
    ]);
    expect(told.map(({ event }) => event)).toEqual(['sweep']);
    expect(JSON.stringify(sandbox.requests)).not.toContain('<root_account>');
  });

  test('an account without users is swept all the same', async () => {
    const { sweep } = await openSweep();

    const { report, metrics, kinds } = await sweep();

    expect({ kinds, findings: report.findings }).toEqual({ kinds: {}, findings: [] });
    expect(metrics).toEqual({
      OldestKeyAgeDays: 0,
      KeysOver90Days: 0,
      RotationsOpen: 0,
      RotationsStuck: 0,
      RotationsRolledBack: 0,
      SweepCompleted: 1,
    });
  });
});
