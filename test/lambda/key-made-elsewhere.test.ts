// Changes to access keys that were not keyturn's, as CloudTrail tells of them through EventBridge.
import { describe, expect, test } from 'vitest';
import { make } from '../../src/lambda/key-made-elsewhere.ts';
import { type Cloud, createCloud, user } from '../support/cloud.ts';
import { createKeyEvent, deleteKeyEvent, scheduled, updateKeyEvent } from '../support/iam-events.ts';

const noticesOf = ({ sandbox }: Cloud) =>
  sandbox.published.map(({ message }) => JSON.parse(message.slice(message.indexOf('{'))));

test('a key that somebody makes is told: who, whose, which, and from where', async () => {
  const cloud = await createCloud();

  await make(cloud.parts)(createKeyEvent({ user }));

  expect(noticesOf(cloud)).toEqual([
    {
      event: 'madeElsewhere',
      account: '123456789012',
      user: 'alice',
      rotation: null,
      what: 'arn:aws:sts::123456789012:assumed-role/admin/mallory has made the new access key AKIA…MPLE of alice, not by keyturn',
      details: {
        change: 'made',
        account: '123456789012',
        keyId: 'AKIAIOSFODNN7EXAMPLE',
        user: 'alice',
        by: 'arn:aws:sts::123456789012:assumed-role/admin/mallory',
        from: { address: '192.0.2.10', userAgent: 'aws-cli/2.32.0' },
        at: '2026-12-06T10:00:00Z',
        event: '4a3f2c1d-0000-4000-8000-abcdef012345',
      },
    },
  ]);
  expect(cloud.changes()).toEqual([]);
});

test('made keys are counted by a line of the log, and other changes are not', async () => {
  const cloud = await createCloud();

  await make(cloud.parts)(createKeyEvent({ user }));
  await make(cloud.parts)(updateKeyEvent({ user, status: 'Active' }));

  expect(cloud.logged.map((line) => line.KeysMadeElsewhere)).toEqual([1, undefined]);
  expect(cloud.logged[0]).toMatchObject({
    _aws: {
      CloudWatchMetrics: [
        { Namespace: 'keyturn', Dimensions: [[]], Metrics: [{ Name: 'KeysMadeElsewhere', Unit: 'Count' }] },
      ],
    },
  });
});

test.each([
  ['made active', updateKeyEvent({ user, status: 'Active' }), 'has made active the access key AKIA…MPLE of alice'],
  ['deactivated', updateKeyEvent({ user, status: 'Inactive' }), 'has deactivated the access key AKIA…MPLE of alice'],
  ['deleted', deleteKeyEvent({ user }), 'has deleted the access key AKIA…MPLE of alice'],
  [
    'made for oneself',
    createKeyEvent({ user, self: true }),
    'user/alice has made the new access key AKIA…MPLE of alice',
  ],
  ['of the root user', createKeyEvent({ user: null }), ':root has made the new access key AKIA…MPLE of the root user'],
])('a key %s', async (_, event, what) => {
  const cloud = await createCloud();

  await make(cloud.parts)(event);

  expect(noticesOf(cloud)[0].what).toContain(what);
});

