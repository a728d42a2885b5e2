// An alarm of CloudWatch, as it is kept.

export interface StoredAlarm {
  readonly arn: string;
  readonly region: string;
  readonly name: string;
  /** What PutMetricAlarm said besides the name, as given. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly state: string;
  readonly reason: string;
  readonly changedAt: number;
}

/** One datum of PutMetricData, as given. */
export interface PutMetric {
  namespace: string;
  name: string;
  value: number | null;
  dimensions: Record<string, string>;
}
