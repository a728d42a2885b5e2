// What a sandbox can be told about its own behaviour, at its start and at any time while it runs.

export interface Settings {
  /** Milliseconds until a use appears in GetAccessKeyLastUsed. Default 0. */
  lastUsedLag: number;
  /** Milliseconds that IAM takes to make a credential report. Default 0: it is there with the answer to the request. */
  reportDelay: number;
  /** Lists return at most so many items a page, whatever MaxItems says. Default: no limit of the sandbox's own. */
  pageSize: number;
  /**
   * Refuse signatures more than 15 minutes off the sandbox's clock, as AWS does. Default false: the SDK signs by the
   * machine's clock until an answer's Date has corrected it, so on a virtual clock the first call of every client would
   * be refused, and fail where the client may not retry.
   */
  enforceClockSkew: boolean;
  /** For so many milliseconds after its creation a key may be refused as unknown. Default 0. */
  newKeyDelay: number;
  /** Whether it is, within that time: a chance from 0 to 1, or an answer per attempt (counted per key, from 1). Default 1. */
  newKeyRefusal: number | ((attempt: { accessKeyId: string; attempt: number; age: number }) => boolean);
  /** Callers are judged by the status (or existence) that a key had so many milliseconds ago. Default 0. */
  statusDelay: number;
  /** A stale read answers as the account was so many milliseconds ago, one day at most. Default 0. */
  readDelay: number;
  /** Which reads are stale: a chance from 0 to 1, or an answer per read (counted per operation, from 1). Default 1. */
  staleReads: number | ((read: { operation: string; read: number }) => boolean);
  /** Milliseconds until CloudTrail has an event; on AWS about five minutes. Default 0. */
  eventLatency: number;
  /** CloudTrail refuses more lookups in a region within a second than these; on AWS two. Default: no limit. */
  lookupsPerSecond: number;
}

export const defaultSettings: Readonly<Settings> = {
  lastUsedLag: 0,
  reportDelay: 0,
  pageSize: Number.POSITIVE_INFINITY,
  enforceClockSkew: false,
  newKeyDelay: 0,
  newKeyRefusal: 1,
  statusDelay: 0,
  readDelay: 0,
  staleReads: 1,
  eventLatency: 0,
  lookupsPerSecond: Number.POSITIVE_INFINITY,
};
