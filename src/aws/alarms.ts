// CloudWatch's alarms in keyturn's own words.
import type * as Sdk from '@aws-sdk/client-cloudwatch';
import type { Alarms } from './contract.ts';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.CloudWatchClient;
}

export function alarmsOf(connect: () => Promise<Connected>): Alarms {
  return {
    state: async (name) => {
      const { sdk, client } = await connect();
      const { MetricAlarms = [], CompositeAlarms = [] } = await translated('cloudwatch:DescribeAlarms', () =>
        client.send(
          new sdk.DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
        ),
      );
      const found = [...MetricAlarms, ...CompositeAlarms].find(({ AlarmName }) => AlarmName === name);
      return found?.StateValue ?? null;
    },
  };
}
