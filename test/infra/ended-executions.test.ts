// The rule that notices executions which ended badly, and the function behind it, as they are deployed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deployed, deployed, forgetDeployed } from './deployed.ts';
import { iamArn } from './evaluate.ts';

const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn';
const name = 'ended-execution';

let it: Deployed;

beforeAll(async () => {
  it = await deployed({ mode: 'report-only' });
}, 90_000);

afterAll(forgetDeployed);

test('S2 the rule is about the rotation’s machine and nothing but bad ends', () => {
  const [rule] = it
    .ofType('AWS::Events::Rule')
    .filter(({ Properties }) => /ended/.test(String(Properties.Description)));

  expect(rule?.Properties.EventPattern).toEqual({
    source: ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    detail: { stateMachineArn: [machine], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
  });
});

test('what could not be handed over, or not be done, is kept among the dead letters', () => {
  const [rule] = it
    .ofType('AWS::Events::Rule')
    .filter(({ Properties }) => /ended/.test(String(Properties.Description)));
  const [target] = (rule?.Properties.Targets ?? []) as { Arn: string; DeadLetterConfig: { Arn: string } }[];
  const invoked = it
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find(({ Properties }) => String(Properties.FunctionName).includes('ended'));

  expect(target?.Arn).toContain(':function:keyturn-ended-execution');
  expect(target?.DeadLetterConfig.Arn).toContain('DeadLetters');
  expect(invoked?.Properties).toMatchObject({
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: expect.stringContaining('DeadLetters') } },
  });
});

test.each([
  ['iam:UpdateAccessKey', iamArn('user/machines/build'), 'Allowed'],
  ['iam:UpdateAccessKey', iamArn('user/people/alice'), 'ImplicitlyDenied'],
  ['iam:DeleteAccessKey', iamArn('user/machines/build'), 'ImplicitlyDenied'],
  ['iam:CreateAccessKey', iamArn('user/machines/build'), 'ImplicitlyDenied'],
  ['iam:ListAttachedUserPolicies', iamArn('user/machines/build'), 'Allowed'],
  ['states:ListExecutions', machine, 'Allowed'],
  ['states:GetExecutionHistory', `${machine.replace('stateMachine', 'execution')}:AKIA-1`, 'Allowed'],
  ['states:StopExecution', `${machine.replace('stateMachine', 'execution')}:AKIA-1`, 'ImplicitlyDenied'],
  [
    'secretsmanager:GetSecretValue',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keyturn/seal/r-abcdef',
    'Allowed',
  ],
  [
    'secretsmanager:GetSecretValue',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keyturn/vault/r-abcdef',
    'ImplicitlyDenied',
  ],
  [
    'secretsmanager:DeleteSecret',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keyturn/seal/r-abcdef',
    'ImplicitlyDenied',
  ],
])('S1 also in report-only: %s on %s: %s', async (action, resource, expected) => {
  expect(await it.verdict(name, action, resource)).toBe(expected);
});
