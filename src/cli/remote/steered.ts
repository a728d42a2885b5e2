// What resume and proceed have in common where Step Functions runs the rotation: whose it is is checked, and what is left to do
// here is done once it has ended there.
import type { RotationRecord } from '../../engine/contract.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { describe } from '../finish.ts';
import type { RotationDocument } from '../rotation-document.ts';
import { mustBeSameAccount } from '../same-account.ts';
import type { Session } from '../session.ts';
import type { Found } from './find-remote.ts';
import { type Followed, printFollowed } from './follow.ts';
import { type Afar, executionOf, settled, withExecution } from './handed-over.ts';

export async function steered(
  session: Session,
  { machine, remote, handed }: Afar,
  steer: (session: Session, found: Found) => Promise<Followed>,
): Promise<number> {
  await mustBeSameAccount(session, handed ?? remote.record);
  const isOver = handed !== null && withExecution(handed, remote).outcome === 'rotated';
  const followed = isOver
    ? { remote, ended: remote.record.outcome, why: '' }
    : await steer(session, { machine, remote });
  return printFollowed(session, handed ? await settled(session, handed, followed) : followed);
}

/** For cron: one that has ended there since, with what was left to do here done. Null where it goes on. */
export async function endedThere(
  session: Session,
  handed: RotationRecord,
): Promise<{ document: RotationDocument; code: number } | null> {
  const found = await executionOf(session, handed);
  const ended = found?.remote.record.outcome;
  if (!found || !ended) return null;
  const { remote } = await settled(session, handed, { remote: found.remote, ended, why: '' });
  const shown = remote.record.outcome ?? ended;
  return { document: await describe(session, remote.record, shown), code: exitCodeOf[shown] };
}
