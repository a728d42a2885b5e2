// What an execution that ended left behind, as AWS has it now: the claim, the seal, the keys, and what it had last found out.
import { type Claim, claimOf } from '../activities/claim.ts';
import { type EndedClaim, endedClaimsOf } from '../activities/ended-claim.ts';
import { findKey } from '../activities/keys.ts';
import type { ExecutionFacts, KeyStatusFacts, User } from '../aws/contract.ts';
import { NoSuchEntityError, RefusedError } from '../errors.ts';
import type { Outputs } from '../machine/context.ts';
import type { Sealed } from '../vault/seal.ts';
import { type Execution, rotationOf } from './contract.ts';
import { inputOf } from './input.ts';
import type { Parts } from './parts.ts';

export interface Remains {
  execution: ExecutionFacts;
  rotation: string;
  user: User;
  keys: KeyStatusFacts[];
  claim: Claim | undefined;
  /** Instead of a claim: the rotation is over, and not everything that it left is taken away. */
  ended: EndedClaim | undefined;
  sealed: Sealed | null;
  oldKey: string | null;
  newKey: string | null;
}

/** Null where the input names no user that there is: then nothing was ever begun. */
export async function lookForRemains(parts: Parts, execution: ExecutionFacts): Promise<Remains | null> {
  const { arn, name, startedAt, input } = execution;
  const begun: Execution = { id: arn, name, startTime: startedAt, input: { ...input } };
  const user = await userOf(parts, begun);
  if (!user) return null;
  const rotation = rotationOf(begun);
  const claim = claimOf(rotation, user);
  const sealed = await parts.seal.get(rotation);
  return {
    execution,
    rotation,
    user,
    claim,
    ended: endedClaimsOf(user.tags).find((one) => one.rotation === rotation),
    sealed,
    keys: await parts.aws.keys(user.name),
    oldKey: sealed?.plan.oldKey ?? claim?.keys[0] ?? null,
    newKey: sealed?.made?.id ?? sealed?.plan.newKey ?? claim?.keys[1] ?? null,
  };
}

/** Why the old key is not to be made active by itself (S2, S8); null where it is. */
export async function whyLeft(parts: Parts, remains: Remains): Promise<string | null> {
  const { execution, user, keys, claim, ended, sealed, oldKey } = remains;
  const old = findKey(keys, oldKey);
  if (ended) return `the rotation is over (${ended.verdict}), but for what it left in the vault`;
  if (!claim) return 'no rotation is open';
  if (execution.error === 'Stuck') return 'what is true was judged before it ended';
  if (!old) return 'there is no old key';
  if (old.status === 'Active') return 'the old key is active';
  if (!claim.off) return 'no deactivation is recorded';
  const { account } = await parts.aws.caller();
  if (!sealed || claim.keys[0] !== oldKey || sealed.plan.userId !== user.id || sealed.plan.account !== account) {
    return 'claim and seal do not agree on whose key it is';
  }
  const other = await runningOn(parts, remains);
  if (other) return `execution ${other} goes on with it`;
  if (await wasSeenActive(parts, remains, claim.off)) return 'somebody else deactivated it again since';
  return null;
}

async function userOf({ aws }: Parts, begun: Execution): Promise<User | null> {
  try {
    return await aws.user(inputOf(begun).user);
  } catch (error) {
    if (error instanceof RefusedError || error instanceof NoSuchEntityError) return null;
    throw error;
  }
}

async function runningOn({ aws, region }: Parts, { execution, rotation }: Remains): Promise<string | null> {
  const machines = aws.stateMachines(region);
  for (const { arn, name, startedAt } of await machines.list(execution.machine, 'RUNNING')) {
    const { input } = await machines.describe(arn);
    if (rotationOf({ id: arn, name, startTime: startedAt, input: { ...input } }) === rotation) return name;
  }
  return null;
}

/** Whether the execution itself saw the old key active after our deactivation: then a person had made it so. */
async function wasSeenActive({ aws, region }: Parts, { execution, oldKey }: Remains, off: string): Promise<boolean> {
  const events = await aws.stateMachines(region).history(execution.arn);
  const last = events.findLast((event) => event.what === 'entered' || event.what === 'left');
  const state = (last && 'data' in last ? last.data : {}) as Partial<Outputs>;
  const { inspectKeys, checkHealth, checkOldKeyUse } = state;
  const seen = [
    inspectKeys?.keys.some(({ id, status }) => id === oldKey && status === 'Active') && inspectKeys.at,
    checkHealth?.verdict === 'reactivated' && checkHealth.at,
    checkOldKeyUse?.at,
  ];
  return seen.some((at) => at && at > off);
}
