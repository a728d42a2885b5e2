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
