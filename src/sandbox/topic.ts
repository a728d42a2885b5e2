// A topic of SNS, its subscriptions, and what was published to it, as they are kept.

export interface StoredSubscription {
  /** Null until whoever is subscribed has confirmed it. */
  readonly arn: string | null;
  readonly protocol: string;
  readonly endpoint: string;
}

export interface StoredTopic {
  readonly arn: string;
  readonly name: string;
  readonly subscriptions: readonly StoredSubscription[];
}

export interface PublishedMessage {
  topic: string;
  subject: string | null;
  message: string;
  attributes: Record<string, string>;
  /** An instant. */
  at: string;
}
