// A topic of SNS in keyturn's own words.
import type * as Sdk from '@aws-sdk/client-sns';
import type { Topic } from './contract.ts';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.SNSClient;
}

export function topicOf(connect: () => Promise<Connected>, arn: string): Topic {
  return {
    publish: async ({ subject, text, attributes }) => {
      const { sdk, client } = await connect();
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      );
      await translated('sns:Publish', () =>
        client.send(new sdk.PublishCommand({ TopicArn: arn, Subject: subject, Message: text, MessageAttributes })),
      );
    },

    isHeard: async () => {
      const { sdk, client } = await connect();
      return translated('sns:ListSubscriptionsByTopic', async () => {
        for await (const page of sdk.paginateListSubscriptionsByTopic({ client }, { TopicArn: arn })) {
          // One that nobody confirmed has the word `PendingConfirmation` where its ARN will be.
          if (page.Subscriptions?.some((one) => one.SubscriptionArn?.startsWith('arn:'))) return true;
        }
        return false;
      });
    },
  };
}
