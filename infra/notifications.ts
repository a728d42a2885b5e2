// The topic that people are told through. Only keyturn's own roles and alarms may publish to it: whoever reads one of its
// messages acts on it.
import { Aws, Lazy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface Notifications {
  topic: Topic;
  /** The role may publish, as far as its own policy says. */
  letPublish(role: IRole): void;
}

export function createNotifications(scope: Construct, key: IKey, subscribers: readonly string[]): Notifications {
  const publishers: IRole[] = [];
  const topic = new Topic(scope, 'Topic', { displayName: 'keyturn', masterKey: key, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'NobodyElse',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => publishers.map(({ roleArn }) => roleArn) }) },
        // Alarms are published by the service itself, which has no such ARN.
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    }),
  );
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  for (const address of subscribers) topic.addSubscription(new EmailSubscription(address));
  return { topic, letPublish: (role) => void publishers.push(role) };
}
