// At a watch that hears the old key: who uses it, since every place has the new one.
import { whoUses } from '../audit/who.ts';
import type { RotationRecord } from '../engine/contract.ts';
import { KeyturnError } from '../errors.ts';
import { isRegion, regionsMeant } from './regions-meant.ts';
import type { Session } from './session.ts';
import { whoWords } from './who-words.ts';

/** Whether the last look saw a use of the old key within the watch. */
export function isHeard({ context }: RotationRecord): boolean {
  const use = context.checkOldKeyUse;
  return use?.verdict === 'busy' && use.lastUsedAt !== null && use.lastUsedAt > use.watchedFrom;
}

/** Where nothing can be found out, a warning says why; the watch is none the worse for it. */
export async function tellUsers({ io, aws, progress }: Session, { context }: RotationRecord): Promise<void> {
  const { plan, checkOldKeyUse: use } = context;
  if (!plan.oldKey || !use) return;
  try {
    const { regions: usual } = await regionsMeant(undefined, aws);
    const used = use.lastUsedRegion ?? '';
    const regions = [...new Set([...usual, ...(isRegion(used) ? [used] : [])])];
    const found = await whoUses(
      { aws, signal: io.interrupted, onProgress: (text) => progress.say(`  ${text}`) },
      { key: plan.oldKey, since: use.watchedFrom, regions, everywhere: false },
    );
    progress.block(whoWords(found, use.watchedFrom));
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    progress.warn(error.hint ? `${error.message}; ${error.hint}` : error.message);
  }
}
