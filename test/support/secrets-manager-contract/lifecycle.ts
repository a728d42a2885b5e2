// DeleteSecret and RestoreSecret, tags, and the resource policy.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { refusal, type SecretsAccount, type SecretsCase } from './account.ts';

async function tagsOf({ secrets }: SecretsAccount, SecretId: string): Promise<Record<string, string>> {
  const { Tags = [] } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

const marked = { code: 'InvalidRequestException', status: 400 };

export const lifecycleCases: SecretsCase[] = [
  {
    id: 'delete.marks',
    promise: 'a deleted secret is described with its date, but neither read nor written',
    check: async ({ secrets, makeSecret }) => {
      const { name, arn } = await makeSecret();

      const deleted = await secrets.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 7 }));
      const described = await secrets.send(new DescribeSecretCommand({ SecretId: name }));
      const read = await refusal(secrets.send(new GetSecretValueCommand({ SecretId: arn })));
      const written = await refusal(secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'two' })));

      expect(deleted).toMatchObject({ Name: name, DeletionDate: expect.any(Date) });
      expect(described.DeletedDate).toBeInstanceOf(Date);
      expect(read).toMatchObject(marked);
      expect(written).toMatchObject(marked);
    },
  },
  {
    id: 'delete.name-is-taken',
    promise: 'no secret of the same name is created meanwhile',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();
      await secrets.send(new DeleteSecretCommand({ SecretId: name }));

      const refused = await refusal(secrets.send(new CreateSecretCommand({ Name: name, SecretString: 'two' })));

      expect(refused.code).toBe('InvalidRequestException');
    },
  },
  {
    id: 'delete.window',
    promise: 'the recovery window is 7 to 30 days',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();

      const short = new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 6 });
      const long = new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 31 });

      expect(await refusal(secrets.send(short))).toMatchObject({ code: 'InvalidParameterException', status: 400 });
      expect(await refusal(secrets.send(long))).toMatchObject({ code: 'InvalidParameterException', status: 400 });
    },
  },
  {
    id: 'delete.restore',
    promise: 'a restored secret is as it was',
    check: async ({ secrets, makeSecret, stages, value }) => {
      const secret = await makeSecret();
      await secrets.send(new DeleteSecretCommand({ SecretId: secret.name }));

      await secrets.send(new RestoreSecretCommand({ SecretId: secret.name }));

      expect(await value(secret)).toBe('one');
      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'] });
      expect((await secrets.send(new DescribeSecretCommand({ SecretId: secret.name }))).DeletedDate).toBeUndefined();
    },
  },
  {
    id: 'delete.force',
    promise: 'deleted without recovery it is gone, and its name free: another secret of that name has another ARN',
    check: async ({ secrets, makeSecret }) => {
      const { name, arn } = await makeSecret();

      await secrets.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
      const gone = await refusal(secrets.send(new GetSecretValueCommand({ SecretId: name })));
      const again = await makeSecret({ name });

      expect(gone).toMatchObject({ code: 'ResourceNotFoundException' });
      expect(again.arn).not.toBe(arn);
    },
  },
  {
    id: 'tags.change',
    promise: 'tags are added, overwritten and taken away one by one',
    check: async (account) => {
      const { name } = await account.makeSecret({ tags: { team: 'billing', stage: 'test' } });
      const Tags = [
        { Key: 'team', Value: 'payments' },
        { Key: 'owner', Value: 'alice' },
      ];

      await account.secrets.send(new TagResourceCommand({ SecretId: name, Tags }));
      await account.secrets.send(new UntagResourceCommand({ SecretId: name, TagKeys: ['stage'] }));

      expect(await tagsOf(account, name)).toEqual({ team: 'payments', owner: 'alice' });
    },
  },
  {
    id: 'tags.case',
    promise: 'keys that differ in case are two tags',
    check: async (account) => {
      const { name } = await account.makeSecret({ tags: { team: 'billing' } });

      await account.secrets.send(
        new TagResourceCommand({ SecretId: name, Tags: [{ Key: 'Team', Value: 'payments' }] }),
      );

      expect(await tagsOf(account, name)).toEqual({ team: 'billing', Team: 'payments' });
    },
  },
  {
    id: 'tags.deleted',
    promise: 'a secret marked for deletion is not tagged',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();
      await secrets.send(new DeleteSecretCommand({ SecretId: name }));
      const command = new TagResourceCommand({ SecretId: name, Tags: [{ Key: 'team', Value: 'billing' }] });

      expect(await refusal(secrets.send(command))).toMatchObject(marked);
    },
  },
  {
    id: 'policy.kept',
    promise: 'a resource policy is kept and told',
    check: async ({ id, secrets, makeSecret }) => {
      const { name } = await makeSecret();
      const Principal = { AWS: `arn:aws:iam::${id}:root` };
      const Statement = [{ Effect: 'Allow', Principal, Action: 'secretsmanager:GetSecretValue', Resource: '*' }];
      const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });

      await secrets.send(new PutResourcePolicyCommand({ SecretId: name, ResourcePolicy, BlockPublicPolicy: true }));
      const read = await secrets.send(new GetResourcePolicyCommand({ SecretId: name }));

      expect(JSON.parse(read.ResourcePolicy ?? '')).toEqual({ Version: '2012-10-17', Statement });
    },
  },
  {
    id: 'policy.public',
    promise: 'with BlockPublicPolicy a policy for everybody is refused',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();
      const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' }];
      const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement });

      const refused = await refusal(
        secrets.send(new PutResourcePolicyCommand({ SecretId: name, ResourcePolicy, BlockPublicPolicy: true })),
      );

      expect(refused).toMatchObject({ code: 'PublicPolicyException', status: 400 });
    },
  },
];
