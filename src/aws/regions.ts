// The regions of the account in keyturn's own words.
import type * as Sdk from '@aws-sdk/client-ec2';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.EC2Client;
}

/** Those that are enabled, in order. */
export async function regionsOf(connect: () => Promise<Connected>): Promise<string[]> {
  const { sdk, client } = await connect();
  const { Regions = [] } = await translated('ec2:DescribeRegions', () =>
    client.send(new sdk.DescribeRegionsCommand({})),
  );
  return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
}
