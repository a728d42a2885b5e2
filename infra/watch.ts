// What people see without asking: alarms on what the sweep measures and on what could not be done, and a dashboard.
import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, Metric, SingleValueWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricNames, metricNamespace } from '../src/lambda/metrics.ts';
import { createAlarm } from './alarm.ts';
import type { Foundation } from './foundation.ts';

export function createWatch(scope: Construct, foundation: Foundation): void {
  const metric = (name: keyof typeof metricNames, period = Duration.days(1), statistic: string = Stats.MAXIMUM) =>
    new Metric({ namespace: metricNamespace, metricName: metricNames[name], period, statistic });
  const alarm = (id: string, spec: Parameters<typeof createAlarm>[3]) => createAlarm(scope, id, foundation, spec);
  const deadLetters = foundation.deadLetters.metricApproximateNumberOfMessagesVisible();

  alarm('OldKey', { what: 'keyturn: a key is older than 90 days', metric: metric('oldestKeyAge'), threshold: 91 });
  alarm('KeysOver90Days', {
    what: 'keyturn: keys are older than 90 days',
    metric: metric('keysOver90Days'),
    threshold: 1,
  });
  alarm('Stuck', { what: 'keyturn: a rotation needs a person', metric: metric('rotationsStuck'), threshold: 1 });
  alarm('RolledBack', {
    what: 'keyturn: a rotation was rolled back',
    metric: metric('rotationsRolledBack'),
    threshold: 1,
  });
  alarm('NoSweep', {
    what: 'keyturn: nobody has looked at the keys for 26 hours',
    metric: metric('sweepCompleted', Duration.hours(1), Stats.SUM),
    threshold: 1,
    below: true,
    periods: 26,
    missingToo: true,
  });
  alarm('DeadLetter', { what: 'keyturn: something could not be done', metric: deadLetters, threshold: 1 });

  const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
  new Dashboard(scope, 'Dashboard', {
    widgets: [
      [
        new SingleValueWidget({
          title: 'Now',
          metrics: [
            metric('oldestKeyAge'),
            metric('keysOver90Days'),
            metric('rotationsOpen'),
            metric('rotationsStuck'),
          ],
          width: 24,
        }),
      ],
      [
        graph('Age of the oldest active key, in days', metric('oldestKeyAge')),
        graph('Keys over 90 days', metric('keysOver90Days')),
      ],
      [
        graph('Rotations', metric('rotationsOpen'), metric('rotationsStuck'), metric('rotationsRolledBack')),
        graph('Sweeps, and what could not be done', metric('sweepCompleted', Duration.days(1), Stats.SUM), deadLetters),
      ],
    ],
  });
}
