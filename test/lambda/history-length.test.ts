// How long a history gets: AWS ends an execution at 25,000 events (Step Functions Developer Guide, "Quotas").
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { type Cloud, createCloud, region, secret } from '../support/cloud.ts';

const policy = `defaults:
  consumers: [secretsmanager:${secret}]
  administrators: [alice]
  probes: [alarm:shop]
  probeEvery: 12h
`;

async function withAlarm(cloud: Cloud) {
  const { accessKeyId, secretAccessKey } = cloud.sandbox.credentials;
  const given = { region, endpoint: cloud.sandbox.url, credentials: { accessKeyId, secretAccessKey } };
  const cloudwatch = new CloudWatchClient(given);
  const shop = { EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold', Threshold: 1 } as const;
  await cloudwatch.send(
    new PutMetricAlarmCommand({ AlarmName: 'shop', Namespace: 'Shop', MetricName: 'Errors', ...shop }),
  );
  const says = (StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'shop', StateValue, StateReason: 'for a test' }));
  await says('OK');
  return says;
}

/** How many events there are from each entry of the state to the next. */
function eventsPerRound(events: readonly HistoryEvent[], state: string): number[] {
  const entries = events.flatMap(({ stateEnteredEventDetails }, index) =>
    stateEnteredEventDetails?.name === state ? [index] : [],
  );
  return entries.slice(1).map((entry, index) => entry - (entries[index] ?? 0));
}

test('a look at the probes takes 17 events, one without data 22, and all else of a quiet rotation 95', async () => {
  const cloud = await createCloud({ policy });
  const says = await withAlarm(cloud);
  cloud.nth('awaitGrace', 3, () => says('INSUFFICIENT_DATA'));
  cloud.nth('awaitNextLook', 2, () => says('OK'));

  const { events, ended } = await cloud.run();

  const looks = eventsPerRound(events, 'checkHealth');
  expect(ended).toBe('rotated');
  expect(looks).toEqual([17, 17, 17, 22, 22, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17]);
  expect(events.length - looks.reduce((sum, one) => sum + one)).toBe(95);
});

test('a rotation whose probe fails at the end of two graces takes 128 events beside its looks', async () => {
  const cloud = await createCloud({ policy });
  const says = await withAlarm(cloud);
  for (const last of [14, 28]) cloud.nth('awaitGrace', last, () => says('ALARM'));
  cloud.nth('awaitQuiet', 2, () => says('OK'));

  const { events, ended, entered } = await cloud.run();

  const looks = eventsPerRound(events, 'checkHealth').filter((one) => one === 17);
  expect(ended).toBe('stuck');
  expect(entered.filter((name) => name === 'reactivateToStop')).toHaveLength(1);
  // With 400 looks in each grace: 2 × 400 × 17 + 128 = 13,728 of 25,000.
  expect(events.length - looks.length * 17).toBe(128);
});
