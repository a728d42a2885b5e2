// The rotation function as it is deployed: who may call it, and what it may do.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deployed, deployed, forgetDeployed } from './deployed.ts';
import { iamArn } from './evaluate.ts';

const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn';
const place = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/key-abcdef';
const stranger = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-abcdef';
const inVault = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keyturn/vault/sm-1-abcdef';
const name = 'rotate-secret';

let it: Deployed;

beforeAll(async () => {
  it = await deployed({
    places: { secrets: [place] },
    policy: 'exemptions: [{ user: carol, reason: x, until: 2027-01-01 }]',
  });
}, 90_000);

afterAll(forgetDeployed);

test('Secrets Manager may call it, for this account alone', () => {
  const permissions = it
    .ofType('AWS::Lambda::Permission')
    .filter(({ Properties }) => String(Properties.FunctionName).endsWith(':keyturn-rotate-secret'));

  expect(permissions.map(({ Properties }) => Properties)).toMatchObject([
    {
      Action: 'lambda:InvokeFunction',
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: '123456789012',
    },
  ]);
});

test('it knows the machine', () => {
  expect(it.functions[name]?.Properties.Environment).toMatchObject({
    Variables: { KEYTURN_STATE_MACHINE: machine },
  });
});

test.each([
  ['iam:CreateAccessKey', iamArn('user/machines/build'), 'Allowed'],
  ['iam:CreateAccessKey', iamArn('user/people/alice'), 'ImplicitlyDenied'],
  ['iam:CreateAccessKey', iamArn('user/machines/carol'), 'ExplicitlyDenied'],
  ['secretsmanager:PutSecretValue', place, 'Allowed'],
  ['secretsmanager:UpdateSecretVersionStage', place, 'Allowed'],
  ['secretsmanager:PutSecretValue', stranger, 'ImplicitlyDenied'],
  ['secretsmanager:PutSecretValue', inVault, 'Allowed'],
  ['states:StartExecution', machine, 'Allowed'],
  ['states:StartExecution', `${machine}-other`, 'ImplicitlyDenied'],
  ['states:StopExecution', `${machine.replace('stateMachine', 'execution')}:AKIA-1`, 'ImplicitlyDenied'],
  ['lambda:InvokeFunction', '*', 'ImplicitlyDenied'],
])('%s on %s: %s', async (action, resource, expected) => {
  expect(await it.verdict(name, action, resource)).toBe(expected);
});

test('S32 of the users’ tags it may write claims alone', async () => {
  const user = iamArn('user/machines/build');

  const claim = await it.verdict(name, 'iam:TagUser', user, { 'aws:TagKeys': ['keyturn:claim:sm-1'] });
  const other = await it.verdict(name, 'iam:TagUser', user, { 'aws:TagKeys': ['team'] });

  expect({ claim, other }).toEqual({ claim: 'Allowed', other: 'ImplicitlyDenied' });
});
