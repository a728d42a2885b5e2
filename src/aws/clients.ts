// The real AWS, in keyturn's own words: each call of the contract by the SDK's command, its failures translated.
import { KeyPair } from '../access-key.ts';
import { instant } from '../clock.ts';
import { AccessDeniedError, AnswerUnknownError, CredentialsError, NoSuchEntityError } from '../errors.ts';
import { alarmsOf } from './alarms.ts';
import { bucketOf } from './bucket.ts';
import { type AwsOptions, createConnection } from './connection.ts';
import type { Aws, Caller, User } from './contract.ts';
import { credentialReportOf } from './credential-report.ts';
import { type Lookup, lookupOf } from './event-history.ts';
import { inventoryOf } from './inventory.ts';
import { parameterStoreOf } from './parameters.ts';
import { regionsOf } from './regions.ts';
import { secretsManagerOf } from './secrets.ts';
import { stateMachinesOf } from './state-machines.ts';
import { topicOf } from './topic.ts';
import { trailsOf } from './trails.ts';
import { translated } from './translate.ts';

export function createAws(options: AwsOptions): Aws {
  const connection = createConnection(options);
  const { iam, sts, iamWithoutRetries, stsAs, region, time, signWithInsteadOf, credentials } = connection;

  const lastUsed = async (keyId: string) => {
    const { sdk, client } = await iam();
    return translated('iam:GetAccessKeyLastUsed', () =>
      client.send(new sdk.GetAccessKeyLastUsedCommand({ AccessKeyId: keyId })),
    );
  };

  // One for each region: AWS counts the lookups of all who ask.
  const lookupByRegion = new Map<string, Lookup>();
  const lookupIn = (region: string) => {
    const lookup = lookupByRegion.get(region) ?? lookupOf(() => connection.cloudTrail(region), options.clock);
    lookupByRegion.set(region, lookup);
    return lookup;
  };

  return {
    caller: async () => {
      // Here and not within the request, where Ctrl-C at the question for a code would look like an answer that got lost.
      await credentials();
      const { sdk, client } = await sts();
      return callerOf(
        await translated('sts:GetCallerIdentity', () => client.send(new sdk.GetCallerIdentityCommand({}))),
      );
    },

    callerAs: async (pair) => {
      const { sdk, client } = await stsAs(pair);
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
      // CreateAccessKey has no client token: a second attempt makes a second key. The SDK would send it up to three
      // times, even on LimitExceeded, so this client sends once and nothing is retried underneath.
      const { sdk, client } = await iamWithoutRetries(tag);
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

    hasPassword: async (user) => {
      const { sdk, client } = await iam();
      try {
        await translated('iam:GetLoginProfile', () => client.send(new sdk.GetLoginProfileCommand({ UserName: user })));
        return true;
      } catch (error) {
        if (error instanceof NoSuchEntityError) return false;
        throw error;
      }
    },

    allowedTo: async (userArn, actions) => {
      const { sdk, client } = await iam();
      return translated('iam:SimulatePrincipalPolicy', async () => {
        const allowed = new Set<string>();
        const ResourceArns = anybody(userArn);
        const asked = { PolicySourceArn: userArn, ActionNames: [...actions], ResourceArns };
        for await (const page of sdk.paginateSimulatePrincipalPolicy({ client }, asked)) {
          for (const { EvalActionName = '', EvalDecision } of page.EvaluationResults ?? []) {
            if (EvalDecision === 'allowed') allowed.add(EvalActionName);
          }
        }
        return [...allowed];
      });
    },

    credentialReport: async () => credentialReportOf(await iam()),
    inventory: () => inventoryOf(iam),
    topic: (arn) => topicOf(() => connection.sns(arn.split(':')[3] ?? ''), arn),
    trails: (region) => trailsOf(() => connection.cloudTrail(region), lookupIn(region)),
    regions: () => regionsOf(connection.ec2),
    alarms: (region) => alarmsOf(() => connection.cloudWatch(region)),
    stateMachines: (region) => stateMachinesOf(() => connection.sfn(region)),
    bucket: (name) => bucketOf(connection.s3, name),
    secretsManager: (region) => secretsManagerOf(() => connection.secretsManager(region)),
    parameterStore: (region) => parameterStoreOf(() => connection.ssm(region)),
    signers: connection.signers,
    signWithInsteadOf,
    region,
    time,
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

/** Everything at once, and one thing of each kind that is nobody's: a policy may allow a pattern of names, and not `*`. */
function anybody(userArn: string): string[] {
  const [account = '', path = '/'] = /^(.*):user(\/.*)[^/]+$/.exec(userArn)?.slice(1) ?? [];
  const beside = ['/', path].map((one) => `${account}:user${one}keyturn-asks-about-others`);
  const others = ['group', 'role', 'policy'].map((kind) => `${account}:${kind}/keyturn-asks-about-others`);
  return [...new Set(['*', ...beside, ...others])];
}
