// Turns what the SDK throws into keyturn's own errors. SDK errors can carry the raw response (for CreateAccessKey: the
// secret), so none is passed on, not even as a cause; only its name, its AWS message where that is known to be harmless,
// and the request id.
import {
  AccessDeniedError,
  AnswerUnknownError,
  AwsRefusalError,
  CredentialsError,
  KeyNotAcceptedError,
  KeyturnError,
  LimitExceededError,
  NoSuchEntityError,
  ThrottledError,
  UsageError,
} from '../errors.ts';

interface SdkError {
  name?: string;
  message?: string;
  code?: string;
  /** Where the system looked for AWS. */
  hostname?: string;
  address?: string;
  port?: number;
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $fault?: string;
}

// The same refusal has another name in each protocol family (IAM User Guide, "common errors"; S3 and EC2 have their own).
const keyNotAccepted = new Set([
  'InvalidClientTokenId',
  'InvalidClientTokenIdException',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'AuthFailure',
  'IncompleteSignature',
  'MissingAuthenticationToken',
]);
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const throttled = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  // S3's.
  'SlowDown',
]);
const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationError',
  'AuthorizationErrorException',
]);
const notThere = new Set([
  'ResourceNotFoundException',
  'TrailNotFoundException',
  'ParameterNotFound',
  'ParameterVersionNotFound',
  'NoSuchKey',
  'NotFoundException',
  'StateMachineDoesNotExist',
  'ExecutionDoesNotExist',
]);
const noCredentials = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);
const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'CERT_HAS_EXPIRED',
]);

/** Runs one call; what it throws arrives as a KeyturnError that names `what` (an IAM action such as `iam:ListAccessKeys`). */
export async function translated<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(what, error);
  }
}

/**
 * The same for services whose requests carry secrets: what they say in a refusal is passed on only where it is about a
 * permission, since other refusals can quote the value.
 */
export async function translatedWithoutWords<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof KeyturnError) throw error;
    const { name = 'Error', message = '', code = '', $metadata, $fault } = (error ?? {}) as SdkError;
    const said = denied.has(name) ? message : '';
    throw translate(what, { name, message: said, code, $metadata, $fault });
  }
}

export function translate(what: string, error: unknown): KeyturnError {
  if (error instanceof KeyturnError) return error;
  const { name = 'Error', message = '', code = '', $metadata, $fault, ...more } = (error ?? {}) as SdkError;
  const { hostname, address, port } = more;
  const request = $metadata?.requestId ? ` (request ${$metadata.requestId})` : '';

  if (noCredentials.has(name)) {
    return new CredentialsError('no AWS credentials were found', {
      hint: 'nothing was changed; name a profile with --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID as for the AWS CLI',
    });
  }
  if (expired.has(name)) {
    return new KeyNotAcceptedError(`the session behind these credentials has expired${request}`, {
      hint: 'sign in again (aws sso login, aws login, or a new session), then run the same command',
    });
  }
  if (keyNotAccepted.has(name)) {
    return new KeyNotAcceptedError(`AWS does not accept the key that signed ${what}: ${name}${request}`, {
      hint: 'the key is unknown, inactive, deleted or not yet known everywhere, or its secret is wrong; check with aws sts get-caller-identity',
    });
  }
  if (denied.has(name) && message.startsWith('MultiFactorAuthentication failed')) {
    return new AccessDeniedError(`AWS did not accept the MFA code for ${what}${request}`, {
      hint: 'a code is good for one use: wait for the next one, check mfa_serial, then run the same command again',
    });
  }
  if (denied.has(name)) {
    return new AccessDeniedError(`${what} is denied: ${message}${request}`, {
      hint: `${toAllow(what, message)} for whoever runs keyturn, then run the same command again`,
    });
  }
  if (throttled.has(name)) {
    return new ThrottledError(`AWS throttled ${what} for longer than the SDK retries${request}`, {
      hint: 'wait a few minutes, then run the same command again',
    });
  }
  if (name.startsWith('LimitExceeded')) return new LimitExceededError(`${what}: ${message}${request}`);
  if (notThere.has(name)) return new NoSuchEntityError(`${what}: ${name}${request}`);
  if (name.startsWith('NoSuchEntity')) return new NoSuchEntityError(`${what}: ${message}${request}`);

  const status = $metadata?.httpStatusCode ?? 0;
  if ($fault === 'client' && status >= 400 && status < 500)
    return new AwsRefusalError(`${what}: ${name}${message ? `: ${message}` : ''}${request}`);
  if (unreachable.has(code)) {
    const where = hostname ?? (address && `${address}:${port}`);
    return new AnswerUnknownError(`AWS could not be reached for ${what}: ${code}${where ? ` ${where}` : ''}`, {
      hint: 'this call changed nothing; check the network, the region and AWS_ENDPOINT_URL, then run the same command again',
    });
  }
  if (code === 'ERR_INVALID_URL') {
    return new UsageError(`the endpoint for ${what} is no URL`, {
      hint: 'nothing was sent; correct --endpoint-url or AWS_ENDPOINT_URL (also endpoint_url of the profile), like https://host:port',
    });
  }
  return new AnswerUnknownError(
    `no usable answer to ${what}: ${code || name}${status ? ` (HTTP ${status})` : ''}${request}`,
    {
      hint: 'whether the call was applied is not known; run keyturn status',
    },
  );
}

/** Secrets Manager does not say which action of KMS it was refused, nor on which key. */
function toAllow(what: string, message: string): string {
  return /\bkms\b/i.test(message) ? 'allow what keyturn policy prints for KMS' : `allow ${what}`;
}
