// What keyturn asks of the services of a region, each in its own words: Secrets Manager, Parameter Store, SNS, CloudWatch,
// CloudTrail, S3 and Step Functions. Part of contract.ts, by which others know it.
/** What Secrets Manager tells of a secret without its value. */
export interface SecretFacts {
  arn: string;
  deleted: boolean;
  /** Whether a rotation is set up, be it enabled or not. */
  rotates: boolean;
  /** Staging labels by version id. */
  stages: Readonly<Record<string, readonly string[]>>;
  replicas: readonly { region: string; status: string }[];
}

export interface SecretVersion {
  arn: string;
  version: string;
  stages: readonly string[];
  /** Null for a binary value. */
  text: string | null;
  /** Null for a text. */
  bytes: Uint8Array | null;
}

/** A secret in the list of a region. */
export interface ListedSecret {
  name: string;
  arn: string;
  /** Where it is written: another region where this is a replica; null where AWS does not say. */
  primaryRegion: string | null;
}

/** The current value of one of many secrets, or why there is none to be had. */
export interface SecretAmongMany {
  /** As it was asked for. */
  secret: string;
  /** Null where it was not given. */
  value: { text: string } | { bytes: Uint8Array } | null;
  /** Null where it was given, and where there is none: no current version, or marked for deletion. */
  refused: Refused | null;
}

/** Why one of many was not given; `action` is the permission that is missing, where one is. */
export interface Refused {
  why: string;
  action: string | null;
}

/** A secret is named by its name or ARN. Every call throws NoSuchEntityError where it, or the version, is not there. */
export interface SecretsManager {
  /** `secretsmanager:ListSecrets`, every page; without those marked for deletion. */
  list(): Promise<ListedSecret[]>;
  /** Those with this tag, by `secretsmanager:ListSecrets`. */
  tagged(key: string, value: string): Promise<ListedSecret[]>;
  /** `secretsmanager:BatchGetSecretValue`, of at most 20; each needs `secretsmanager:GetSecretValue` besides. */
  values(secrets: readonly string[]): Promise<SecretAmongMany[]>;
  /** `secretsmanager:DescribeSecret` */
  describe(secret: string): Promise<SecretFacts>;
  /** `secretsmanager:GetSecretValue`, of the version with that label or that id. */
  value(secret: string, which: { stage: string } | { version: string }): Promise<SecretVersion>;
  /** `secretsmanager:CreateSecret`, the token being the first version's id; safe to call twice. */
  create(
    name: string,
    value: { token: string; text: string; description: string; kmsKey?: string | undefined },
  ): Promise<void>;
  /** `secretsmanager:PutSecretValue`, the token being the version's id; safe to call twice with the same text. */
  put(secret: string, value: { token: string; text: string; stage: string }): Promise<void>;
  /** `secretsmanager:UpdateSecretVersionStage`; throws AwsRefusalError where the label is not on `from`. */
  moveStage(secret: string, stage: string, move: { from: string; to: string | null }): Promise<void>;
  /** Throws AccessDeniedError where `put` or `moveStage` is not allowed. Asks for what cannot be done, so changes nothing. */
  proveWritable(secret: string, version: string): Promise<void>;
  /** `secretsmanager:DeleteSecret`, without a time in which it could be restored; safe to call twice. */
  deleteAtOnce(secret: string): Promise<void>;
}

/** What Parameter Store tells of a parameter's newest version without its value. */
export interface ParameterFacts {
  name: string;
  version: number;
  type: string;
  tier: string;
  /** Of a SecureString. */
  keyId: string | null;
  labels: readonly string[];
  /** What a new version would otherwise lose. */
  description: string | null;
  allowedPattern: string | null;
  policies: string | null;
}

/** Every call throws NoSuchEntityError where there is no such parameter or version. */
export interface ParameterStore {
  /** `ssm:DescribeParameters`, every page; no StringLists. */
  list(): Promise<{ name: string; type: string }[]>;
  /** `ssm:GetParameters`, decrypted, of at most 10; refused as a whole where one of them is. Leaves out what is not there. */
  values(names: readonly string[]): Promise<{ name: string; text: string }[]>;
  /** `ssm:GetParameterHistory` */
  facts(name: string): Promise<ParameterFacts>;
  /** `ssm:GetParameter`, decrypted; of the newest version or of the one named. */
  value(name: string, version?: number): Promise<{ text: string; version: number }>;
  /** `ssm:PutParameter`: another version that differs from the one of the facts in its text alone; resolves to its number. */
  put(facts: ParameterFacts, text: string): Promise<number>;
  /** Throws AccessDeniedError where `put` is not allowed. Asks for what cannot be done, so changes nothing. */
  proveWritable(facts: ParameterFacts): Promise<void>;
}

