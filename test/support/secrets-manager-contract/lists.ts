// DescribeSecret, ListSecrets, ListSecretVersionIds and BatchGetSecretValue.
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  type Filter,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { refusal, type SecretsAccount, type SecretsCase } from './account.ts';

async function found({ secrets }: SecretsAccount, ...Filters: Filter[]): Promise<string[]> {
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({ Filters }));
  return SecretList.map(({ Name = '' }) => Name).sort();
}

export const listCases: SecretsCase[] = [
  {
    id: 'describe.all',
    promise: 'a description has everything but the value',
    check: async ({ secrets, newName }) => {
      const Name = newName();
      const { ARN, VersionId = '' } = await secrets.send(
        new CreateSecretCommand({
          Name,
          SecretString: 'one',
          Description: 'of the robot',
          KmsKeyId: 'alias/robots',
          Tags: [{ Key: 'team', Value: 'billing' }],
        }),
      );

      const described = await secrets.send(new DescribeSecretCommand({ SecretId: Name }));

      expect(described).toMatchObject({
        ARN,
        Name,
        Description: 'of the robot',
        KmsKeyId: 'alias/robots',
        Tags: [{ Key: 'team', Value: 'billing' }],
        VersionIdsToStages: { [VersionId]: ['AWSCURRENT'] },
        CreatedDate: expect.any(Date),
        LastChangedDate: expect.any(Date),
      });
      expect(described).not.toHaveProperty('SecretString');
    },
  },
  {
    id: 'describe.deprecated',
    promise: 'a version without a label is not described',
    check: async ({ secrets, makeSecret, put }) => {
      const secret = await makeSecret();
      const second = await put(secret, 'two');
      const third = await put(secret, 'three');

      const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secret.name }));

      expect(Object.keys(VersionIdsToStages).toSorted()).toEqual([second, third].toSorted());
    },
  },
  {
    id: 'describe.omitted',
    promise: 'what a secret does not have is left out',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();

      const described = await secrets.send(new DescribeSecretCommand({ SecretId: name }));

      const { RotationLambdaARN, ReplicationStatus, DeletedDate, KmsKeyId } = described;
      expect({ RotationLambdaARN, ReplicationStatus, DeletedDate, KmsKeyId }).toEqual({});
      expect(described.RotationEnabled ?? false).toBe(false);
    },
  },
  {
    id: 'describe.unknown',
    promise: 'a secret that does not exist is not described',
    check: async ({ secrets }) => {
      const refused = await refusal(secrets.send(new DescribeSecretCommand({ SecretId: 'nothing' })));

      expect(refused).toMatchObject({ code: 'ResourceNotFoundException' });
    },
  },
  {
    id: 'list.name',
    promise: 'a filter by name compares beginnings and minds the case',
    check: async (account) => {
      const stem = account.newName('byname');
      const first = await account.makeSecret({ name: `${stem}/a` });
      const second = await account.makeSecret({ name: `${stem}/b` });
      await account.makeSecret({ name: `x${stem}` });
      await account.makeSecret({ name: `${stem.toUpperCase()}/c` });

      expect(await found(account, { Key: 'name', Values: [stem] })).toEqual([first.name, second.name]);
    },
  },
  {
    id: 'list.tag-key',
    promise: 'so does a filter by tag key: a longer key is found too',
    check: async (account) => {
      const key = account.newName('tagkey');
      const exact = await account.makeSecret({ tags: { [key]: 'x' } });
      const longer = await account.makeSecret({ tags: { [`${key}-more`]: 'x' } });
      await account.makeSecret({ tags: { [`no-${key}`]: 'x' } });

      expect(await found(account, { Key: 'tag-key', Values: [key] })).toEqual([exact.name, longer.name].sort());
    },
  },
  {
    id: 'list.tag-value',
    promise: 'every filter must match, and of one filter one value',
    check: async (account) => {
      const key = account.newName('owner');
      const alice = await account.makeSecret({ tags: { [key]: 'alice' } });
      const bob = await account.makeSecret({ tags: { [key]: 'bob' } });
      await account.makeSecret({ tags: { [key]: 'carol' } });
      await account.makeSecret({ tags: { other: 'alice' } });

      const both = await found(
        account,
        { Key: 'tag-key', Values: [key] },
        { Key: 'tag-value', Values: ['alice', 'bob'] },
      );

      expect(both).toEqual([alice.name, bob.name].sort());
    },
  },
  {
    id: 'list.all',
    promise: 'a filter by everything minds no case',
    check: async (account) => {
      const word = account.newName('everywhere').replace('-', '');
      const byName = await account.makeSecret({ name: `app/${word}` });
      const byTag = await account.makeSecret({ tags: { note: word.toUpperCase() } });

      expect(await found(account, { Key: 'all', Values: [word] })).toEqual([byName.name, byTag.name].sort());
    },
  },
  {
    id: 'list.pages',
    promise: 'a list comes in pages of MaxResults, each secret once',
    check: async ({ secrets, newName, makeSecret }) => {
      const stem = newName('paged');
      const names = [`${stem}/a`, `${stem}/b`, `${stem}/c`];
      for (const name of names) await makeSecret({ name });
      const query = { Filters: [{ Key: 'name' as const, Values: [stem] }], MaxResults: 2 };

      const one = await secrets.send(new ListSecretsCommand(query));
      const two = await secrets.send(new ListSecretsCommand({ ...query, NextToken: one.NextToken }));

      expect([one.SecretList?.length, two.SecretList?.length, two.NextToken]).toEqual([2, 1, undefined]);
      expect([one, two].flatMap((page) => page.SecretList?.map(({ Name }) => Name)).toSorted()).toEqual(names);
    },
  },
  {
    id: 'list.deleted',
    promise: 'a secret marked for deletion is listed only on request',
    check: async (account) => {
      const { name } = await account.makeSecret();
      await account.secrets.send(new DeleteSecretCommand({ SecretId: name }));
      const Filters: Filter[] = [{ Key: 'name', Values: [name] }];

      const without = await account.secrets.send(new ListSecretsCommand({ Filters }));
      const withDeleted = await account.secrets.send(new ListSecretsCommand({ Filters, IncludePlannedDeletion: true }));

      expect(without.SecretList).toEqual([]);
      expect(withDeleted.SecretList).toMatchObject([{ Name: name, DeletedDate: expect.any(Date) }]);
    },
  },
  {
    id: 'versions.labelled',
    promise: 'versions are listed with their labels, those without any only on request',
    check: async ({ secrets, makeSecret, put }) => {
      const secret = await makeSecret();
      const second = await put(secret, 'two');
      const third = await put(secret, 'three');
      const list = async (IncludeDeprecated: boolean) => {
        const command = new ListSecretVersionIdsCommand({ SecretId: secret.name, IncludeDeprecated });
        const { Versions = [] } = await secrets.send(command);
        return Versions.map(({ VersionId }) => VersionId).toSorted();
      };

      expect(await list(false)).toEqual([second, third].toSorted());
      expect(await list(true)).toEqual([secret.versionId, second, third].toSorted());
    },
  },
  {
    id: 'batch.ids',
    promise: 'values come by name or ARN, and what is missing is told beside them',
    check: async ({ secrets, makeSecret }) => {
      const one = await makeSecret({ value: 'one' });
      const two = await makeSecret({ value: 'two' });

      const { SecretValues = [], Errors } = await secrets.send(
        new BatchGetSecretValueCommand({ SecretIdList: [one.name, two.arn, 'nothing'] }),
      );

      expect(SecretValues.map(({ Name, SecretString }) => [Name, SecretString]).toSorted()).toEqual(
        [
          [one.name, 'one'],
          [two.name, 'two'],
        ].toSorted(),
      );
      expect(Errors).toMatchObject([{ SecretId: 'nothing', ErrorCode: 'ResourceNotFoundException' }]);
    },
  },
  {
    id: 'batch.filters',
    promise: 'values come by filter, in pages',
    check: async ({ secrets, newName, makeSecret }) => {
      const stem = newName('batch');
      for (const name of ['a', 'b', 'c']) await makeSecret({ name: `${stem}/${name}`, value: name });
      const query = { Filters: [{ Key: 'name' as const, Values: [stem] }], MaxResults: 2 };

      const one = await secrets.send(new BatchGetSecretValueCommand(query));
      const two = await secrets.send(new BatchGetSecretValueCommand({ ...query, NextToken: one.NextToken }));

      const values = [one, two].map((page) => page.SecretValues?.map(({ SecretString }) => SecretString) ?? []);
      expect(values.map((page) => page.length)).toEqual([2, 1]);
      expect(values.flat().toSorted()).toEqual(['a', 'b', 'c']);
    },
  },
  {
    id: 'batch.both',
    promise: 'ids and filters together are refused',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();
      const Filters: Filter[] = [{ Key: 'name', Values: [name] }];
      const command = new BatchGetSecretValueCommand({ SecretIdList: [name], Filters });

      expect(await refusal(secrets.send(command))).toMatchObject({ code: 'InvalidParameterException', status: 400 });
    },
  },
];
