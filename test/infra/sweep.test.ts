// The sweep as it is deployed: what each of its functions may do, when it begins, and who hears where it does not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Deployed, deployed, forgetDeployed } from './deployed.ts';
import { iamArn, type Statement } from './evaluate.ts';

const names = ['list-users', 'decide', 'report'];
const machines = 'arn:aws:states:eu-west-1:123456789012';
const user = iamArn('user/machines/build');

let it: Deployed;

beforeAll(async () => {
  it = await deployed();
}, 90_000);

afterAll(forgetDeployed);

const allowedActions = (of: Deployed, name: string) =>
  of
    .statementsOf(name)
    .filter(({ Effect }: Statement) => Effect === 'Allow')
    .flatMap(({ Action }) => [Action].flat().map(String))
    .filter((action) => !action.startsWith('logs:'));

describe('the functions', () => {
  test('none may change a user, a key, a secret or a parameter, nor read what a secret holds', () => {
    const changing = names
      .flatMap((name) => allowedActions(it, name))
      .filter((action) => /^(?:iam|secretsmanager|ssm|sts):/.test(action));

    expect([...new Set(changing)].sort()).toEqual([
      'iam:GenerateCredentialReport',
      'iam:GetAccessKeyLastUsed',
      'iam:GetCredentialReport',
      'iam:GetUser',
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:SimulatePrincipalPolicy',
      'secretsmanager:ListSecrets',
      'ssm:GetParameter',
    ]);
  });

  test('the one that decides begins executions, and only of the machine that rotates', async () => {
    expect(await it.verdict('decide', 'states:StartExecution', `${machines}:stateMachine:keyturn`)).toBe('Allowed');
    expect(await it.verdict('decide', 'states:StartExecution', `${machines}:stateMachine:other`)).not.toBe('Allowed');
    for (const name of ['list-users', 'report'])
      expect(allowedActions(it, name)).not.toContain('states:StartExecution');
  });

  test('S34 where the deployment only reports, none begins anything', async () => {
    const reporting = await deployed({ mode: 'report-only' });

    for (const name of names) expect(allowedActions(reporting, name)).not.toContain('states:StartExecution');
    expect(reporting.functions.decide?.Properties.Environment).toMatchObject({
      Variables: { KEYTURN_MODE: 'report-only' },
    });
  });

  test('a wait’s token, which stands in the history, is out of their reach', () => {
    for (const name of names) expect(allowedActions(it, name)).not.toContain('states:GetExecutionHistory');
  });

  test('users are looked at below the path of the deployment alone, with or without its tag', async () => {
    const tagged = await deployed({ userPath: '/machines/', userTag: { key: 'rotate', value: 'yes' } });

    expect(await tagged.verdict('decide', 'iam:ListAccessKeys', user)).toBe('Allowed');
    expect(await tagged.verdict('decide', 'iam:ListAccessKeys', iamArn('user/alice'))).not.toBe('Allowed');
    expect(tagged.functions.decide?.Properties.Environment).toMatchObject({
      Variables: { KEYTURN_MODE: 'rotate', KEYTURN_USER_PATH: '/machines/', KEYTURN_USER_TAG: 'rotate=yes' },
    });
  });
});

test('it begins every day, a start that fails is kept, and the input says nothing', () => {
  const [schedule] = it.ofType('AWS::Scheduler::Schedule');

  expect(schedule?.Properties).toMatchObject({
    ScheduleExpression: 'cron(0 3 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
    Target: {
      Input: '{}',
      DeadLetterConfig: { Arn: expect.stringContaining('DeadLetters') },
      RetryPolicy: { MaximumEventAgeInSeconds: 21_600 },
    },
  });
});

test('what the machine reads and starts is the list of a sweep, and itself', () => {
  const [policy] = it
    .ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('SweepMachineRole'));
  const { Statement: statements = [] } = (policy?.Properties.PolicyDocument ?? {}) as { Statement?: Statement[] };
  const of = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Resource;

  expect(of('List')).toMatch(/\/sweep\/\*$/);
  expect(of('Turns')).toBe(`${machines}:stateMachine:keyturn-sweep`);
  expect(of('WatchTurns')).toBe(`${machines}:execution:keyturn-sweep/decide:*`);
});

test('an alarm tells of a sweep that failed or did not end', () => {
  const alarms = it.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmDescription);

  expect(alarms).toEqual(expect.arrayContaining(['keyturn: a sweep failed', 'keyturn: a sweep took too long']));
});
