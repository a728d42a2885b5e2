// Whether anything keeps a record of who changes access keys: without a trail CloudTrail forgets after 90 days, and no audit
// can tell any more who made a key that is older.
import type { Gap } from '../audit/contract.ts';
import type { Aws } from '../aws/contract.ts';
import { AccessDeniedError, KeyturnError } from '../errors.ts';
import { regionsMeant } from './regions-meant.ts';

const what = 'who made and changed keys more than 90 days ago';

/** One gap, or none where a trail records it. */
export async function unrecorded(aws: Aws): Promise<Gap[]> {
  // The last of them is the one of IAM.
  const { regions } = await regionsMeant(undefined, aws);
  const region = regions.at(-1) ?? 'us-east-1';
  try {
    const { recording, unclear } = await aws.trails(region).ofIamChanges();
    if (recording.length > 0) return [];
    const why =
      unclear.length > 0
        ? `CloudTrail does not say whether ${unclear.join(', ')} records IAM calls in ${region}`
        : `no trail records IAM calls in ${region}: make one, or nobody will know`;
    return [{ what, why, permission: unclear.length > 0 ? 'cloudtrail:GetTrailStatus' : null }];
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    const permission = error instanceof AccessDeniedError ? 'cloudtrail:DescribeTrails' : null;
    return [{ what, why: error.message, permission }];
  }
}
