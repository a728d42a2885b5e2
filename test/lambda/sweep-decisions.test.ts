// What the sweep starts and what it leaves to a person, rule by rule.
import { describe, expect, test } from 'vitest';
import { createSweepFunctions } from '../../src/lambda/sweep/functions.ts';
import { openSweep, somewhere } from '../support/sweep.ts';

const allow = (...Action: string[]) => [
  { Version: '2012-10-17', Statement: { Effect: 'Allow' as const, Action, Resource: '*' } },
];

test('S26 no key is made for whom nobody uses one', async () => {
  const { sweep, user, executions } = await openSweep();
  user('alice', { age: 200, unused: true });
  user('bob', { age: 200, status: 'Inactive' });

  const { outcome, report } = await sweep();

  expect(outcome('alice')).toMatchObject({
    kind: 'finding',
    what: expect.stringContaining('was never used, so nobody needs another'),
    hint: expect.stringContaining('keyturn rotate --user alice'),
  });
  expect(report.overview.users).toMatchObject({ withoutActiveKey: 1 });
  expect(await executions()).toEqual([]);
});

test('S27 a tag on the user exempts nobody, shortens nothing and redirects nothing', async () => {
  const policy = `${somewhere}rules:\n  - { tag: { tier: prod }, quietFor: 14d }\n`;
  const { sweep, user, account } = await openSweep({ policy });
  user('alice');
  account.setTags('alice', {
    'keyturn:exempt': 'until 2030',
    'keyturn:maxAge': '9000d',
    'keyturn:consumers': 'ssm:/mine',
    tier: 'prod',
  });

  expect((await sweep()).kinds).toEqual({ alice: 'started' });
});

test('S17 a sweep that only reports uses nobody’s key, though a secret says whose it is', async () => {
  const { sweep, user, account, sandbox } = await openSweep({
    policy: 'defaults: {}\n',
    deployment: { KEYTURN_MODE: 'report-only' },
  });
  const [key] = user('alice');
  const tags = { 'keyturn:user': 'alice' };
  sandbox.secrets.create({ name: 'app/alice', value: '{}', region: 'eu-west-1', tags });
  const before = account.snapshot().alice;

  const { kinds } = await sweep();

  expect(kinds).toEqual({ alice: 'wouldStart' });
  expect(account.snapshot().alice).toEqual(before);
  expect(sandbox.requests.filter(({ operation }) => operation === 'GetSecretValue')).toEqual([]);
  expect(key).toBeDefined();
});

describe('S29 whoever can change IAM', () => {
  test.each(['iam:PutUserPolicy', 'iam:*', '*'])('by %s is left to a person', async (action) => {
    const { sweep, user, account, executions } = await openSweep();
    user('alice');
    account.setPolicies('alice', allow(action));

    const { outcome } = await sweep();

    expect(outcome('alice')).toMatchObject({
      kind: 'finding',
      what: expect.stringContaining('alice can change IAM'),
      hint: expect.stringContaining('administrators'),
    });
    expect(await executions()).toEqual([]);
  });

  test('is left to a person where the policy file lists somebody else', async () => {
    const policy = 'defaults:\n  consumers: ["ssm:/app/key"]\n  administrators: [bob, alicia]\n';
    const { sweep, user, account } = await openSweep({ policy });
    user('alice');
    account.setPolicies('alice', allow('iam:*'));

    expect((await sweep()).kinds).toEqual({ alice: 'finding' });
  });

  test('is rotated where the policy file lists them by name', async () => {
    const { sweep, user, account } = await openSweep({
      policy: 'defaults:\n  consumers: ["ssm:/app/key"]\n  administrators: [alice]\n',
    });
    user('alice');
    account.setPolicies('alice', allow('iam:*'));

    expect((await sweep()).kinds).toEqual({ alice: 'started' });
  });
});

