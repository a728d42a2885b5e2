// The real AWS, through SDK v3 clients that are loaded when first needed. Every answer's Date header is AWS's clock.
import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import { KeyPair } from '../access-key.ts';
import { type Clock, instant } from '../clock.ts';
import { AccessDeniedError, AnswerUnknownError, CredentialsError, NoSuchEntityError } from '../errors.ts';
import { type Aws, type Caller, requestTimeLimit, type User } from './contract.ts';
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
}

interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export function createAws(options: AwsOptions): Aws {
  const { clock } = options;
  let answered: { date: number; when: number } | null = null;
  let ownKey: { instead: string; pair: KeyPair } | null = null;

  const noteDate = (header: unknown) => {
    const date = Date.parse(String(header));
    if (!Number.isNaN(date)) answered = { date, when: clock.monotonic() };
  };

  const baseCredentials = once(async () => {
    if (options.credentials) {
      const pair = options.credentials;
      return async (): Promise<Identity> => identity(pair);
    }
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    return fromNodeProviderChain({
      ...(options.profile ? { profile: options.profile } : {}),
      ...(options.mfaCode ? { mfaCodeProvider: options.mfaCode } : {}),
    });
  });

  const credentials = async (): Promise<Identity> => {
    const base = await (await baseCredentials())();
    return ownKey && base.accessKeyId === ownKey.instead ? identity(ownKey.pair) : base;
  };

  const region = once(async () => {
    if (options.region) return options.region;
    const fromEnvironment = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (fromEnvironment) return fromEnvironment;
    const { STSClient } = await import('@aws-sdk/client-sts');
    // The SDK reads the profile's region itself; IAM is global, so none at all means its home.
    return new STSClient(options.profile ? { profile: options.profile } : {}).config.region().catch(() => 'us-east-1');
  });

  const config = async () => ({
    region: await region(),
    ...(options.profile ? { profile: options.profile } : {}),
    ...(options.endpointUrl ? { endpoint: options.endpointUrl } : {}),
    requestHandler: { requestTimeout: requestTimeLimit, throwOnRequestTimeout: true, connectionTimeout: 10_000 },
    customUserAgent: [['keyturn', options.version] as [string, string]],
  });

  function watched<Client extends IAMClient | STSClient>(client: Client): Client {
    // The stacks of the two clients differ in their input types alone, which this middleware does not look at.
    (client as IAMClient).middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        noteDate((result.response as { headers?: Record<string, string> } | undefined)?.headers?.date);
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

  const lastUsed = async (keyId: string) => {
    const { sdk, client } = await iam();
    return translated('iam:GetAccessKeyLastUsed', () =>
      client.send(new sdk.GetAccessKeyLastUsedCommand({ AccessKeyId: keyId })),
    );
  };

  return {
    caller: async () => {
      const { sdk, client } = await sts();
      return callerOf(
        await translated('sts:GetCallerIdentity', () => client.send(new sdk.GetCallerIdentityCommand({}))),
      );
    },

    callerAs: async (pair) => {
      const sdk = await import('@aws-sdk/client-sts');
      const client = watched(new sdk.STSClient({ ...(await config()), credentials: identity(pair) }));
      try {
        return callerOf(
          await translated('sts:GetCallerIdentity', () => client.send(new sdk.GetCallerIdentityCommand({}))),
        );
      } finally {
        client.destroy();
      }
    },

    user: async (name) => {
      const { sdk, client } = await iam();
      const { User: user } = await translated('iam:GetUser', () =>
        client.send(new sdk.GetUserCommand({ UserName: name })),
      );
      if (!user?.UserId) throw new NoSuchEntityError(`iam:GetUser: AWS named no user ${name}`);
      // AWS leaves Tags out where there are none; other implementations never put them into GetUser.
      const tags = user.Tags ?? (await tagsOf(name));
      return {
        name: user.UserName ?? name,
        id: user.UserId,
        path: user.Path ?? '/',
        arn: user.Arn ?? '',
        tags: Object.fromEntries(tags.map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
      } satisfies User;
    },

    keys: async (user) => {
      const { sdk, client } = await iam();
      return translated('iam:ListAccessKeys', async () => {
        const keys = [];
        for await (const page of sdk.paginateListAccessKeys({ client }, { UserName: user })) {
          for (const key of page.AccessKeyMetadata ?? []) {
            keys.push({
              id: key.AccessKeyId ?? '',
              status: String(key.Status),
              createdAt: instant(key.CreateDate?.getTime() ?? 0),
            });
          }
        }
        return keys.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
      });
    },

    lastUsed: async (keyId) => {
      const { AccessKeyLastUsed: use } = await lastUsed(keyId);
      const known = (text: string | undefined) => (text && text !== 'N/A' ? text : null);
      return {
        lastUsedAt: use?.LastUsedDate ? instant(use.LastUsedDate.getTime()) : null,
        lastUsedService: known(use?.ServiceName),
        lastUsedRegion: known(use?.Region),
      };
    },

    ownerOf: async (keyId) => {
      try {
        return (await lastUsed(keyId)).UserName ?? null;
      } catch (error) {
        // A key that does not exist may be answered with either.
        if (error instanceof NoSuchEntityError || error instanceof AccessDeniedError) return null;
        throw error;
      }
    },

    createKey: async (user, tag) => {
      const { sdk, client: counted } = await iam();
      const base = await config();
      // CreateAccessKey has no client token: a second attempt makes a second key. The SDK would send it up to three
      // times, even on LimitExceeded, so this client sends once and nothing is retried underneath.
      const client = watched(
        new sdk.IAMClient({
          ...base,
          credentials,
          maxAttempts: 1,
          systemClockOffset: counted.config.systemClockOffset,
          customUserAgent: [...base.customUserAgent, ['rotation', tag]],
        }),
      );
      try {
        const { AccessKey: key } = await translated('iam:CreateAccessKey', () =>
          client.send(new sdk.CreateAccessKeyCommand({ UserName: user })),
        );
        if (!key?.AccessKeyId || !key.SecretAccessKey || !key.CreateDate) {
          throw new AnswerUnknownError('the answer to iam:CreateAccessKey held no key');
        }
        return {
          pair: new KeyPair(key.AccessKeyId, key.SecretAccessKey),
          createdAt: instant(key.CreateDate.getTime()),
        };
      } finally {
        client.destroy();
      }
    },

    setKeyStatus: async (user, keyId, status) => {
      const { sdk, client } = await iam();
      await translated('iam:UpdateAccessKey', () =>
        client.send(new sdk.UpdateAccessKeyCommand({ UserName: user, AccessKeyId: keyId, Status: status })),
      );
    },

    deleteKey: async (user, keyId) => {
      const { sdk, client } = await iam();
      await translated('iam:DeleteAccessKey', () =>
        client.send(new sdk.DeleteAccessKeyCommand({ UserName: user, AccessKeyId: keyId })),
      );
    },

    tagUser: async (user, key, value) => {
      const { sdk, client } = await iam();
      await translated('iam:TagUser', () =>
        client.send(new sdk.TagUserCommand({ UserName: user, Tags: [{ Key: key, Value: value }] })),
      );
    },

    untagUser: async (user, key) => {
      const { sdk, client } = await iam();
      await translated('iam:UntagUser', () =>
        client.send(new sdk.UntagUserCommand({ UserName: user, TagKeys: [key] })),
      );
    },

    attachedPolicies: async (user) => {
      const { sdk, client } = await iam();
      return translated('iam:ListAttachedUserPolicies', async () => {
        const names = [];
        for await (const page of sdk.paginateListAttachedUserPolicies({ client }, { UserName: user })) {
          for (const policy of page.AttachedPolicies ?? []) names.push(policy.PolicyName ?? '');
        }
        return names;
      });
    },

    signWithInsteadOf: (keyId, pair) => {
      ownKey = { instead: keyId, pair };
    },

    region,

    time: () => (answered ? answered.date + (clock.monotonic() - answered.when) : null),
  };

  async function tagsOf(name: string) {
    const { sdk, client } = await iam();
    try {
      return await translated('iam:ListUserTags', async () => {
        const tags = [];
        for await (const page of sdk.paginateListUserTags({ client }, { UserName: name }))
          tags.push(...(page.Tags ?? []));
        return tags;
      });
    } catch (error) {
      // AWS's own self-service policy allows GetUser but not ListUserTags; on AWS, GetUser has said it all.
      if (error instanceof AccessDeniedError) return [];
      throw error;
    }
  }
}

function callerOf(answer: {
  Account?: string | undefined;
  Arn?: string | undefined;
  UserId?: string | undefined;
}): Caller {
  const { Account: account, Arn: arn, UserId: userId } = answer;
  if (!account || !arn || !userId) throw new CredentialsError('AWS did not say whose credentials these are');
  return { account, arn, userId, partition: arn.split(':')[1] ?? 'aws' };
}

function identity(pair: KeyPair): Identity {
  return { accessKeyId: pair.accessKeyId, secretAccessKey: pair.reveal() };
}

/** Calls `make` the first time only; a failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