test('S36 whatever an attacker writes into a user agent is shown without effect, and not at any length', async () => {
  const cloud = await createCloud();

  await make(cloud.parts)(
    createKeyEvent({ user, userAgent: `\u001b[2Jfriendly\u202e\nto copy: rm -rf ${'x'.repeat(999)}` }),
  );

  const { userAgent } = noticesOf(cloud)[0].details.from;
  expect(userAgent).toMatch(/^\\u\{1b\}\[2Jfriendly\\u\{202e\} to copy/);
  expect(userAgent).toHaveLength(300);
});

test('an event that is nothing of the kind is let be', async () => {
  const cloud = await createCloud();

  await make(cloud.parts)({ 'detail-type': 'AWS API Call via CloudTrail', detail: { eventName: 'CreateUser' } });
  await make(cloud.parts)({});

  expect(noticesOf(cloud)).toEqual([]);
});

describe('where the deployment says so, a key made for somebody who signs in to the console', () => {
  async function withPassword({ password = true } = {}) {
    const cloud = await createCloud();
    const bob = cloud.account.createUser({ name: 'bob', keys: [{}], ...(password ? { password: {} } : {}) });
    cloud.parts.deployment.KEYTURN_KEYS_MADE_ELSEWHERE = 'deactivate';
    const [key] = bob.keys;
    const statuses = () => cloud.account.snapshot().bob?.keys.map(({ status }) => status);
    return { cloud, keyId: key?.accessKeyId ?? '', statuses };
  }

  test('is deactivated, and the line that undoes it told before', async () => {
    const { cloud, keyId, statuses } = await withPassword();

    await make(cloud.parts)(createKeyEvent({ user: 'bob', keyId }));

    expect(statuses()).toEqual(['Inactive']);
    expect(noticesOf(cloud)).toMatchObject([
      {
        what: expect.stringContaining('; it is deactivated: bob signs in to the console'),
        command: `aws iam update-access-key --user-name bob --access-key-id ${keyId} --status Active`,
      },
    ]);
  });

  test('stays active where nobody can be told', async () => {
    const { cloud, keyId, statuses } = await withPassword();
    cloud.sandbox.fault({ operation: 'sns:*', call: 'every', kind: 'accessDenied' });

    await expect(make(cloud.parts)(createKeyEvent({ user: 'bob', keyId }))).rejects.toThrow('sns:Publish');

    expect(statuses()).toEqual(['Active']);
  });

  test('stays active without a password, when it is only changed, and when it may not be looked at', async () => {
    const machine = await withPassword({ password: false });
    const changed = await withPassword();
    const foreign = await withPassword();
    foreign.cloud.sandbox.fault({ operation: 'GetLoginProfile', call: 'every', kind: 'accessDenied' });

    await make(machine.cloud.parts)(createKeyEvent({ user: 'bob', keyId: machine.keyId }));
    await make(changed.cloud.parts)(updateKeyEvent({ user: 'bob', keyId: changed.keyId, status: 'Active' }));
    await make(foreign.cloud.parts)(createKeyEvent({ user: 'bob', keyId: foreign.keyId }));

    for (const { cloud, statuses } of [machine, changed, foreign]) {
      expect(statuses()).toEqual(['Active']);
      expect(cloud.told()).toEqual(['madeElsewhere']);
    }
  });
});

describe('once a day, whether CloudTrail would tell of it', () => {
  const management = { Field: 'eventCategory', Equals: ['Management'] };
  const advanced = (...more: object[]) => ({
    AdvancedEventSelectors: [{ Name: 'all', FieldSelectors: [management, ...more] }],
  });
  const basic = (ReadWriteType: string, IncludeManagementEvents = true) => ({
    EventSelectors: [{ ReadWriteType, IncludeManagementEvents }],
  });

  test.each([
    ['a trail with what is usual', {}],
    ['writes alone', { selectors: basic('WriteOnly') }],
    ['advanced selectors for management events', { selectors: advanced() }],
    ['advanced selectors for writes', { selectors: advanced({ Field: 'readOnly', Equals: ['false'] }) }],
    ['without KMS', { selectors: advanced({ Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }) }],
  ])('nothing is told: %s', async (_, trail) => {
    const cloud = await createCloud();
    cloud.sandbox.trails.push({ name: 'management', isLogging: true, ...trail });

    await make(cloud.parts)(scheduled);

    expect(noticesOf(cloud)).toEqual([]);
  });

  test.each([
    ['stopped', { isLogging: false }],
    ['for another region’s services', { includesGlobalServices: false }],
    ['reads alone', { selectors: basic('ReadOnly') }],
    ['data events alone', { selectors: basic('All', false) }],
    ['advanced selectors for reads', { selectors: advanced({ Field: 'readOnly', Equals: ['true'] }) }],
    ['without IAM', { selectors: advanced({ Field: 'eventSource', NotEquals: ['iam.amazonaws.com'] }) }],
    ['only some events', { selectors: advanced({ Field: 'eventName', Equals: ['CreateUser'] }) }],
    ['only some sources', { selectors: advanced({ Field: 'eventSource', StartsWith: ['ec2'] }) }],
  ])('it is told that nobody would hear: a trail %s', async (_, trail) => {
    const cloud = await createCloud();
    cloud.sandbox.trails.push({ name: 'management', isLogging: true, ...trail });

    await make(cloud.parts)(scheduled);

    expect(noticesOf(cloud)).toMatchObject([
      { what: expect.stringMatching(/no trail is known to record .* us-east-1$/) },
    ]);
  });

  test('a trail that may not be looked at is no proof, and is named', async () => {
    const cloud = await createCloud();
    cloud.sandbox.trails.push({ name: 'organization', isLogging: true });
    cloud.sandbox.fault({ operation: 'GetEventSelectors', call: 'every', kind: 'accessDenied' });

    await make(cloud.parts)(scheduled);

    expect(noticesOf(cloud)[0].what).toContain('AWS does not say whether organization does');
  });
});