describe('S33 an execution is named after the old key and the attempt', () => {
  test('and while it runs there is no other', async () => {
    const { sweep, user, executions, machine, parts } = await openSweep();
    const [key] = user('alice');

    await sweep();
    const { outcome, metrics } = await sweep();

    expect(outcome('alice')).toMatchObject({ kind: 'open', what: 'a rotation is under way' });
    expect(await executions()).toEqual([`${key}-1 RUNNING`]);
    expect(metrics).toMatchObject({ RotationsOpen: 1 });
    const { input } = await parts.aws
      .stateMachines('eu-west-1')
      .describe(`${machine.replace('stateMachine', 'execution')}:${key}-1`);
    expect(input).toEqual({ user: 'alice', oldKey: key });
  });

  test('after one that ended without a change the next attempt has the next number', async () => {
    const { sweep, user, executions, end } = await openSweep();
    const [key] = user('alice');
    await sweep();
    await end(key, 'SUCCEEDED');

    expect((await sweep()).kinds).toEqual({ alice: 'started' });
    expect(await executions()).toEqual([`${key}-1 SUCCEEDED`, `${key}-2 RUNNING`]);
  });

  test('asked again while it runs, as after a lost answer, it is the same', async () => {
    const { sweep, user, executions, parts, report } = await withTurn();
    const [key] = user('alice');
    await sweep();

    await createSweepFunctions(parts).decide({
      folder: 'sweep/2026-12-06/sweep-1',
      user: { name: 'alice', keys: null },
    });

    expect(await executions()).toEqual([`${key}-1 RUNNING`]);
    expect(await report('alice')).toMatchObject({ kind: 'started' });
  });

  test('a name that has ended already is a finding', async () => {
    const { sweep, user, executions, end, parts, report } = await withTurn();
    const [key] = user('alice');
    await sweep();
    await end(key, 'SUCCEEDED');

    await createSweepFunctions(parts).decide({
      folder: 'sweep/2026-12-06/sweep-1',
      user: { name: 'alice', keys: null },
    });

    expect(await executions()).toEqual([`${key}-1 SUCCEEDED`]);
    expect(await report('alice')).toMatchObject({
      kind: 'finding',
      what: `an execution ${key}-1 has ended or is about something else, so none was begun`,
    });
  });

  async function withTurn() {
    const opened = await openSweep();
    const report = async (user: string) =>
      JSON.parse((await opened.bucket.get(`sweep/2026-12-06/sweep-1/outcomes/${user}.json`)) ?? '');
    return { ...opened, report };
  }
});

describe('S34 nothing is started', () => {
  test('while the switch says anything but go', async () => {
    const { sweep, user, sandbox, executions } = await openSweep();
    user('alice');
    sandbox.parameters.put('/keyturn/switch', 'stop', 'eu-west-1');

    const { outcome, told, metrics } = await sweep();

    expect(outcome('alice')).toMatchObject({
      kind: 'wouldStart',
      what: expect.stringContaining('the switch /keyturn/switch says "stop", not go'),
    });
    expect(await executions()).toEqual([]);
    expect(told[0]?.text).toContain('rotations that would begin: 1, but the switch');
    expect(metrics).toMatchObject({ SweepCompleted: 1 });
  });

  test('where the switch cannot be read', async () => {
    const { sweep, user, sandbox, executions } = await openSweep();
    user('alice');
    sandbox.parameters.delete('/keyturn/switch', 'eu-west-1');

    const { outcome } = await sweep();

    expect(outcome('alice')).toMatchObject({ kind: 'wouldStart', what: expect.stringContaining('cannot be read') });
    expect(await executions()).toEqual([]);
  });

  test('once somebody turns it off in the middle of a sweep', async () => {
    const { sweep, user, sandbox, executions } = await openSweep();
    user('alice');
    sandbox.onRequest(({ operation }) => {
      if (operation === 'SimulatePrincipalPolicy') sandbox.parameters.put('/keyturn/switch', 'stop', 'eu-west-1');
    });

    expect((await sweep()).outcome('alice')).toMatchObject({ kind: 'wouldStart' });
    expect(await executions()).toEqual([]);
  });

  test('in a blackout of the user', async () => {
    const blackout = '{ from: 2026-12-01, until: 2026-12-31, reason: "year end" }';
    const { sweep, user } = await openSweep({
      policy: `${somewhere}rules:\n  - { user: alice, blackout: [${blackout}] }\n`,
    });
    user('alice');
    user('bob');

    const { outcome, kinds } = await sweep();

    expect(kinds).toEqual({ alice: 'wouldStart', bob: 'started' });
    expect(outcome('alice')?.what).toContain('there is a blackout: year end');
  });

  test('where the deployment only reports', async () => {
    const { sweep, user, executions } = await openSweep({ deployment: { KEYTURN_MODE: 'report-only' } });
    user('alice');

    const { outcome } = await sweep();

    expect(outcome('alice')).toMatchObject({ kind: 'wouldStart', what: expect.stringContaining('only reports') });
    expect(await executions()).toEqual([]);
  });

  test('where the deployment does not say whether it rotates', async () => {
    const { sweep, user, executions } = await openSweep({ deployment: { KEYTURN_MODE: 'Rotate' } });
    user('alice');

    expect((await sweep()).kinds).toEqual({ alice: 'wouldStart' });
    expect(await executions()).toEqual([]);
  });
});

