// Rotations that are not over, as the sweep finds them; and what it says where it cannot tell.
import { describe, expect, test } from 'vitest';
import { openSweep } from '../support/sweep.ts';

const claimed = (since: string, step: string, ...keys: string[]) =>
  `since=${since} n=3 step=${step} at=${since} keys=${keys.join('/')}`;

describe('a rotation that is stuck', () => {
  test('is told every day until somebody comes, and no other is begun', async () => {
    const { sweep, user, end, account, executions } = await openSweep();
    const [key] = user('alice');
    await sweep();
    account.setTags('alice', { 'keyturn:claim:sfn-1': claimed('2026-12-06T10:01:00Z', 'deliverKey', key) });
    await end(key, 'FAILED');

    const [second, third] = [await sweep(), await sweep()];

    for (const { outcome, told, metrics } of [second, third]) {
      expect(outcome('alice')).toMatchObject({
        kind: 'stuck',
        what: 'rotation sfn-1 ended FAILED (Stuck) and is not over; its last step was deliverKey at 2026-12-06T10:01:00Z',
      });
      expect(told.map(({ event, rotation }) => [event, rotation])).toEqual([
        ['stuck', 'sfn-1'],
        ['sweep', undefined],
      ]);
      expect(told[0]?.text).toContain('keyturn resume sfn-1 --engine stepfunctions');
      expect(metrics).toMatchObject({ RotationsStuck: 1, RotationsOpen: 0 });
    }
    expect(await executions()).toEqual([`${key}-1 FAILED`]);
  });

  test('whose claim was released is begun anew', async () => {
    const { sweep, user, end, account, executions } = await openSweep();
    const [key] = user('alice');
    await sweep();
    account.setTags('alice', { 'keyturn:claim:sfn-1': claimed('2026-12-06T10:01:00Z', 'deliverKey', key) });
    await end(key, 'FAILED');
    await sweep();
    account.setTags('alice', {});

    expect((await sweep()).kinds).toEqual({ alice: 'started' });
    expect(await executions()).toEqual([`${key}-1 FAILED`, `${key}-2 RUNNING`]);
  });

  test('is found also where the user is too young for the list', async () => {
    const { sweep, account, parts, machine, end } = await openSweep();
    const [key] = account.createUser({ name: 'newcomer', path: '/apps/', keys: [{}] }).keys;
    const id = key?.accessKeyId ?? '';
    await parts.aws.stateMachines('eu-west-1').start(machine, `${id}-1`, { user: 'newcomer', oldKey: id });
    account.setTags('newcomer', { 'keyturn:claim:sfn-2': claimed('2026-12-06T09:00:00Z', 'createKey', id) });
    await end(id, 'FAILED');

    expect((await sweep()).kinds).toEqual({ newcomer: 'stuck' });
  });
});

describe('a rotation that is over, but for what it left in the vault', () => {
  const ended = (key: string) => ({ 'keyturn:claim:sfn-1': `released 2026-12-06T10:01:00Z rotated keys=${key}` });

  test('is brought to its end by an execution of its own, once', async () => {
    const { sweep, user, end, account, executions, parts, machine } = await openSweep();
    const [key] = user('alice');
    await sweep();
    await end(key, 'FAILED');
    account.setTags('alice', ended(key));

    const [second, third] = [await sweep(), await sweep()];

    expect(second.outcome('alice')).toMatchObject({
      kind: 'started',
      what: `rotation sfn-1 was over at 2026-12-06T10:01:00Z (rotated), and what it left in the vault is still there; begun as ${key}-2`,
    });
    expect(third.kinds).toEqual({ alice: 'open' });
    expect(await executions()).toEqual([`${key}-1 FAILED`, `${key}-2 RUNNING`]);
    const { input } = await parts.aws
      .stateMachines('eu-west-1')
      .describe(`${machine.replace(':stateMachine:', ':execution:')}:${key}-2`);
    expect(input).toEqual({ user: 'alice', oldKey: key, rotation: 'sfn-1' });
  });

  test.each([
    ['only reports', { KEYTURN_MODE: 'report-only' }],
    ['is switched off', { KEYTURN_SWITCH: '/none' }],
  ])('is told where the deployment %s', async (_, deployment) => {
    const { sweep, user, account, executions } = await openSweep({ deployment });
    const [key] = user('alice');
    account.setTags('alice', ended(key));
    await sweep();

    const { outcome, told } = await sweep();

    expect(outcome('alice')).toMatchObject({ kind: 'finding', hint: 'keyturn resume sfn-1 removes it' });
    expect(told.map(({ event }) => event)).toEqual(['sweep']);
    expect(await executions()).toEqual([]);
  });
});

