// TagUser, UntagUser, ListUserTags: what a tag may hold (IAM User Guide, "Tags for IAM resources"), and where it is read.
import {
  GetUserCommand,
  type IAMClient,
  ListUserTagsCommand,
  TagUserCommand,
  UntagUserCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { type ContractCase, refusal } from './account.ts';

async function tagsOf(iam: IAMClient, UserName: string) {
  const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName }));
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}

function tag(iam: IAMClient, UserName: string, tags: Record<string, string>) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return iam.send(new TagUserCommand({ UserName, Tags }));
}

export const tagCases: ContractCase[] = [
  {
    id: 'tags.get-user',
    promise: 'GetUser tells the tags of a user',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();

      await tag(iam, name, { team: 'billing', stage: 'production' });
      await settle();

      const { User } = await iam.send(new GetUserCommand({ UserName: name }));
      expect(User?.Tags?.toSorted(byKey)).toEqual([
        { Key: 'stage', Value: 'production' },
        { Key: 'team', Value: 'billing' },
      ]);
    },
  },
  {
    id: 'tags.list',
    promise: 'ListUserTags tells the tags of a user',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();

      await tag(iam, name, { team: 'billing', stage: 'production' });
      await settle();

      expect(await tagsOf(iam, name)).toEqual({ team: 'billing', stage: 'production' });
    },
  },
  {
    id: 'tags.list-complete',
    promise: 'a list of tags that holds everything says that it is not truncated',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const answer = await iam.send(new ListUserTagsCommand({ UserName: name }));

      expect(answer).toMatchObject({ Tags: [], IsTruncated: false });
    },
  },
  {
    id: 'tags.list-pages',
    promise: 'a list of tags comes in pages of MaxItems',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();
      await tag(iam, name, { one: '1', two: '2' });
      await settle();

      const first = await iam.send(new ListUserTagsCommand({ UserName: name, MaxItems: 1 }));
      expect(first.IsTruncated).toBe(true);
      const next = await iam.send(new ListUserTagsCommand({ UserName: name, MaxItems: 1, Marker: first.Marker }));

      expect([first, next].flatMap((page) => page.Tags?.map(({ Key }) => Key)).toSorted()).toEqual(['one', 'two']);
      expect(next.IsTruncated).toBe(false);
    },
  },
  {
    id: 'tags.overwrite',
    promise: 'a tag of the same key gets the new value, the others stay',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();
      await tag(iam, name, { team: 'billing', stage: 'production' });

      await tag(iam, name, { team: 'payments' });
      await settle();

      expect(await tagsOf(iam, name)).toEqual({ team: 'payments', stage: 'production' });
    },
  },
  {
    id: 'tags.overwrite-in-other-case',
    promise: 'keys that differ only in case are the same key',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();
      await tag(iam, name, { team: 'billing' });

      await tag(iam, name, { Team: 'payments' });
      await settle();

      expect(Object.values(await tagsOf(iam, name))).toEqual(['payments']);
    },
  },
  {
    id: 'tags.untag',
    promise: 'UntagUser takes away the tags named and no others',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();
      await tag(iam, name, { 'keyturn:claim:a': '1', 'keyturn:claim:b': '2', team: 'billing' });

      await iam.send(new UntagUserCommand({ UserName: name, TagKeys: ['keyturn:claim:a', 'keyturn:claim:b'] }));
      await settle();

      expect(await tagsOf(iam, name)).toEqual({ team: 'billing' });
    },
  },
  {
    id: 'tags.characters',
    promise: 'keys and values may hold letters, digits, spaces and _.:/=+-@, and come back unchanged',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();
      const tags = {
        'keyturn:claim:a_b.c/d=e+f-g@h': '3 2026-11-22T10:00:00Z AKIA=old/new+a_b.c-d@e',
        Größe: 'zwölf Ключ',
        empty: '',
      };

      await tag(iam, name, tags);
      await settle();

      expect(await tagsOf(iam, name)).toEqual(tags);
    },
  },
  {
    id: 'tags.bad-characters',
    promise: 'a value with any other character is refused',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      for (const value of ['a*b', 'a,b', 'a;b', 'a~b', '{"a"}']) {
        const refused = await refusal(tag(iam, name, { note: value }));
        expect(refused, value).toMatchObject({ code: 'ValidationError', status: 400 });
      }
    },
  },
  {
    id: 'tags.longest',
    promise: 'a key may have 128 characters and a value 256',
    check: async ({ iam, makeUser, settle }) => {
      const { name } = await makeUser();

      await tag(iam, name, { ['k'.repeat(128)]: 'v'.repeat(256) });
      await settle();

      expect(await tagsOf(iam, name)).toEqual({ ['k'.repeat(128)]: 'v'.repeat(256) });
    },
  },
  {
    id: 'tags.too-long',
    promise: 'a key of 129 characters is refused, and a value of 257',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const key = await refusal(tag(iam, name, { ['k'.repeat(129)]: 'v' }));
      const value = await refusal(tag(iam, name, { note: 'v'.repeat(257) }));

      expect(key).toMatchObject({ code: 'ValidationError', status: 400 });
      expect(value).toMatchObject({ code: 'ValidationError', status: 400 });
    },
  },
  {
    id: 'tags.all-or-nothing',
    promise: 'one bad tag refuses the whole request',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      await refusal(tag(iam, name, { team: 'billing', note: 'v'.repeat(257) }));

      expect(await tagsOf(iam, name)).toEqual({});
    },
  },
  {
    id: 'tags.reserved-prefix',
    promise: 'a key that begins with aws: is refused',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const refused = await refusal(tag(iam, name, { 'aws:team': 'billing' }));

      expect(refused).toMatchObject({ status: 400 });
    },
  },
  {
    id: 'tags.limit',
    promise: 'a user has at most 50 tags',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();
      await tag(iam, name, Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag-${index}`, 'v'])));

      const refused = await refusal(tag(iam, name, { 'one-more': 'v' }));

      expect(refused).toMatchObject({ code: 'LimitExceeded', status: 409 });
    },
  },
  {
    id: 'tags.unknown-user',
    promise: 'the tags of a user who does not exist are neither changed nor told',
    check: async ({ iam }) => {
      const notFound = { code: 'NoSuchEntity', status: 404 };
      const UserName = 'nobody';

      expect(await refusal(tag(iam, UserName, { team: 'billing' }))).toMatchObject(notFound);
      expect(await refusal(iam.send(new UntagUserCommand({ UserName, TagKeys: ['team'] })))).toMatchObject(notFound);
      expect(await refusal(iam.send(new ListUserTagsCommand({ UserName })))).toMatchObject(notFound);
    },
  },
];

function byKey(a: { Key: string | undefined }, b: { Key: string | undefined }): number {
  return (a.Key ?? '') < (b.Key ?? '') ? -1 : 1;
}
