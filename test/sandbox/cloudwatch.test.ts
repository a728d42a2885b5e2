// Alarms as CloudWatch describes them, and metrics as it takes them.
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

function alarm(AlarmName: string) {
  return new PutMetricAlarmCommand({
    AlarmName,
    Namespace: 'Shop',
    MetricName: 'Errors',
    Threshold: 1,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  });
}

test('an alarm begins without data and then is in the state that it is set to', async () => {
  const { clock, connect } = await openSandbox();
  const cloudwatch = connect(CloudWatchClient);
  await cloudwatch.send(alarm('shop'));
  const before = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['shop'] }));
  await clock.advance(60_000);

  const set = { AlarmName: 'shop', StateValue: 'ALARM', StateReason: 'too many errors' } as const;
  await cloudwatch.send(new SetAlarmStateCommand(set));

  const after = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['shop', 'other'] }));
  expect(before.MetricAlarms?.map(({ StateValue }) => StateValue)).toEqual(['INSUFFICIENT_DATA']);
  expect(after.MetricAlarms).toHaveLength(1);
  expect(after.MetricAlarms?.[0]).toMatchObject({
    AlarmName: 'shop',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop',
    Namespace: 'Shop',
    Threshold: 1,
    StateValue: 'ALARM',
    StateReason: 'too many errors',
    StateUpdatedTimestamp: new Date('2026-12-06T10:01:00Z'),
  });
});

test('alarms are listed by name, in pages, and found by prefix and state', async () => {
  const { sandbox, connect } = await openSandbox();
  const cloudwatch = connect(CloudWatchClient);
  for (const name of ['shop-c', 'other', 'shop-a', 'shop-b']) await cloudwatch.send(alarm(name));
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'shop-b', StateValue: 'OK', StateReason: 'quiet' }));
  sandbox.settings.pageSize = 2;

  const names: unknown[] = [];
  for await (const page of paginateDescribeAlarms({ client: cloudwatch }, { AlarmNamePrefix: 'shop' })) {
    names.push(page.MetricAlarms?.map(({ AlarmName }) => AlarmName));
  }

  expect(names).toEqual([['shop-a', 'shop-b'], ['shop-c']]);
  const quiet = await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: 'OK' }));
  expect(quiet.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['shop-b']);
});

test('a state is set of an alarm that is there, to one that there is', async () => {
  const { connect } = await openSandbox();
  const cloudwatch = connect(CloudWatchClient);
  await cloudwatch.send(alarm('shop'));
  const set = (AlarmName: string, StateValue: string) =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: StateValue as 'OK', StateReason: 'test' }));

  expect((await refusal(set('other', 'OK'))).code).toBe('ResourceNotFound');
  expect((await refusal(set('shop', 'FINE'))).code).toBe('ValidationException');
});

test('composite alarms are for those who may see every alarm', async () => {
  const { connect, userWith } = await openSandbox();
  const { key } = userWith('alice', {
    Effect: 'Allow',
    Action: 'cloudwatch:DescribeAlarms',
    Resource: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*',
  });
  const cloudwatch = connect(CloudWatchClient, key);

  await cloudwatch.send(new DescribeAlarmsCommand({}));
  const { code } = await refusal(
    cloudwatch.send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })),
  );

  expect(code).toBe('AccessDeniedException');
});

test('metrics are taken from whoever may put them into their namespace', async () => {
  const { sandbox, connect, userWith } = await openSandbox();
  const { key } = userWith('alice', {
    Effect: 'Allow',
    Action: 'cloudwatch:PutMetricData',
    Resource: '*',
    Condition: { StringEquals: { 'cloudwatch:namespace': 'Shop' } },
  });
  const cloudwatch = connect(CloudWatchClient, key);
  const put = (Namespace: string) =>
    cloudwatch.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [{ MetricName: 'Errors', Value: 3, Dimensions: [{ Name: 'Host', Value: 'a' }] }],
      }),
    );

  await put('Shop');

  expect((await refusal(put('Others'))).code).toBe('AccessDeniedException');
  expect(sandbox.metrics).toEqual([{ namespace: 'Shop', name: 'Errors', value: 3, dimensions: { Host: 'a' } }]);
});
