// What notices keys that somebody else makes, as it is deployed: which events its rules match, where they are sent, and what the
// function may do.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matches } from '../support/event-pattern.ts';
import { createKeyEvent, deleteKeyEvent, updateKeyEvent } from '../support/iam-events.ts';
import { type Deployed, deployed, forgetDeployed } from './deployed.ts';
import { iamArn } from './evaluate.ts';

const name = 'key-made-elsewhere';
const trail = 'arn:aws:cloudtrail:us-east-1:999999999999:trail/organization';

let told: Deployed;
let deactivating: Deployed;
let pattern: object;

beforeAll(async () => {
  told = await deployed();
  deactivating = await deployed({ keysMadeElsewhere: 'deactivate', administratorsPath: '/machines/admins/' });
  const [rule] = told
    .ofType('AWS::Events::Rule')
    .filter(({ Properties }) => /somebody else made/.test(String(Properties.Description)));
  pattern = rule?.Properties.EventPattern as object;
}, 90_000);

afterAll(forgetDeployed);

describe('the rule matches', () => {
  test.each([
    ['a key that an administrator makes', createKeyEvent({ user: 'alice' })],
    ['one that a user makes for themselves', createKeyEvent({ user: 'alice', self: true })],
    ['one of the root user', createKeyEvent({ user: null })],
    ['one that is made active again', updateKeyEvent({ user: 'alice', status: 'Active' })],
    ['one that is deleted', deleteKeyEvent({ user: 'alice' })],
    ['a role whose name only begins like keyturn’s', createKeyEvent({ user: 'alice', role: 'keyturn-like' })],
    ['a role below another path', createKeyEvent({ user: 'alice', role: 'x/keyturn/function' })],
  ])('%s', (_, event) => {
    expect(matches(pattern, event)).toBe(true);
  });
});

describe('the rule does not match', () => {
  const event = createKeyEvent({ user: 'alice' });

  test.each([
    ['what keyturn’s own roles do', createKeyEvent({ user: 'alice', role: 'keyturn/create-key' })],
    ['an attempt that was refused', { ...event, detail: { ...event.detail, errorCode: 'AccessDenied' } }],
    ['another call to IAM', { ...event, detail: { ...event.detail, eventName: 'CreateUser' } }],
    ['another service’s call', { ...event, source: 'aws.sts' }],
    ['a sign-in', { ...event, 'detail-type': 'AWS Console Sign In via CloudTrail' }],
  ])('%s', (_, other) => {
    expect(matches(pattern, other)).toBe(false);
  });
});

test('the pattern is no longer than EventBridge takes', () => {
  // Quotas of EventBridge: 2,048 characters.
  expect(JSON.stringify(pattern).length).toBeLessThan(2_048);
});

test('once a day it is looked whether a trail tells of IAM', () => {
  const scheduled = told
    .ofType('AWS::Events::Rule')
    .filter(({ Properties }) => /trail/.test(String(Properties.Description)));

  expect(scheduled.map(({ Properties }) => Properties.ScheduleExpression)).toEqual(['rate(1 day)']);
});

test.each([
  ['cloudtrail:DescribeTrails', '*', 'Allowed', 'Allowed'],
  ['cloudtrail:GetEventSelectors', trail, 'Allowed', 'Allowed'],
  ['cloudtrail:StopLogging', trail, 'ImplicitlyDenied', 'ImplicitlyDenied'],
  ['iam:GetLoginProfile', iamArn('user/machines/build'), 'ImplicitlyDenied', 'Allowed'],
  ['iam:UpdateAccessKey', iamArn('user/machines/build'), 'ImplicitlyDenied', 'Allowed'],
  ['iam:UpdateAccessKey', iamArn('user/people/alice'), 'ImplicitlyDenied', 'ImplicitlyDenied'],
  ['iam:UpdateAccessKey', iamArn('user/machines/admins/root'), 'ImplicitlyDenied', 'ExplicitlyDenied'],
  ['iam:DeleteAccessKey', iamArn('user/machines/build'), 'ImplicitlyDenied', 'ImplicitlyDenied'],
])('%s on %s: %s where it tells, %s where it deactivates', async (action, resource, telling, acting) => {
  expect(await told.verdict(name, action, resource)).toBe(telling);
  expect(await deactivating.verdict(name, action, resource)).toBe(acting);
});

describe('CloudTrail tells of IAM in us-east-1 alone', () => {
  test('a deployment elsewhere has these events sent on to its own region, and nothing else', () => {
    const { away } = told;

    const rules = Object.values(away).filter(({ Type }) => Type === 'AWS::Events::Rule');

    expect(rules).toHaveLength(1);
    expect(rules[0]?.Properties.EventPattern).toEqual(pattern);
    expect(rules[0]?.Properties.Targets).toMatchObject([
      { Arn: 'arn:aws:events:eu-west-1:123456789012:event-bus/default', RoleArn: expect.stringContaining('SendRole') },
    ]);
    const policies = Object.values(away).filter(({ Type }) => Type === 'AWS::IAM::Policy');
    expect(policies.map(({ Properties }) => Properties.PolicyDocument)).toMatchObject([
      {
        Statement: [
          { Action: 'events:PutEvents', Resource: 'arn:aws:events:eu-west-1:123456789012:event-bus/default' },
        ],
      },
    ]);
    expect(
      Object.values(away)
        .map(({ Type }) => Type)
        .sort(),
    ).toEqual(['AWS::Events::Rule', 'AWS::IAM::Policy', 'AWS::IAM::Role']);
  });
});
