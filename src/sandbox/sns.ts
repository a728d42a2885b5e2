// SNS: topics, who is subscribed, and what is published. Nothing is sent anywhere; what was published can be read back.
import { instant } from '../clock.ts';
import { optionalText, requiredText } from './iam-input.ts';
import { queryXml } from './query-xml.ts';
import type { Access, Call, Operation, Service } from './service.ts';
import { ServiceError } from './service-error.ts';
import type { StoredSubscription, StoredTopic } from './topic.ts';

const queryWire = queryXml({ namespace: 'http://sns.amazonaws.com/doc/2010-03-31/', version: '2010-03-31' });
const codes: Record<string, string> = { AccessDenied: 'AuthorizationError', ServiceFailure: 'InternalError' };

/** Whoever gets these needs to confirm nothing within one account. */
const confirmedAtOnce = ['sqs', 'lambda', 'firehose'];

const operations: Record<string, Operation> = {
  CreateTopic: {
    kind: 'change',
    access: (call) => [{ action: 'sns:CreateTopic', resource: topicArn(call, requiredText(call.params, 'Name')) }],
    apply: (call) => {
      const name = requiredText(call.params, 'Name');
      if (!/^[\w-]{1,256}$/.test(name)) throw invalid('Topic Name');
      const arn = topicArn(call, name);
      const { topics } = call.world;
      if (!topics.has(arn)) topics.set(arn, { arn, name, subscriptions: [] });
      return { TopicArn: arn };
    },
  },

  Subscribe: {
    kind: 'change',
    access: onTopic,
    apply: (call) => {
      const { params, world } = call;
      const topic = topicIn(call);
      const protocol = requiredText(params, 'Protocol');
      const endpoint = requiredText(params, 'Endpoint');
      const existing = topic.subscriptions.find((one) => one.protocol === protocol && one.endpoint === endpoint);
      const arn = confirmedAtOnce.includes(protocol) ? `${topic.arn}:${world.random.requestId()}` : null;
      const subscription: StoredSubscription = existing ?? { arn, protocol, endpoint };
      if (!existing) {
        world.topics.set(topic.arn, { ...topic, subscriptions: [...topic.subscriptions, subscription] });
      }
      return { SubscriptionArn: subscription.arn ?? 'pending confirmation' };
    },
  },

  ListSubscriptionsByTopic: {
    kind: 'read',
    access: onTopic,
    apply: (call) => {
      const { arn: TopicArn, subscriptions } = topicIn(call);
      const start = Number(optionalText(call.params, 'NextToken') ?? 0);
      const end = start + Math.min(100, call.world.settings.pageSize);
      const Subscriptions = subscriptions.slice(start, end).map(({ arn, protocol, endpoint }) => ({
        SubscriptionArn: arn ?? 'PendingConfirmation',
        Owner: call.world.accountId,
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn,
      }));
      return { Subscriptions, NextToken: end < subscriptions.length ? String(end) : undefined };
    },
  },

  Publish: {
    kind: 'change',
    access: onTopic,
    apply: (call) => {
      const { params, world } = call;
      const { arn: topic } = topicIn(call);
      const message = requiredText(params, 'Message');
      const subject = optionalText(params, 'Subject') ?? null;
      if (message === '') throw invalid('Empty message');
      if (Buffer.byteLength(message) > 262_144) throw invalid('Message too long');
      if (subject !== null && !/^[\x20-\x7e]{1,100}$/.test(subject)) throw invalid('Subject');
      const at = instant(world.clock.now());
      world.published.push({ topic, subject, message, attributes: attributesIn(call), at });
      return { MessageId: world.random.requestId() };
    },
  },
};

export const sns: Service = {
  name: 'sns',
  wire: {
    ...queryWire,
    worded: ({ code, status, message }) => new ServiceError(codes[code] ?? code, status, message),
  },
  operations,
};

function topicArn({ region, world }: Call, name: string): string {
  return `arn:aws:sns:${region}:${world.accountId}:${name}`;
}

function onTopic({ operation, params }: Call): Access[] {
  return [{ action: `sns:${operation}`, resource: requiredText(params, 'TopicArn') }];
}

function topicIn({ params, world }: Call): StoredTopic {
  const topic = world.topics.get(requiredText(params, 'TopicArn'));
  if (!topic) throw new ServiceError('NotFound', 404, 'Topic does not exist');
  return topic;
}

function attributesIn({ params }: Call): Record<string, string> {
  const given = (params.MessageAttributes ?? []) as { Name: string; Value: { StringValue?: string } }[];
  return Object.fromEntries(given.map(({ Name, Value }) => [Name, Value.StringValue ?? '']));
}

function invalid(what: string): ServiceError {
  return new ServiceError('InvalidParameter', 400, `Invalid parameter: ${what}`);
}
