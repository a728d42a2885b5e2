// The second half of a rotation, which takes weeks: an execution of the state machine that watches the old key and retires it.
import { claimPause, claimsOf } from '../../activities/claim.ts';
import type { User } from '../../aws/contract.ts';
import { startExecution } from '../../engine/stepfunctions.ts';
import { RefusedError } from '../../errors.ts';
import type { Parts } from '../parts.ts';
import { ownerOf, type PairVersion, rotationOf } from './secret-and-owner.ts';

/** For the version that is current by now. Where the second half is over, or under way, it does nothing. */
export async function makeSureOfRetirement(parts: Parts, current: PairVersion): Promise<void> {
  const { aws, clock, log } = parts;
  const { user } = await ownerOf(parts, current);
  if (await beginRetirement(parts, current, user)) return;
  // A read that lacks our own tag proves nothing; two do (S10).
  await clock.sleep(claimPause({ attended: false }));
  if (await beginRetirement(parts, current, await aws.user(user.name))) return;
  log({ level: 'INFO', message: `nothing is left to be done about the key before ${current.pair.accessKeyId}` });
}

/** Whether the user's claims say that a rotation made the key that is current, and is not over: its second half is begun. */
export async function beginRetirement(parts: Parts, { arn, pair }: PairVersion, user: User): Promise<boolean> {
  const { aws, region, deployment, log } = parts;
  const newKey = pair.accessKeyId;
  const claim = claimsOf(user.tags).find(
    ({ rotation, keys: [old = '', made] }) => made === newKey && rotation === rotationOf(arn, old),
  );
  if (!claim) return false;

  const {
    rotation,
    keys: [oldKey = ''],
  } = claim;
  const input = { user: user.name, from: 'watch' as const, oldKey, newKey, rotation };
  const machine = deployment.KEYTURN_STATE_MACHINE ?? '';
  try {
    const started = await startExecution(aws.stateMachines(region), machine, oldKey, input);
    log({ level: 'INFO', message: `${started} retires ${oldKey}`, rotation });
  } catch (error) {
    // Somebody went on with it already.
    if (!(error instanceof RefusedError)) throw error;
    log({ level: 'INFO', message: error.message, rotation });
  }
  return true;
}
