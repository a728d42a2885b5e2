// The metrics that the sweep publishes, once per sweep: what the alarms and the dashboard look at.

export const metricNamespace = 'keyturn';

export const metricNames = {
  /** Of the oldest active key that no exemption leaves alone, in days. */
  oldestKeyAge: 'OldestKeyAgeDays',
  keysOver90Days: 'KeysOver90Days',
  rotationsOpen: 'RotationsOpen',
  rotationsStuck: 'RotationsStuck',
  rotationsRolledBack: 'RotationsRolledBack',
  /** 1 for each sweep that came to its end. */
  sweepCompleted: 'SweepCompleted',
} as const;

interface Metric {
  name: string;
  value: number;
  unit: 'Count' | 'None';
}

/** A line of log that CloudWatch takes metrics from (embedded metric format); `at` in milliseconds. */
export function measurement(metrics: readonly Metric[], at: number): Record<string, unknown> {
  const Metrics = metrics.map(({ name, unit }) => ({ Name: name, Unit: unit }));
  return {
    _aws: { Timestamp: at, CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [[]], Metrics }] },
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  };
}