/** Where people are told. A message never holds a secret, nor a task token. */
export interface Topic {
  /** `sns:Publish`; a subject is at most 100 characters of ASCII. */
  publish(message: { subject: string; text: string; attributes: Readonly<Record<string, string>> }): Promise<void>;
  /** Whether at least one subscription is confirmed, by `sns:ListSubscriptionsByTopic`. */
  isHeard(): Promise<boolean>;
}

export interface Alarms {
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`, by `cloudwatch:DescribeAlarms`; null where there is no alarm of that name. */
  state(name: string): Promise<string | null>;
}

export interface Trails {
  /**
   * Names of the trails that record changes in IAM, and of those of which AWS does not say whether they do, by
   * `cloudtrail:DescribeTrails`, `GetTrailStatus` and `GetEventSelectors`. IAM's events are in us-east-1 alone.
   */
  ofIamChanges(): Promise<{ recording: string[]; unclear: string[] }>;
  /**
   * The region's management events of the last 90 days at most, newest first, by `cloudtrail:LookupEvents`; calls on the
   * objects of a bucket and the like are never among them, nor what happened in the last minutes. Asks twice a second at
   * most, for 50 events a time.
   */
  lookup(by: TrailAttribute, since: string, signal?: AbortSignal): AsyncIterable<TrailEvent>;
}

/** AWS looks up by one of them at a time. */
export interface TrailAttribute {
  attribute: 'EventName' | 'AccessKeyId' | 'Username' | 'ResourceName';
  value: string;
}

/** What CloudTrail recorded of one call; a member is null where the event does not say. */
export interface TrailEvent {
  id: string;
  at: string;
  /** `CreateAccessKey` */
  name: string;
  /** `iam.amazonaws.com` */
  source: string;
  region: string;
  /** ARN of who called: of the role where it was a session of one, which `session` then names. */
  by: string | null;
  session: string | null;
  /** The key that signed, long-term or temporary. */
  keyId: string | null;
  /** The address, or the AWS service on whose behalf it was. */
  from: string | null;
  agent: string | null;
  error: string | null;
  /** As CloudTrail spells them: `userName`. */
  request: Readonly<Record<string, unknown>>;
  response: Readonly<Record<string, unknown>>;
}

export interface Bucket {
  /** `s3:PutObject` */
  put(key: string, text: string, type: string): Promise<void>;
  /** `s3:GetObject`; null where there is no such object. */
  get(key: string): Promise<string | null>;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';

export interface ListedExecution {
  arn: string;
  name: string;
  status: ExecutionStatus;
  /** To the millisecond, as `$$.Execution.StartTime` has it. */
  startedAt: string;
}

export interface ExecutionFacts extends ListedExecution {
  machine: string;
  /** Null where it is none that could be ours. */
  input: Readonly<Record<string, unknown>> | null;
  /** How a failed one ended. */
  error: string | null;
  cause: string | null;
}

/** What happened in an execution, as far as anybody asks. `begun` is a task's own; a task that is tried again begins anew. */
export type ExecutionEvent = { id: number; at: string } & (
  | { what: 'entered' | 'left'; state: string; data: Readonly<Record<string, unknown>> }
  | { what: 'begun' | 'waiting' }
  | { what: 'failed'; error: string; cause: string }
);

/** Machines and executions are named by their ARNs. Throws NoSuchEntityError where one is not there. */
export interface StateMachines {
  /**
   * `states:StartExecution`; resolves to the execution's ARN. The same again while it runs is the same execution; null
   * where one of that name had another input, or has ended.
   */
  start(machine: string, name: string, input: object): Promise<string | null>;
  /** `states:DescribeExecution` */
  describe(execution: string): Promise<ExecutionFacts>;
  /** `states:GetExecutionHistory`, every page, oldest first; only what came after the event of that id. */
  history(execution: string, after?: number): Promise<ExecutionEvent[]>;
  /** `states:ListExecutions`, every page, newest first. */
  list(machine: string, status?: ExecutionStatus): Promise<ListedExecution[]>;
  /** `states:StopExecution`; safe to call twice. */
  stop(execution: string, cause: string): Promise<void>;
  /**
   * Answers the task that began with the event of that id, by `states:SendTaskSuccess`. Its token is a credential and leaves
   * this call for nowhere else. False where nobody waits for that answer any more.
   */
  answer(execution: string, begun: number, output: object): Promise<boolean>;
}
