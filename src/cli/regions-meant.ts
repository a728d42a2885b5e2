// Which regions `--regions` means.
import type { Aws } from '../aws/contract.ts';
import { partitionOfRegion } from '../consumers/place-in-aws.ts';
import { UsageError } from '../errors.ts';

/** Where a partition's IAM and its other global services leave their events. */
const home: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };

export interface RegionsMeant {
  regions: string[];
  /** Whether these are all that there are. */
  everywhere: boolean;
}

export function isRegion(name: string): boolean {
  return /^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(name);
}

/** Without a flag: the region in force, and the one of IAM. */
export async function regionsMeant(
  given: string | undefined,
  aws: Pick<Aws, 'region' | 'regions'>,
): Promise<RegionsMeant> {
  if (given === 'all') return { regions: await aws.regions(), everywhere: true };
  if (given === undefined) {
    const region = await aws.region();
    return { regions: [...new Set([region, home[partitionOfRegion(region)] ?? 'us-east-1'])], everywhere: false };
  }
  const regions = [...new Set(given.split(',').map((name) => name.trim()))];
  const wrong = regions.find((name) => !isRegion(name));
  if (wrong !== undefined) {
    throw new UsageError(`--regions: "${wrong}" is no region`, {
      hint: 'like --regions eu-west-1,us-east-1, or --regions all',
    });
  }
  return { regions, everywhere: false };
}
