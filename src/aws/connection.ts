// How requests reach AWS: who signs them, where they go, and what every answer's Date header says of AWS's
// clock. The SDK is loaded when first needed.
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type {
  AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommandInput,
  Credentials,
  STSClient,
} from '@aws-sdk/client-sts';
import type { KeyPair } from '../access-key.ts';
import type { Clock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { requestTimeLimit } from './contract.ts';
import { credentialsOf, type Identity, identity } from './credentials.ts';
import { translated } from './translate.ts';

export interface AwsOptions {
  clock: Clock;
  version: string;
  profile?: string | undefined;
  region?: string | undefined;
  endpointUrl?: string | undefined;
  /** Fixed credentials; by default the chain of the AWS CLI. */
  credentials?: KeyPair | undefined;
  /** Asked for a code where a profile assumes a role with MFA. */
  mfaCode?: ((serial: string) => Promise<string>) | undefined;
  /**
   * Told of every request, each attempt for itself: its IAM action, the answer's HTTP status or null for none, and the id
   * that AWS, and its event of CloudTrail, know the request by.
   */
  onRequest?: ((action: string, status: number | null, requestId: string | null) => void) | undefined;
}

/** The SDK's clients, each made when first asked for, and what they have in common. */
export function createConnection(options: AwsOptions) {
  const { clock } = options;
  let answered: { date: number; when: number } | null = null;
  const signers = new Set<string>();
  let ownKey: { instead: string; pair: KeyPair } | null = null;

  const noteDate = (header: unknown) => {
    const date = Date.parse(String(header));
    if (!Number.isNaN(date)) answered = { date, when: clock.monotonic() };
  };

  /** The own key's successor wherever that key would have signed, also for a role (S17). */
  const successor = (base: Identity) => {
    const signer = base.accessKeyId === ownKey?.instead ? identity(ownKey.pair) : base;
    signers.add(signer.accessKeyId);
    return signer;
  };

  const assumeRole = (source: Identity, params: AssumeRoleCommandInput) =>
    translated('sts:AssumeRole', async (): Promise<Identity> => {
      const sdk = await import('@aws-sdk/client-sts');
      const client = watched(new sdk.STSClient({ ...(await config()), credentials: successor(source) }));
      return sessionOf(client, () => client.send(new sdk.AssumeRoleCommand(params)));
    });

  const assumeRoleWithWebIdentity = (params: AssumeRoleWithWebIdentityCommandInput) =>
    translated('sts:AssumeRoleWithWebIdentity', async (): Promise<Identity> => {
      const sdk = await import('@aws-sdk/client-sts');
      const client = watched(new sdk.STSClient(await config()));
      return sessionOf(client, () => client.send(new sdk.AssumeRoleWithWebIdentityCommand(params)));
    });

  const baseCredentials = once(() => credentialsOf({ ...options, assumeRole, assumeRoleWithWebIdentity }));
  const credentials = async () => successor(await (await baseCredentials())());

  const region = once(async () => checkedRegion(await regionNamed()));
  const regionNamed = async () => {
    if (options.region) return options.region;
    const fromEnvironment = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (fromEnvironment) return fromEnvironment;
    const { STSClient } = await import('@aws-sdk/client-sts');
    // The SDK reads the profile's region itself; IAM is global, so none at all means its home.
    return new STSClient(options.profile ? { profile: options.profile } : {}).config.region().catch(() => 'us-east-1');
  };

  const config = async () => ({
    region: await region(),
    ...(options.profile ? { profile: options.profile } : {}),
    ...(options.endpointUrl ? { endpoint: options.endpointUrl } : {}),
    requestHandler: { requestTimeout: requestTimeLimit, throwOnRequestTimeout: true, connectionTimeout: 10_000 },
    customUserAgent: [['keyturn', options.version] as [string, string]],
  });

  function watched<
    Client extends
      | IAMClient
      | STSClient
      | SecretsManagerClient
      | SSMClient
      | SNSClient
      | S3Client
      | SFNClient
      | CloudWatchClient
      | CloudTrailClient
      | EC2Client,
  >(client: Client): Client {
    // The stacks of the clients differ in their input types alone, which this middleware does not look at.
    (client as IAMClient).middlewareStack.add(
      (next, { clientName = '', commandName = '' }) =>
        async (args) => {
          const service = clientName.replace(/Client$/, '').toLowerCase();
          const action = `${service === 'sfn' ? 'states' : service}:${commandName.replace(/Command$/, '')}`;
          const result = await next(args).catch((error) => {
            options.onRequest?.(action, null, null);
            throw error;
          });
          const response = result.response as { statusCode?: number; headers?: Record<string, string> } | undefined;
          noteDate(response?.headers?.date);
          options.onRequest?.(action, response?.statusCode ?? null, requestIdIn(response?.headers));
          return result;
        },
      // `low` runs inside the deserializer, so refusals carry their Date here as well.
      { step: 'deserialize', priority: 'low', name: 'noteDate' },
    );
    return client;
  }

  const iam = once(async () => {
    const sdk = await import('@aws-sdk/client-iam');
    return { sdk, client: watched(new sdk.IAMClient({ ...(await config()), credentials })) };
  });
  const sts = once(async () => {
    const sdk = await import('@aws-sdk/client-sts');
    return { sdk, client: watched(new sdk.STSClient({ ...(await config()), credentials })) };
  });
  const secretsManager = perRegion(async (region) => {
    const sdk = await import('@aws-sdk/client-secrets-manager');
    return { sdk, client: watched(new sdk.SecretsManagerClient({ ...(await config()), region, credentials })) };
  });
  const ssm = perRegion(async (region) => {
    const sdk = await import('@aws-sdk/client-ssm');
    return { sdk, client: watched(new sdk.SSMClient({ ...(await config()), region, credentials })) };
  });

  const sns = perRegion(async (region) => {
    const sdk = await import('@aws-sdk/client-sns');
    return { sdk, client: watched(new sdk.SNSClient({ ...(await config()), region, credentials })) };
  });
  const cloudWatch = perRegion(async (region) => {
    const sdk = await import('@aws-sdk/client-cloudwatch');
    return { sdk, client: watched(new sdk.CloudWatchClient({ ...(await config()), region, credentials })) };
  });
  const cloudTrail = perRegion(async (region) => {
    const sdk = await import('@aws-sdk/client-cloudtrail');
    return { sdk, client: watched(new sdk.CloudTrailClient({ ...(await config()), region, credentials })) };
  });
  const ec2 = once(async () => {
    const sdk = await import('@aws-sdk/client-ec2');
    return { sdk, client: watched(new sdk.EC2Client({ ...(await config()), credentials })) };
  });
  const sfn = perRegion(async (region) => {
    const sdk = await import('@aws-sdk/client-sfn');
    return { sdk, client: watched(new sdk.SFNClient({ ...(await config()), region, credentials })) };
  });
  const s3 = once(async () => {
    const sdk = await import('@aws-sdk/client-s3');
    // A bucket in the host's name works neither with names that have dots nor with an endpoint that is an address.
    const own = { ...(await config()), credentials, forcePathStyle: true };
    // A report reads thousands of objects, and must not begin anew because one of them was throttled three times.
    return { sdk, client: watched(new sdk.S3Client({ ...own, maxAttempts: 8 })) };
  });

  return {
    iam,
    sts,
    sns,
    sfn,
    cloudWatch,
    cloudTrail,
    ec2,
    s3,
    secretsManager,
    ssm,
    region,
    /** Rejects with what stands in the way of signing, an interrupted question for a code untranslated. */
    credentials,
    signers: async () => {
      await credentials();
      return [...signers];
    },
    /** An IAM client whose requests are sent once, whatever comes of them; the caller destroys it. */
    iamWithoutRetries: async (tag: string) => {
      const { sdk, client: counted } = await iam();
      const base = await config();
      const client = watched(
        new sdk.IAMClient({
          ...base,
          credentials,
          maxAttempts: 1,
          systemClockOffset: counted.config.systemClockOffset,
          customUserAgent: [...base.customUserAgent, ['rotation', tag]],
        }),
      );
      return { sdk, client };
    },
    /** A client that signs as another key; the caller destroys it. */
    stsAs: async (pair: KeyPair) => {
      const sdk = await import('@aws-sdk/client-sts');
      return { sdk, client: watched(new sdk.STSClient({ ...(await config()), credentials: identity(pair) })) };
    },
    signWithInsteadOf: (keyId: string, pair: KeyPair) => {
      ownKey = { instead: keyId, pair };
      // A client keeps credentials that do not expire for good, so the old key would go on signing.
      iam.forget();
      sts.forget();
      secretsManager.forget();
      ssm.forget();
      sns.forget();
      sfn.forget();
      s3.forget();
      cloudWatch.forget();
      cloudTrail.forget();
      ec2.forget();
    },
    time: () => (answered ? answered.date + (clock.monotonic() - answered.when) : null),
  };
}

function requestIdIn(headers: Record<string, string> | undefined): string | null {
  return headers?.['x-amzn-requestid'] ?? headers?.['x-amzn-request-id'] ?? headers?.['x-amz-request-id'] ?? null;
}

/** The SDK makes a part of the host name of it. */
function checkedRegion(region: string): string {
  if (/^[a-z0-9-]+$/.test(region)) return region;
  throw new UsageError(`"${region}" is no region`, {
    hint: 'nothing was sent; correct --region, AWS_REGION, AWS_DEFAULT_REGION or the region of the profile, like eu-central-1',
  });
}

/** What the answer gives out; the client has done its work then. */
async function sessionOf(
  client: { destroy(): void },
  send: () => Promise<{ Credentials?: Credentials | undefined }>,
): Promise<Identity> {
  try {
    const { Credentials: session } = await send();
    return {
      accessKeyId: session?.AccessKeyId ?? '',
      secretAccessKey: session?.SecretAccessKey ?? '',
      sessionToken: session?.SessionToken ?? '',
      ...(session?.Expiration ? { expiration: session.Expiration } : {}),
    };
  } finally {
    client.destroy();
  }
}

/** Calls `make` the first time only, and again after `forget`; a failure is not kept. */
function once<T>(make: () => Promise<T>): (() => Promise<T>) & { forget(): void } {
  let made: Promise<T> | undefined;
  const forget = () => {
    made = undefined;
  };
  const get = () => {
    made ??= make().catch((error) => {
      forget();
      throw error;
    });
    return made;
  };
  return Object.assign(get, { forget });
}

/** One thing for each region, made like those of `once`. */
function perRegion<T>(make: (region: string) => Promise<T>): ((region: string) => Promise<T>) & { forget(): void } {
  const made = new Map<string, () => Promise<T>>();
  const get = (region: string) => {
    const known = made.get(region) ?? once(() => make(region));
    made.set(region, known);
    return known();
  };
  return Object.assign(get, { forget: () => made.clear() });
}
