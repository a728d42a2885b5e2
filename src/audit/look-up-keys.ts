// One user's keys as AWS has them now. When a key was used is asked only where the report cannot tell: it does not have the
// user, or the key, or cannot tell two keys of the same second apart.
import type { Aws } from '../aws/contract.ts';
import { type Clock, instant } from '../clock.ts';
import { NoSuchEntityError } from '../errors.ts';
import type { ListedKey, Source } from './contract.ts';
import type { ReportRow } from './credential-report.ts';
import { known } from './stock.ts';

export type Listed = Source<readonly ListedKey[]>;

/** Throws ThrottledError, and what stops the run. A user who is gone has no keys. */
export async function lookUpKeys(
  { aws, clock }: { aws: Aws; clock: Clock },
  user: string,
  row: ReportRow | null,
): Promise<Listed> {
  const at = () => instant(aws.time() ?? clock.now());
  const listed = await known('iam:ListAccessKeys', at, () =>
    aws.keys(user).catch((error) => {
      if (error instanceof NoSuchEntityError) return [];
      throw error;
    }),
  );
  if (listed.state !== 'known') return listed;
  const value: ListedKey[] = [];
  for (const key of listed.value) {
    const isReported = isAlone(key, listed.value) && reportedAs(key, row) === 1;
    const use = isReported
      ? ({ state: 'notAsked', why: 'the report says it' } as const)
      : await known('iam:GetAccessKeyLastUsed', at, () => aws.lastUsed(key.id));
    value.push({ ...key, use });
  }
  return { ...listed, value };
}

function isAlone({ createdAt }: { createdAt: string }, keys: readonly { createdAt: string }[]): boolean {
  return keys.filter((other) => other.createdAt === createdAt).length === 1;
}

function reportedAs({ createdAt }: { createdAt: string }, row: ReportRow | null): number {
  return (row?.keys ?? []).filter(({ lastRotated }) => lastRotated === createdAt).length;
}
