// A bucket in keyturn's own words, against an embedded AWS.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { AccessDeniedError } from '../../src/errors.ts';
import type { Credentials } from '../../src/sandbox/index.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

async function open() {
  const opened = await openSandbox();
  await opened.connect(S3Client).send(new CreateBucketCommand({ Bucket: 'records.example' }));
  const bucketAs = ({ accessKeyId, secretAccessKey }: Credentials, name = 'records.example') =>
    createAws({
      clock: opened.clock,
      version: '0.0.0-test',
      endpointUrl: opened.sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    }).bucket(name);
  return { ...opened, bucketAs };
}

test('what is put is got, and what was never put is nothing', async () => {
  const { sandbox, bucketAs } = await open();
  const bucket = bucketAs(sandbox.credentials);

  await bucket.put('rotations/alice.json', '{"user":"alice"}\n', 'application/json');

  expect(await bucket.get('rotations/alice.json')).toBe('{"user":"alice"}\n');
  expect(await bucket.get('rotations/bob.json')).toBeNull();
});

test('what may not be put is denied', async () => {
  const { sandbox, bucketAs, userWith } = await open();
  const { key } = userWith('alice');

  await expect(bucketAs(key).put('a', 'text', 'text/plain')).rejects.toThrow(AccessDeniedError);
  expect(await bucketAs(sandbox.credentials).get('a')).toBeNull();
});
