// The regions of an account in keyturn's own words, against an embedded AWS.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { AccessDeniedError } from '../../src/errors.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

async function open() {
  const opened = await openSandbox();
  const { sandbox, clock } = opened;
  const asked = ({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }) =>
    createAws({
      clock,
      version: '0.0.0-test',
      endpointUrl: sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    }).regions();
  return { ...opened, asked };
}

test('those that are enabled come in order, and no other', async () => {
  const { sandbox, asked } = await open();

  const regions = await asked(sandbox.credentials);

  expect([regions[0], regions.at(-1), regions.length]).toEqual(['ap-northeast-1', 'us-west-2', 17]);
});

test('whoever may not ask is told which permission is missing', async () => {
  const { userWith, asked } = await open();
  const { key } = userWith('alice');

  await expect(asked(key)).rejects.toThrow(AccessDeniedError);
  await expect(asked(key)).rejects.toThrow('ec2:DescribeRegions is denied');
});
