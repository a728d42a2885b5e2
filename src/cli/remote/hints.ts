// What to run next for a rotation that Step Functions runs: it goes on by itself, and takes no exceptions from a flag.
import { isRollingBack } from '../../activities/record.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import type { ShownOutcome } from '../exit-codes.ts';

export function remoteHintOf(record: RotationRecord, ended: ShownOutcome, given: string | null): string | null {
  const { rotation, context, park } = record;
  const back = `keyturn rollback ${rotation} goes back`;
  if (ended === 'waiting' && !park) return `keyturn status ${rotation} shows it; ${back}`;
  if (ended === 'waiting') {
    const end = park?.state === 'awaitGrace' ? ' --delete-now' : '';
    return `it goes on by itself after ${park?.until}; keyturn proceed ${rotation}${end} goes on now; ${back}`;
  }
  if (ended !== 'stuck') return given;
  if (given) return given;
  const again = `keyturn resume ${rotation}`;
  if (isRollingBack(context)) return `see what is true with keyturn status ${rotation}; ${again} tries again`;
  const verdict = context.checkOldKeyUse?.verdict;
  if (verdict === 'unproven') {
    return `where silence is to be enough: ${again}, and at its next wait keyturn proceed ${rotation}; unproven: proceed in the policy file holds for the next rotation; ${back}`;
  }
  if (verdict === 'overdue') {
    return `find who uses it; a longer watchLimit in the policy file holds for the next rotation; ${again} watches again; ${back}`;
  }
  return `mend it, then ${again}; ${back}`;
}