test('a rotation from a terminal is under way, and nobody’s business here', async () => {
  const { sweep, user, account, executions } = await openSweep();
  const [key] = user('alice');
  account.setTags('alice', { 'keyturn:claim:rot-7': claimed('2026-12-01T10:00:00Z', 'deliverKey', key) });

  const { outcome, metrics, told } = await sweep();

  expect(outcome('alice')).toMatchObject({ kind: 'open', rotation: 'rot-7', elsewhere: true });
  expect(metrics).toMatchObject({ RotationsOpen: 1, RotationsStuck: 0 });
  expect(told.map(({ event }) => event)).toEqual(['sweep']);
  expect(await executions()).toEqual([]);
});

test('what was rolled back is not begun again before a person looked at it', async () => {
  const { sweep, user, end, bucket, machine, parts } = await openSweep();
  const [key] = user('alice');
  await sweep();
  await end(key, 'SUCCEEDED');
  const { startedAt, arn } = await parts.aws
    .stateMachines('eu-west-1')
    .describe(`${machine.replace('stateMachine', 'execution')}:${key}-1`);
  const { rotationOf } = await import('../../src/lambda/contract.ts');
  const rotation = rotationOf({ id: arn, name: '', startTime: startedAt, input: {} });
  const record = JSON.stringify({ verdict: 'rolledBack', reason: 'AWS did not accept the new key' });
  await bucket.put(`records/alice/${rotation}.json`, record, 'application/json');

  const { outcome, metrics } = await sweep();

  expect(outcome('alice')).toMatchObject({
    kind: 'rolledBack',
    what: `rotation ${rotation} was rolled back: AWS did not accept the new key`,
    hint: expect.stringContaining('keyturn rotate --user alice --engine stepfunctions'),
  });
  expect(metrics).toMatchObject({ RotationsRolledBack: 1, RotationsOpen: 0 });
});

describe('where something cannot be told', () => {
  test('the user was not judged, which is a finding, and the others are', async () => {
    const { sweep, user, sandbox } = await openSweep();
    user('alice', { age: 400 });
    user('bob');
    sandbox.fault({ operation: 'ListAccessKeys', call: 1, kind: 'accessDenied' });

    const { report, metrics } = await sweep();

    expect(report.counts).toMatchObject({ notJudged: 1, started: 1 });
    expect(report.findings).toEqual([
      expect.objectContaining({ what: expect.stringContaining('iam:ListAccessKeys is denied') }),
    ]);
    expect(metrics).toMatchObject({ SweepCompleted: 1 });
  });

  test('a turn that fails for good leaves the sweep as it is, and the age by the report', async () => {
    const { sweep, user, sandbox } = await openSweep();
    user('alice', { age: 400 });
    sandbox.fault({ operation: 'ListAccessKeys', call: 'every', kind: 'error500' });

    const { outcome, metrics } = await sweep();

    expect(outcome('alice')).toEqual({
      user: 'alice',
      kind: 'notJudged',
      what: 'this sweep could not judge these keys',
      keys: [],
    });
    expect(metrics).toMatchObject({ OldestKeyAgeDays: 400, KeysOver90Days: 1, SweepCompleted: 1 });
  });

  test('nobody could be told: the report is kept, and the sweep is not completed', async () => {
    const { sweep, user, sandbox, bucket, logged } = await openSweep();
    user('alice');
    sandbox.fault({ operation: 'Publish', call: 'every', kind: 'accessDenied' });

    await expect(sweep()).rejects.toThrow('sns:Publish is denied');

    expect(await bucket.get('reports/2026-12-06.json')).toContain('alice');
    expect(logged).toContainEqual(expect.objectContaining({ SweepCompleted: 0, OldestKeyAgeDays: 70 }));
  });
});

test('the metrics are a line that CloudWatch understands', async () => {
  const { sweep, logged } = await openSweep();

  await sweep();

  expect(logged.find((line) => '_aws' in line)).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'keyturn',
          Dimensions: [[]],
          Metrics: [
            { Name: 'OldestKeyAgeDays', Unit: 'None' },
            { Name: 'KeysOver90Days', Unit: 'Count' },
            { Name: 'RotationsOpen', Unit: 'Count' },
            { Name: 'RotationsStuck', Unit: 'Count' },
            { Name: 'RotationsRolledBack', Unit: 'Count' },
            { Name: 'SweepCompleted', Unit: 'Count' },
          ],
        },
      ],
    },
    OldestKeyAgeDays: 0,
    KeysOver90Days: 0,
    RotationsOpen: 0,
    RotationsStuck: 0,
    RotationsRolledBack: 0,
    SweepCompleted: 1,
  });
});
