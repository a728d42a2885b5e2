// A parameter of Parameter Store with its versions, oldest first, numbered from 1.

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly labels: readonly string[];
  readonly description: string | null;
  readonly changedAt: number;
  /** The ARN of whoever wrote it. */
  readonly changedBy: string;
  readonly tier: 'Standard' | 'Advanced';
  /** Of a SecureString; `alias/aws/ssm` is the account's own key. */
  readonly keyId: string | null;
}

export interface StoredParameter {
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly type: ParameterType;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: readonly ParameterVersion[];
}
