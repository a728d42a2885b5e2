// Objects as S3 keeps them: put, read, looked at and listed, by whoever may.
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

const Bucket = 'reports.example.com';

async function openBucket() {
  const opened = await openSandbox();
  const s3 = opened.connect(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string, Body: string) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/csv' }));
  return { ...opened, s3, put };
}

test.each(['report.csv', 'a folder/täglich + mehr/100%.csv'])(
  'an object %s is put, read and looked at',
  async (Key) => {
    const { s3, put } = await openBucket();

    const { ETag } = await put(Key, 'user,key\nZoë,1\n');

    const read = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await read.Body?.transformToString()).toBe('user,key\nZoë,1\n');
    expect(read).toMatchObject({ ContentType: 'text/csv', ETag });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: 16,
      LastModified: new Date('2026-12-06T10:00:00Z'),
      ETag: '"7b9239b6ae87fb8c31e0a91a39edf260"',
    });
  },
);

test('objects are listed by prefix, in the order of their keys, in pages', async () => {
  const { sandbox, s3, put } = await openBucket();
  for (const key of ['b/3', 'a/1', 'b/1', 'b/<2>']) await put(key, key);
  sandbox.settings.pageSize = 2;

  const pages: unknown[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: 'b/' })) {
    pages.push(page.Contents?.map(({ Key, Size }) => `${Key} ${Size}`));
  }

  expect(pages).toEqual([['b/1 3', 'b/3 3'], ['b/<2> 5']]);
});

test('what is not there is told to whoever may list, and to nobody else', async () => {
  const { s3, connect, userWith } = await openBucket();
  const { key } = userWith('alice', { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` });
  const missing = new GetObjectCommand({ Bucket, Key: 'nothing' });

  const told = await refusal(s3.send(missing));
  const hidden = await refusal(connect(S3Client, key).send(missing));
  const nowhere = await refusal(s3.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'nothing' })));

  expect({ code: told.code, status: told.status }).toEqual({ code: 'NoSuchKey', status: 404 });
  expect({ code: hidden.code, status: hidden.status }).toEqual({ code: 'AccessDenied', status: 403 });
  expect(nowhere.code).toBe('NoSuchBucket');
});

test('nothing is put by whoever may not, or with a key that is none', async () => {
  const { s3, connect, userWith } = await openBucket();
  const { key } = userWith('alice');
  const put = (client: S3Client) => client.send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'text' }));

  const denied = await refusal(put(connect(S3Client, key)));
  const unknown = await refusal(put(connect(S3Client, { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' })));

  expect(denied.code).toBe('AccessDenied');
  expect(unknown.code).toBe('InvalidAccessKeyId');
  expect((await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'mine' })))).code).toBe('NoSuchKey');
});
