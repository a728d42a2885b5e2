// A bucket of S3, as it is kept.

export interface StoredObject {
  readonly body: string;
  readonly contentType: string;
  /** In quotes, as headers have it. */
  readonly etag: string;
  readonly changedAt: number;
}

/** Objects by key. */
export type StoredBucket = Map<string, StoredObject>;
