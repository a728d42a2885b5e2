// EC2 as it says which regions an account has, in its own XML.
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

test('the regions that are enabled are told, and those that are not where all are asked for', async () => {
  const { connect } = await openSandbox();
  const ec2 = connect(EC2Client);

  const enabled = (await ec2.send(new DescribeRegionsCommand({}))).Regions ?? [];
  const all = (await ec2.send(new DescribeRegionsCommand({ AllRegions: true }))).Regions ?? [];

  expect([enabled.length, all.length]).toEqual([17, 18]);
  expect(enabled).toContainEqual({
    RegionName: 'eu-west-1',
    Endpoint: 'ec2.eu-west-1.amazonaws.com',
    OptInStatus: 'opt-in-not-required',
  });
  expect(all).toContainEqual(expect.objectContaining({ RegionName: 'af-south-1', OptInStatus: 'not-opted-in' }));
});

test('whoever may not ask is refused as EC2 does it', async () => {
  const { connect, userWith } = await openSandbox();
  const { key } = userWith('alice');

  const refused = await refusal(connect(EC2Client, key).send(new DescribeRegionsCommand({})));
  const unknown = { ...key, secretAccessKey: 'x'.repeat(40) };
  const unsigned = await refusal(connect(EC2Client, unknown).send(new DescribeRegionsCommand({})));

  expect(refused).toMatchObject({ code: 'UnauthorizedOperation', status: 403 });
  expect(unsigned).toMatchObject({ code: 'AuthFailure', status: 401 });
});
