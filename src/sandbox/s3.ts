// S3, as far as whole texts are put, read and listed.
import { createHash } from 'node:crypto';
import { accessDenied, judge } from './authorize.ts';
import type { StoredBucket, StoredObject } from './bucket.ts';
import { optionalText, requiredText } from './iam-input.ts';
import { s3Wire } from './s3-wire.ts';
import type { Access, Call, Operation, Service } from './service.ts';
import { ServiceError } from './service-error.ts';

const operations: Record<string, Operation> = {
  CreateBucket: {
    kind: 'change',
    access: (call) => [onBucket(call, 's3:CreateBucket')],
    apply: ({ params, world }) => {
      const name = requiredText(params, 'Bucket');
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
        throw new ServiceError('InvalidBucketName', 400, 'The specified bucket is not valid.');
      }
      if (!world.buckets.has(name)) world.buckets.set(name, new Map());
      return { location: `/${name}` };
    },
  },

  HeadBucket: {
    kind: 'read',
    access: (call) => [onBucket(call, 's3:ListBucket')],
    apply: (call) => {
      bucketIn(call);
      return {};
    },
  },

  PutObject: {
    kind: 'change',
    access: (call) => [onObject(call, 's3:PutObject')],
    apply: (call) => {
      const { params, world } = call;
      const body = requiredText(params, 'Body');
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      const contentType = optionalText(params, 'ContentType') ?? 'binary/octet-stream';
      bucketIn(call).set(requiredText(params, 'Key'), { body, contentType, etag, changedAt: world.clock.now() });
      return { etag };
    },
  },

  GetObject: { kind: 'read', access: (call) => [onObject(call, 's3:GetObject')], apply: read },
  HeadObject: { kind: 'read', access: (call) => [onObject(call, 's3:GetObject')], apply: read },

  ListObjectsV2: {
    kind: 'read',
    access: (call) => [onBucket(call, 's3:ListBucket')],
    apply: (call) => {
      const { params, world } = call;
      const prefix = optionalText(params, 'Prefix') ?? '';
      const given = optionalText(params, 'ContinuationToken');
      const after = given === undefined ? optionalText(params, 'StartAfter') : fromToken(given);
      const all = [...bucketIn(call)]
        .filter(([key]) => key.startsWith(prefix) && (after === undefined || key > after))
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const MaxKeys = Number(optionalText(params, 'MaxKeys') ?? 1000);
      const shown = all.slice(0, Math.min(MaxKeys, 1000, world.settings.pageSize));
      const last = shown.at(-1)?.[0];
      const IsTruncated = shown.length < all.length && last !== undefined;
      return {
        Name: requiredText(params, 'Bucket'),
        Prefix: prefix,
        KeyCount: shown.length,
        MaxKeys,
        IsTruncated,
        NextContinuationToken: IsTruncated ? Buffer.from(last).toString('base64url') : undefined,
        Contents: shown.map(([Key, { body, etag, changedAt }]) => ({
          Key,
          LastModified: new Date(changedAt).toISOString(),
          ETag: etag,
          Size: Buffer.byteLength(body),
          StorageClass: 'STANDARD',
        })),
      };
    },
  },
};

export const s3: Service = { name: 's3', wire: s3Wire, operations };

function read(call: Call): Record<string, unknown> {
  const object = bucketIn(call).get(requiredText(call.params, 'Key'));
  if (object) return { ...(object satisfies StoredObject) };
  // Whoever may not list must not learn what there is.
  const access = onBucket(call, 's3:ListBucket');
  const verdict = judge(call.caller, access, call.world.accountId);
  if (verdict !== 'allowed') throw accessDenied(call.caller, access, verdict);
  throw new ServiceError('NoSuchKey', 404, 'The specified key does not exist.');
}

function bucketIn({ params, world }: Call): StoredBucket {
  const bucket = world.buckets.get(requiredText(params, 'Bucket'));
  if (!bucket) throw new ServiceError('NoSuchBucket', 404, 'The specified bucket does not exist');
  return bucket;
}

function onBucket({ params }: Call, action: string): Access {
  return { action, resource: `arn:aws:s3:::${requiredText(params, 'Bucket')}` };
}

function onObject({ params }: Call, action: string): Access {
  return { action, resource: `arn:aws:s3:::${requiredText(params, 'Bucket')}/${requiredText(params, 'Key')}` };
}

function fromToken(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8');
}
