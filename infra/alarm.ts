// Makes the alarms: each tells the topic when it begins, and when it is over.
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';

interface AlarmSpec {
  /** What is the matter, in words. */
  what: string;
  metric: IMetric;
  /** It is the matter from this value on; with `below`, under it. */
  threshold: number;
  below?: true;
  /** How many periods in a row. Default 1. */
  periods?: number;
  /** Whether no data is a matter, too. */
  missingToo?: true;
}

export function createAlarm(
  scope: Construct,
  id: string,
  { notifications }: Pick<Foundation, 'notifications'>,
  { what, metric, threshold, below, periods = 1, missingToo }: AlarmSpec,
): Alarm {
  const alarm = new Alarm(scope, id, {
    alarmDescription: what,
    metric,
    threshold,
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: missingToo ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  const tell = new SnsAction(notifications.topic);
  alarm.addAlarmAction(tell);
  alarm.addOkAction(tell);
  return alarm;
}
