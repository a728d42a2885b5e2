// Every error that keyturn throws on purpose: a literal name, what happened, and a hint that says what is true in AWS
// now and what to run next. One subclass per thing the caller does differently. Never a secret, never a response body.

export interface ErrorOptionsWithHint {
  hint?: string | undefined;
  cause?: unknown;
}

export abstract class KeyturnError extends Error {
  abstract override readonly name: string;
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: ErrorOptionsWithHint = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
  }
}

/** The command cannot start: wrong usage, a bad setting or state folder, a missing answer. Nothing was asked of AWS, or only read. */
export class UsageError extends KeyturnError {
  override readonly name = 'UsageError';
}

/** No usable credentials, or AWS does not accept them. Nothing was changed. */
export class CredentialsError extends KeyturnError {
  override readonly name = 'CredentialsError';
}

/** keyturn looked and will not begin. Nothing was changed. */
export class RefusedError extends KeyturnError {
  override readonly name = 'RefusedError';
}

/** Another live process works on it. Nothing was changed; ask that process, or wait for it. */
export class LockedError extends KeyturnError {
  override readonly name = 'LockedError';
}

/** A fresh look right before a change found something else than expected. This step changed nothing; every key is as it was. */
export class UnexpectedStateError extends KeyturnError {
  override readonly name = 'UnexpectedStateError';
}

/** The record on disk is damaged, newer than this keyturn, or behind its claim in AWS. It was not touched; nothing was changed. */
export class RecordError extends KeyturnError {
  override readonly name = 'RecordError';
}

/** A place cannot take or give back a key. What it held before, it still holds. */
export class ConsumerError extends KeyturnError {
  override readonly name = 'ConsumerError';
}

/** A file on this machine cannot be read or written. What it held before, it still holds; of AWS nothing was asked. */
export class FileError extends KeyturnError {
  override readonly name = 'FileError';
}

/** The vault cannot store or return a pair. */
export class VaultError extends KeyturnError {
  override readonly name = 'VaultError';
}

/** AWS refused the call for want of permission. The call changed nothing. */
export class AccessDeniedError extends KeyturnError {
  override readonly name = 'AccessDeniedError';
}

/** The user, key, secret or parameter named in the call does not exist. The call changed nothing. */
export class NoSuchEntityError extends KeyturnError {
  override readonly name = 'NoSuchEntityError';
}

/** The user already has as many access keys as AWS allows. The call changed nothing. */
export class LimitExceededError extends KeyturnError {
  override readonly name = 'LimitExceededError';
}

/** A key was not accepted: unknown, inactive, deleted, not yet propagated, or its secret is wrong. */
export class KeyNotAcceptedError extends KeyturnError {
  override readonly name = 'KeyNotAcceptedError';
}

/** AWS asked to slow down, longer than the SDK's own retries lasted. The call changed nothing. */
export class ThrottledError extends KeyturnError {
  override readonly name = 'ThrottledError';
}

/** No answer, or one that cannot be read: the call may or may not have been applied. */
export class AnswerUnknownError extends KeyturnError {
  override readonly name = 'AnswerUnknownError';
}

/** AWS answered with another refusal. The call changed nothing. */
export class AwsRefusalError extends KeyturnError {
  override readonly name = 'AwsRefusalError';
}
