// Whose credentials sign: the order of the AWS CLI, where a profile that is named, or that says where its credentials come
// from, is the only source. What the SDK says of a failure is read and never repeated: it can hold a process's output.
import type { AssumeRoleCommandInput, AssumeRoleWithWebIdentityCommandInput } from '@aws-sdk/client-sts';
import type { KeyPair } from '../access-key.ts';
import type { Clock } from '../clock.ts';
import { CredentialsError, KeyturnError } from '../errors.ts';
import { translate } from './translate.ts';

export interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

export interface CredentialsOptions {
  clock: Clock;
  profile?: string | undefined;
  credentials?: KeyPair | undefined;
  mfaCode?: ((serial: string) => Promise<string>) | undefined;
  endpointUrl?: string | undefined;
  assumeRole: (source: Identity, params: AssumeRoleCommandInput) => Promise<Identity>;
  assumeRoleWithWebIdentity: (params: AssumeRoleWithWebIdentityCommandInput) => Promise<Identity>;
}

type Profiles = Record<string, Record<string, string | undefined>>;

const loginAgain = /\bsso login\b|^UnauthorizedException\b|^(Token is expired|Value not present for .* in SSO Token)/;
const processFailed = /^Command failed\b|credential_process|maxBuffer/;
/** What AWS's portal answered, or the system where there was no answer; of more than one address only that there was none. */
const portalFailed =
  /(?<=^|\W)(?:TooManyRequestsException|TimeoutError|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|CERT_HAS_EXPIRED|ECONNRESET|AggregateError)\b/;
const sources = [
  'aws_access_key_id',
  'role_arn',
  'credential_process',
  'sso_session',
  'sso_start_url',
  'login_session',
  'web_identity_token_file',
];
/** The SDK renews what expires within five minutes. */
const margin = 5 * 60_000;

export function identity(pair: KeyPair): Identity {
  return { accessKeyId: pair.accessKeyId, secretAccessKey: pair.reveal() };
}

/** Asks for credentials once, and again only when they are about to expire, whoever uses them. */
export async function credentialsOf(options: CredentialsOptions): Promise<() => Promise<Identity>> {
  const { clock, credentials, profile } = options;
  if (credentials) return async () => identity(credentials);

  const { memoize } = await import('@smithy/core/config');
  const { fromEnv, fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  // As in the AWS CLI, a key in the environment wins over AWS_PROFILE; the SDK's own chain has it the other way round.
  if (!profile && process.env.AWS_ACCESS_KEY_ID && process.env.AWS_SECRET_ACCESS_KEY) return fromEnv();

  const named = profile || process.env.AWS_PROFILE;
  const name = named || 'default';
  const profiles = await readProfiles();
  if (named && !profiles[named]) {
    throw new CredentialsError(`there is no profile ${named} in the AWS CLI's files`, {
      hint: 'nothing was changed; aws configure list-profiles shows the names',
    });
  }
  const init = {
    profile: name,
    ignoreCache: true,
    mfaCodeProvider: options.mfaCode ?? ((serial: string) => Promise.reject(noTerminal(name, serial))),
    roleAssumer: options.assumeRole,
    roleAssumerWithWebIdentity: options.assumeRoleWithWebIdentity,
    // The SDK makes a client of its own for the portal of single sign-on.
    ...(options.endpointUrl ? { clientConfig: { endpoint: options.endpointUrl } } : {}),
    // Else it warns on the console of a profile that was asked for by its name.
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  };
  // The chain goes on where a profile fails, to whatever machine this is, and runs a failed process twice.
  const fromProfile = sources.some((source) => profiles[name]?.[source] !== undefined);
  const provider = fromProfile ? fromIni(init) : fromNodeProviderChain(init);
  return memoize(
    () => provider().catch((error) => Promise.reject(refusal(error, name, profiles))),
    ({ expiration }) => expiration !== undefined && expiration.getTime() - clock.now() < margin,
    ({ expiration }) => expiration !== undefined,
  );
}

async function readProfiles(): Promise<Profiles> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  return Object.fromEntries([...names].map((name) => [name, { ...configFile[name], ...credentialsFile[name] }]));
}

function noTerminal(profile: string, serial: string): CredentialsError {
  return new CredentialsError(`profile ${profile} needs an MFA code of ${serial}, and there is no terminal to ask on`, {
    hint: 'nothing was changed; run it on a terminal, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from aws sts assume-role',
  });
}

function refusal(error: unknown, name: string, profiles: Profiles): unknown {
  const { name: kind, message = '' } = (error ?? {}) as { name?: string; message?: string };
  // An interrupted question is not about credentials.
  if (error instanceof KeyturnError || kind === 'ExitPromptError' || kind === 'AbortPromptError') return error;
  const source = sourceOf(name, profiles);

  if (loginAgain.test(message)) {
    return new CredentialsError(`the SSO session of profile ${source} has expired, or was never begun`, {
      hint: `run aws sso login --profile ${source}, then the same command again`,
    });
  }
  if (/^ForbiddenException\b/.test(message)) {
    return new CredentialsError(`SSO does not give the account and role of profile ${source} to whoever signed in`, {
      hint: 'check sso_account_id and sso_role_name, or sign in as somebody else',
    });
  }
  if (profiles[source]?.sso_account_id) {
    const [said] = portalFailed.exec(message) ?? [];
    if (said) return translate('sso:GetRoleCredentials', { name: said, code: said });
  }
  if (/\baws login\b/.test(message)) {
    return new CredentialsError(`the login session of profile ${source} cannot be used`, {
      hint: `run aws login --profile ${source}, then the same command again`,
    });
  }
  if (/^(ENOENT|EACCES)\b.* open /.test(message)) {
    return new CredentialsError('the token file of the web identity cannot be read', {
      hint: 'nothing was changed; check web_identity_token_file of the profile, or AWS_WEB_IDENTITY_TOKEN_FILE',
    });
  }
  if (processFailed.test(message)) {
    return new CredentialsError(`the credential_process of profile ${source} gave no usable credentials`, {
      hint: 'run that command yourself: it must end with 0 and print one JSON object with Version 1; what it printed is not shown here',
    });
  }
  if (message.startsWith('Could not resolve credentials using profile:') || message.startsWith('Detected a cycle')) {
    return new CredentialsError(`profile ${name} leads to no credentials`, {
      hint: `nothing was changed; check source_profile and what it names with aws sts get-caller-identity --profile ${name}`,
    });
  }
  return translate('credentials', error);
}

/** The profile at the end of `source_profile`, which is the one that somebody has to mend. */
function sourceOf(name: string, profiles: Profiles, seen: readonly string[] = []): string {
  const next = profiles[name]?.source_profile;
  return !next || seen.includes(next) ? name : sourceOf(next, profiles, [...seen, name]);
}
