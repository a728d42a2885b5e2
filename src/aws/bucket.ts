// A bucket of S3 in keyturn's own words.
import type * as Sdk from '@aws-sdk/client-s3';
import type { Bucket } from './contract.ts';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.S3Client;
}

export function bucketOf(connect: () => Promise<Connected>, name: string): Bucket {
  return {
    put: async (key, text, type) => {
      const { sdk, client } = await connect();
      await translated('s3:PutObject', () =>
        client.send(new sdk.PutObjectCommand({ Bucket: name, Key: key, Body: text, ContentType: type })),
      );
    },

    get: async (key) => {
      const { sdk, client } = await connect();
      try {
        return await translated('s3:GetObject', async () => {
          const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: name, Key: key }));
          return (await Body?.transformToString()) ?? '';
        });
      } catch (error) {
        if ((error as Error).name === 'NoSuchEntityError') return null;
        throw error;
      }
    },
  };
}
