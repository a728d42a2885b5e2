// A trail of CloudTrail, as it is kept.

export interface StoredTrail {
  readonly name: string;
  readonly isLogging: boolean;
  /** Default true. */
  readonly includesGlobalServices?: boolean;
  /** As GetEventSelectors gives them. By default all management events. */
  readonly selectors?: Readonly<Record<string, unknown>>;
}
