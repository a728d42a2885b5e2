// GetParametersByPath, DescribeParameters, DeleteParameter and tags.
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  type GetParametersByPathCommandInput,
  ListTagsForResourceCommand,
  type ParameterStringFilter,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { type ParameterCase, type ParametersAccount, refusal } from './account.ts';

async function below({ ssm }: ParametersAccount, input: GetParametersByPathCommandInput): Promise<string[]> {
  const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand(input));
  return Parameters.map(({ Name = '' }) => Name).sort();
}

async function described({ ssm }: ParametersAccount, ...ParameterFilters: ParameterStringFilter[]): Promise<string[]> {
  const { Parameters = [] } = await ssm.send(new DescribeParametersCommand({ ParameterFilters }));
  return Parameters.map(({ Name = '' }) => Name).sort();
}

async function tagsOf({ ssm }: ParametersAccount, ResourceId: string): Promise<Record<string, string>> {
  const { TagList = [] } = await ssm.send(new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId }));
  return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
}

export const listCases: ParameterCase[] = [
  {
    id: 'path.one-level',
    promise: 'a path has the parameters right below it, and with Recursive those further down',
    check: async (account) => {
      const path = account.newName('path');
      await account.make('one', 'String', `${path}/a`);
      await account.make('two', 'String', `${path}/b/c`);
      await account.make('three', 'String', `${path}x/a`);

      expect(await below(account, { Path: path })).toEqual([`${path}/a`]);
      expect(await below(account, { Path: path, Recursive: true })).toEqual([`${path}/a`, `${path}/b/c`]);
    },
  },
  {
    id: 'path.pages',
    promise: 'a path comes in pages of ten at most, each parameter once',
    check: async ({ ssm, newName, make }) => {
      const Path = newName('paged');
      const names = Array.from({ length: 11 }, (_, index) => `${Path}/${String(index).padStart(2, '0')}`);
      for (const name of names) await make('one', 'String', name);

      const one = await ssm.send(new GetParametersByPathCommand({ Path }));
      const two = await ssm.send(new GetParametersByPathCommand({ Path, NextToken: one.NextToken }));
      const eleven = await refusal(ssm.send(new GetParametersByPathCommand({ Path, MaxResults: 11 })));

      expect([one.Parameters?.length, two.Parameters?.length, two.NextToken]).toEqual([10, 1, undefined]);
      expect([one, two].flatMap((page) => page.Parameters?.map(({ Name }) => Name)).toSorted()).toEqual(names);
      expect(eleven).toMatchObject({ code: 'ValidationException', status: 400 });
    },
  },
  {
    id: 'path.decryption',
    promise: 'values below a path are told as those of single parameters are',
    check: async ({ ssm, newName, make }) => {
      const Path = newName('secure');
      await make('the secret', 'SecureString', `${Path}/a`);

      const plain = await ssm.send(new GetParametersByPathCommand({ Path, WithDecryption: true }));
      const sealed = await ssm.send(new GetParametersByPathCommand({ Path }));

      expect(plain.Parameters).toMatchObject([{ Value: 'the secret' }]);
      expect(sealed.Parameters?.[0]?.Value).not.toContain('the secret');
    },
  },
  {
    id: 'path.slash',
    promise: 'a path begins with a slash',
    check: async ({ ssm }) => {
      const refused = await refusal(ssm.send(new GetParametersByPathCommand({ Path: 'app' })));

      expect(refused).toMatchObject({ code: 'ValidationException', status: 400 });
    },
  },
  {
    id: 'describe.without-value',
    promise: 'a description has everything but the value',
    check: async ({ ssm, newName }) => {
      const Name = newName();
      await ssm.send(
        new PutParameterCommand({
          Name,
          Value: 'one',
          Type: 'SecureString',
          KeyId: 'alias/robots',
          Description: 'of ci',
        }),
      );

      const { Parameters } = await ssm.send(
        new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Values: [Name] }] }),
      );

      expect(Parameters).toMatchObject([
        { Name, Type: 'SecureString', KeyId: 'alias/robots', Description: 'of ci', Version: 1, Tier: 'Standard' },
      ]);
      expect(Parameters?.[0]).not.toHaveProperty('Value');
    },
  },
  {
    id: 'describe.name',
    promise: 'names are found by their beginning and by a part',
    check: async (account) => {
      const stem = account.newName('named');
      await account.make('one', 'String', `${stem}/keys/a`);
      await account.make('two', 'String', `${stem}/b`);

      const begins = await described(account, { Key: 'Name', Option: 'BeginsWith', Values: [`${stem}/k`] });
      const contains = await described(account, { Key: 'Name', Option: 'Contains', Values: [stem.slice(2)] });

      expect(begins).toEqual([`${stem}/keys/a`]);
      expect(contains).toEqual([`${stem}/b`, `${stem}/keys/a`]);
    },
  },
  {
    id: 'describe.type',
    promise: 'every filter must match',
    check: async (account) => {
      const stem = account.newName('typed');
      await account.make('one', 'String', `${stem}/a`);
      await account.make('two', 'SecureString', `${stem}/b`);

      const secure = await described(
        account,
        { Key: 'Name', Option: 'BeginsWith', Values: [stem] },
        { Key: 'Type', Values: ['SecureString'] },
      );

      expect(secure).toEqual([`${stem}/b`]);
    },
  },
  {
    id: 'describe.tag',
    promise: 'a filter by tag compares the whole value',
    check: async (account) => {
      const tag = account.newName('tag').slice(1);
      const tagged = await account.make();
      await account.make();
      const Tags = [{ Key: tag, Value: 'ci' }];
      await account.ssm.send(new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId: tagged, Tags }));

      expect(await described(account, { Key: `tag:${tag}`, Values: ['ci'] })).toEqual([tagged]);
      expect(await described(account, { Key: `tag:${tag}`, Values: ['c'] })).toEqual([]);
    },
  },
  {
    id: 'describe.pages',
    promise: 'descriptions come in pages of MaxResults, each parameter once',
    check: async ({ ssm, newName, make }) => {
      const stem = newName('pages');
      for (const name of ['a', 'b', 'c']) await make('one', 'String', `${stem}/${name}`);
      const filter: ParameterStringFilter = { Key: 'Name', Option: 'BeginsWith', Values: [stem] };
      const query = { ParameterFilters: [filter], MaxResults: 2 };

      const one = await ssm.send(new DescribeParametersCommand(query));
      const two = await ssm.send(new DescribeParametersCommand({ ...query, NextToken: one.NextToken }));

      expect([one.Parameters?.length, two.Parameters?.length, two.NextToken]).toEqual([2, 1, undefined]);
      const names = [one, two].flatMap((page) => page.Parameters?.map(({ Name }) => Name));
      expect(names.toSorted()).toEqual([`${stem}/a`, `${stem}/b`, `${stem}/c`]);
    },
  },
  {
    id: 'describe.bad-filter',
    promise: 'a filter that does not exist is refused',
    check: async ({ ssm }) => {
      const command = new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Colour', Values: ['red'] }] });

      expect(await refusal(ssm.send(command))).toMatchObject({ status: 400 });
    },
  },
  {
    id: 'delete.gone',
    promise: 'a deleted parameter is gone with its versions: the next of that name is version 1',
    check: async ({ ssm, make, overwrite }) => {
      const Name = await make();
      await overwrite(Name, 'two');

      await ssm.send(new DeleteParameterCommand({ Name }));
      const gone = await refusal(ssm.send(new GetParameterCommand({ Name })));
      const again = await refusal(ssm.send(new DeleteParameterCommand({ Name })));
      const { Version } = await ssm.send(new PutParameterCommand({ Name, Value: 'three', Type: 'String' }));

      expect(gone).toMatchObject({ code: 'ParameterNotFound', status: 400 });
      expect(again).toMatchObject({ code: 'ParameterNotFound', status: 400 });
      expect(Version).toBe(1);
    },
  },
  {
    id: 'tags.change',
    promise: 'tags are given at creation, added, overwritten and taken away one by one',
    check: async (account) => {
      const { ssm, newName } = account;
      const Name = newName();
      const first = [
        { Key: 'team', Value: 'billing' },
        { Key: 'stage', Value: 'test' },
      ];
      await ssm.send(new PutParameterCommand({ Name, Value: 'one', Type: 'String', Tags: first }));
      const resource = { ResourceType: 'Parameter' as const, ResourceId: Name };

      await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'team', Value: 'payments' }] }));
      await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['stage'] }));

      expect(await tagsOf(account, Name)).toEqual({ team: 'payments' });
    },
  },
  {
    id: 'tags.unknown',
    promise: 'what does not exist has no tags',
    check: async ({ ssm }) => {
      const command = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: '/nothing' });

      expect(await refusal(ssm.send(command))).toMatchObject({ code: 'InvalidResourceId', status: 400 });
    },
  },
];
