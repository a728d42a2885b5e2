// A topic in keyturn's own words, against an embedded AWS.
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { AccessDeniedError, NoSuchEntityError } from '../../src/errors.ts';
import type { Credentials } from '../../src/sandbox/index.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

const TopicArn = 'arn:aws:sns:eu-west-1:123456789012:keyturn';
const message = { subject: 'a rotation waits', text: 'for alice', attributes: { event: 'waiting' } };

async function open() {
  const opened = await openSandbox();
  const sns = opened.connect(SNSClient);
  await sns.send(new CreateTopicCommand({ Name: 'keyturn' }));
  const topicAs = ({ accessKeyId, secretAccessKey }: Credentials, arn = TopicArn) =>
    createAws({
      clock: opened.clock,
      version: '0.0.0-test',
      endpointUrl: opened.sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    }).topic(arn);
  return { ...opened, sns, topicAs };
}

test('a message is published in the region of its topic', async () => {
  const { sandbox, topicAs } = await open();

  await topicAs(sandbox.credentials).publish(message);

  expect(sandbox.published).toMatchObject([
    { topic: TopicArn, subject: 'a rotation waits', message: 'for alice', attributes: { event: 'waiting' } },
  ]);
});

test('a topic is heard from the first confirmed subscription on', async () => {
  const { sandbox, sns, topicAs } = await open();
  const topic = topicAs(sandbox.credentials);
  const subscribe = (Protocol: string, Endpoint: string) =>
    sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));

  const alone = await topic.isHeard();
  await subscribe('email', 'alice@example.com');
  const unconfirmed = await topic.isHeard();
  await subscribe('sqs', 'arn:aws:sqs:eu-west-1:123456789012:alerts');

  expect([alone, unconfirmed, await topic.isHeard()]).toEqual([false, false, true]);
});

test('what may not be published is denied, and a topic that is not there is said to be none', async () => {
  const { sandbox, topicAs, userWith } = await open();
  const { key } = userWith('alice');

  await expect(topicAs(key).publish(message)).rejects.toThrow(AccessDeniedError);
  await expect(topicAs(sandbox.credentials, `${TopicArn}2`).publish(message)).rejects.toThrow(NoSuchEntityError);
});
