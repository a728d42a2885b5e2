// Topics as SNS has them: what is published, who is subscribed, and who may.
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

const TopicArn = 'arn:aws:sns:eu-west-1:123456789012:alerts';

async function openTopic() {
  const opened = await openSandbox();
  const sns = opened.connect(SNSClient);
  await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
  return { ...opened, sns };
}

test('a topic is made once and keeps its ARN', async () => {
  const { sns } = await openTopic();

  expect((await sns.send(new CreateTopicCommand({ Name: 'alerts' }))).TopicArn).toBe(TopicArn);
  expect((await refusal(sns.send(new CreateTopicCommand({ Name: 'no topic' })))).code).toBe('InvalidParameter');
});

test('what is published can be read back, with its subject and attributes', async () => {
  const { sandbox, sns } = await openTopic();

  await sns.send(
    new PublishCommand({
      TopicArn,
      Subject: 'a rotation waits',
      Message: 'for alice & bob, <until> 100% — soon',
      MessageAttributes: {
        event: { DataType: 'String', StringValue: 'waiting' },
        user: { DataType: 'String', StringValue: 'alice' },
      },
    }),
  );

  expect(sandbox.published).toEqual([
    {
      topic: TopicArn,
      subject: 'a rotation waits',
      message: 'for alice & bob, <until> 100% — soon',
      attributes: { event: 'waiting', user: 'alice' },
      at: '2026-12-06T10:00:00Z',
    },
  ]);
});

test.each([
  ['has a subject of two lines', { Subject: 'one\ntwo', Message: 'text' }],
  ['has a subject of more than 100 characters', { Subject: 'x'.repeat(101), Message: 'text' }],
  ['has no text', { Message: '' }],
  ['is longer than 256 KiB', { Message: 'x'.repeat(262_145) }],
])('a message that %s is refused', async (_, message) => {
  const { sandbox, sns } = await openTopic();

  const { code } = await refusal(sns.send(new PublishCommand({ TopicArn, ...message })));

  expect(code).toBe('InvalidParameter');
  expect(sandbox.published).toEqual([]);
});

test('a subscription by e-mail waits for its confirmation, one of a queue does not', async () => {
  const { sns } = await openTopic();
  const subscribe = (Protocol: string, Endpoint: string) =>
    sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));

  const mail = await subscribe('email', 'alice@example.com');
  const queue = await subscribe('sqs', 'arn:aws:sqs:eu-west-1:123456789012:alerts');

  expect(mail.SubscriptionArn).toBe('pending confirmation');
  expect(queue.SubscriptionArn).toMatch(/^arn:aws:sns:eu-west-1:123456789012:alerts:/);
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(Subscriptions).toEqual([
    {
      SubscriptionArn: 'PendingConfirmation',
      Owner: '123456789012',
      Protocol: 'email',
      Endpoint: 'alice@example.com',
      TopicArn,
    },
    expect.objectContaining({ SubscriptionArn: queue.SubscriptionArn }),
  ]);
});

test('nothing is published by whoever may not, nor to a topic that is not there', async () => {
  const { sandbox, sns, connect, userWith } = await openTopic();
  const { key } = userWith('alice', { Effect: 'Allow', Action: 'sns:Publish', Resource: `${TopicArn}-of-others` });

  const denied = await refusal(connect(SNSClient, key).send(new PublishCommand({ TopicArn, Message: 'text' })));
  const missing = await refusal(sns.send(new PublishCommand({ TopicArn: `${TopicArn}2`, Message: 'text' })));

  expect({ code: denied.code, status: denied.status }).toEqual({ code: 'AuthorizationError', status: 403 });
  expect({ code: missing.code, status: missing.status }).toEqual({ code: 'NotFound', status: 404 });
  expect(sandbox.published).toEqual([]);
});