describe('who is exempt', () => {
  const exempt = (until: string) =>
    `${somewhere}exemptions:\n  - { user: alice, reason: "replaced in January", until: ${until} }\n`;

  test('is left alone, with the reason and its end', async () => {
    const { sweep, user, executions } = await openSweep({ policy: exempt('2027-01-31') });
    user('alice');

    const { outcome, told } = await sweep();

    expect(outcome('alice')).toMatchObject({
      kind: 'exempt',
      what: 'left alone until the end of 2027-01-31: replaced in January',
    });
    expect(told.map(({ event }) => event)).toEqual(['sweep']);
    expect(await executions()).toEqual([]);
  });

  test('and has a key older than the policy allows is told every day, and counts in no figure', async () => {
    const { sweep, user } = await openSweep({ policy: exempt('2027-01-31') });
    user('alice', { age: 120 });

    const [first, second] = [await sweep(), await sweep()];

    for (const { told, report, metrics } of [first, second]) {
      expect(told.map(({ event, user: about }) => [event, about])).toEqual([
        ['overdueButExempt', 'alice'],
        ['sweep', undefined],
      ]);
      expect(report.findings).toHaveLength(1);
      expect(metrics).toMatchObject({ OldestKeyAgeDays: 0, KeysOver90Days: 0 });
    }
  });

  test('no longer is rotated', async () => {
    const { sweep, user } = await openSweep({ policy: exempt('2026-12-05') });
    user('alice');

    expect((await sweep()).kinds).toEqual({ alice: 'started' });
  });
});

describe('what only a person can decide is a finding', () => {
  test('two active keys', async () => {
    const { sweep, user } = await openSweep();
    user('alice', { age: 70 }, { age: 10 });

    expect((await sweep()).outcome('alice')).toMatchObject({
      kind: 'finding',
      what: expect.stringContaining('has two active keys'),
      hint: expect.stringContaining('keyturn retire'),
    });
  });

  test('S22 no room for another key, unless the policy makes it', async () => {
    const policy = `${somewhere}rules:\n  - { user: bob, freeSlot: inactive }\n`;
    const { sweep, user } = await openSweep({ policy });
    user('alice', { age: 70 }, { age: 300, status: 'Inactive' });
    user('bob', { age: 70 }, { age: 300, status: 'Inactive' });

    const { kinds, outcome } = await sweep();

    expect(kinds).toEqual({ alice: 'finding', bob: 'started' });
    expect(outcome('alice')?.what).toContain('takes the room of a new one');
  });

  test('nobody says where the new key goes', async () => {
    const { sweep, user } = await openSweep({ policy: 'defaults: {}\n' });
    user('alice');

    expect((await sweep()).outcome('alice')).toMatchObject({
      kind: 'finding',
      what: 'nobody says where the new key of alice goes',
    });
  });
});
