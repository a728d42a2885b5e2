// The one description of a rotation that every command prints: as JSON, exactly as the manual has it, and the source of
// the text for people. Keys are looked at afresh; where AWS does not answer none are shown, for what was is not what is.
import { keysWithUse } from '../activities/keys.ts';
import { isInGrace, isRollingBack, newKeyOf } from '../activities/record.ts';
import type { Aws } from '../aws/contract.ts';
import type { HistoryEntry, RotationRecord } from '../engine/contract.ts';
import { KeyturnError } from '../errors.ts';
import { readCause } from '../machine/blame.ts';
import type { ConsumerStatus, KeyFacts, RotationContext } from '../machine/context.ts';
import type { ShownOutcome } from './exit-codes.ts';
import { remoteHintOf } from './remote/hints.ts';
import { askedOfItsAccount } from './same-account.ts';

export interface RotationDocument {
  rotation: string | null;
  account: string;
  user: string;
  engine: 'local' | 'stepfunctions';
  execution: string | null;
  outcome: ShownOutcome;
  state: string;
  oldKey: string | null;
  newKey: string | null;
  until: string | null;
  reason: string;
  hint: string | null;
  consumers: { spec: string; state: ConsumerStatus['state']; note?: string }[];
  keys: Omit<KeyFacts, 'lastUsedRegion'>[];
  history: HistoryEntry[];
  /** Only of a dry run: the steps, with the IAM actions that each calls. */
  plan?: { state: string; what: string; calls: string[] }[];
}

/** How a rotation stands. `ended` is what this run came to; without it the record's own outcome. */
export async function describeRotation(
  aws: Aws,
  record: RotationRecord,
  given?: ShownOutcome,
): Promise<{ document: RotationDocument; stale: KeyturnError | null }> {
  const { context } = record;
  const ended = given ?? standing(record);
  const { keys, stale } = await freshKeys(aws, record, given === undefined);
  const reason = seenNow(record, ended, keys) ?? reasonOf(record, ended);
  const hinted =
    ended === 'waiting' ? (reason.hint ?? hintOf(record, ended, null)) : hintOf(record, ended, reason.hint);
  const next = ended === 'stuck' || ended === 'stopped' ? asFarAsItGoes(hinted, record, ended, keys) : hinted;
  return {
    stale,
    document: {
      rotation: record.rotation,
      account: context.plan.account,
      user: context.plan.user,
      engine: record.engine,
      execution: record.execution ?? null,
      outcome: ended,
      state: record.state,
      oldKey: context.plan.oldKey,
      newKey: newKeyOf(context),
      until: ended === 'waiting' ? (record.park?.until ?? null) : null,
      reason: reason.message,
      hint: [next, undoOf(record, ended, keys)].filter((part) => part !== null).join('; ') || null,
      consumers: consumersOf(context),
      keys: keys.map(({ lastUsedRegion: _, ...key }) => key),
      history: record.history,
    },
  };
}

/** What AWS shows of a waiting rotation that the last look did not know. */
function seenNow(
  { rotation, engine, park, context }: RotationRecord,
  ended: ShownOutcome,
  keys: readonly KeyFacts[],
): { message: string; hint: string } | null {
  const old = keys.find((key) => key.id === context.plan.oldKey);
  if (ended !== 'waiting' || old?.status !== 'Active' || park?.state === 'awaitQuiet') return null;
  // In the middle of a step that is what is seen before a deactivation, too.
  if (engine === 'stepfunctions' && !park) return null;
  return {
    message: 'somebody made the old key active again',
    hint:
      engine === 'stepfunctions'
        ? `Step Functions notices at its next look; keyturn rollback ${rotation} goes back altogether`
        : `keyturn resume ${rotation} goes back to watching; keyturn rollback ${rotation} goes back altogether`,
  };
}

/** Where nobody can say that all is well without the old key: that it is inactive, and what brings it back. */
function undoOf({ context, park }: RotationRecord, ended: ShownOutcome, keys: readonly KeyFacts[]): string | null {
  const { deactivateKey, checkHealth, noteMissedLook, plan } = context;
  const isUnsure = ended === 'stuck' || (ended === 'waiting' && park?.state === 'awaitNextLook');
  const isLeaked = [checkHealth?.verdict, noteMissedLook?.verdict].includes('hold');
  const old = keys.find((key) => key.id === plan.oldKey);
  const isGone = keys.length > 0 && !old;
  if (!isUnsure || isLeaked || isGone || old?.status === 'Active') return null;
  return deactivateKey && isInGrace(context)
    ? `the old key is inactive, and this brings it back: ${deactivateKey.undo}`
    : null;
}

/** What can be said of a rotation that nobody is running. */
export function standing(record: RotationRecord): ShownOutcome {
  // Step Functions goes on by itself.
  return record.outcome ?? (record.park || record.engine === 'stepfunctions' ? 'waiting' : 'stopped');
}

/** A run has made sure of the account; who only looks has not yet (S9). */
async function freshKeys(
  aws: Aws,
  record: RotationRecord,
  onlyLooks: boolean,
): Promise<{ keys: KeyFacts[]; stale: KeyturnError | null }> {
  try {
    if (onlyLooks) await askedOfItsAccount(aws, record);
    return { keys: await keysWithUse({ aws }, record.context.plan.user), stale: null };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    return { keys: [], stale: error };
  }
}

export function consumersOf(context: RotationContext): ConsumerStatus[] {
  const latest =
    context.restoreConsumers?.consumers ?? context.deliverKey?.consumers ?? context.preflightConsumers?.consumers;
  return context.plan.consumers.map((spec) => latest?.find((one) => one.spec === spec) ?? { spec, state: 'pending' });
}

function reasonOf(record: RotationRecord, ended: ShownOutcome): { message: string; hint: string | null } {
  const { context, state, park } = record;
  if (record.released)
    return { message: `its claim was released at ${record.released}`, hint: 'nothing goes on with it' };
  const last = record.history.findLast((entry) => entry.event !== 'ended');
  if (ended === 'stuck' && last?.event === 'failed') return readCause(last.detail);
  if (ended === 'waiting' && !park && record.engine === 'stepfunctions') {
    return { message: `Step Functions is at ${state}`, hint: null };
  }
  if (ended === 'waiting') {
    const judged =
      park?.state === 'awaitQuiet'
        ? context.checkOldKeyUse
        : park?.state === 'awaitGrace'
          ? context.checkHealth
          : context.noteMissedLook;
    return { message: judged?.reason ?? 'waiting', hint: null };
  }
  if (ended === 'stopped') return { message: `interrupted at ${state}; nothing is lost`, hint: null };
  if (ended === 'stuck' && last?.state === 'releaseUser' && context.error) return readCause(context.error.Cause);
  if (ended === 'stuck') return { message: verdictReason(context, last), hint: null };
  if (context.error && ended === 'refused') return readCause(context.error.Cause);
  return { message: context.releaseUser?.reason ?? context.inspectKeys?.reason ?? ended, hint: null };
}

/** The word of the activity that ended in *stuck*. */
function verdictReason(context: RotationContext, last: HistoryEntry | undefined): string {
  const output = context[(last?.state ?? '') as keyof RotationContext] as
    | { reason?: string; verdict?: string }
    | undefined;
  if (last?.state.startsWith('reactivate')) return `the old key is active again: ${whyReactivated(context)}`;
  return output?.reason ?? 'a person has to look';
}

/** The newer of the two judgements that reactivate by themselves. */
function whyReactivated({ checkHealth, noteMissedLook }: RotationContext): string {
  const missed = noteMissedLook && (checkHealth === undefined || noteMissedLook.at > checkHealth.at);
  return (missed ? noteMissedLook.reason : checkHealth?.reason) ?? 'the health could not be judged';
}

function hintOf(record: RotationRecord, ended: ShownOutcome, given: string | null): string | null {
  const { rotation, context, park } = record;
  const { plan } = context;
  if (record.engine === 'stepfunctions' && ended !== 'rolledBack') return remoteHintOf(record, ended, given);
  if (ended === 'waiting') {
    const end = park?.state === 'awaitGrace' ? ` --delete-now` : '';
    return `keyturn resume ${rotation} goes on after ${park?.until ?? 'the wait'}; keyturn proceed ${rotation}${end} goes on now; keyturn rollback ${rotation} goes back`;
  }
  if (ended === 'stopped') return `keyturn resume ${rotation} goes on; keyturn rollback ${rotation} goes back`;
  if (ended === 'rolledBack') {
    const newKey = newKeyOf(context);
    if (!newKey || !plan.oldKey || plan.from === 'watch') return null;
    if (context.verifyOldKey?.verdict === 'unkept') {
      return hintWhereNothingWasRestored(context, plan.oldKey, newKey);
    }
    if (context.removeNewKey?.verdict !== 'left') return null;
    return `keyturn retire --user ${plan.user} --key ${newKey} --new-key ${plan.oldKey} removes the new key once it is quiet`;
  }
  if (ended !== 'stuck') return given;
  const verdict = context.checkOldKeyUse?.verdict;
  if (isRollingBack(context)) {
    const next = given
      ? withCommand(given, rotation)
      : `see what is true with keyturn status ${rotation}; keyturn resume ${rotation} tries again`;
    return next.includes('keyturn release') ? next : `${next}${orGivesItUp(rotation)}`;
  }
  if (given) return withCommand(given, rotation);
  if (verdict === 'unproven')
    return `keyturn resume ${rotation} --yes goes on all the same; keyturn rollback ${rotation} goes back`;
  if (verdict === 'overdue')
    return `find who uses it; keyturn resume ${rotation} --watch-limit 60d watches on; keyturn rollback ${rotation} goes back`;
  return `mend it, then keyturn resume ${rotation}; keyturn rollback ${rotation} goes back`;
}

/** An error's own hint knows of no rotation; `the same command` is none that can be found in a status. */
function withCommand(hint: string, rotation: string): string {
  if (hint.includes('keyturn r')) return hint;
  const before = hint.replace(/(?:, |; )?(?:then )?run (?:the same command(?: again)?|keyturn status)$/, '');
  return `${before}${before && '; '}keyturn resume ${rotation} goes on, keyturn rollback ${rotation} goes back`;
}

/** Once the old key is deleted nothing leads back to it, and what is left is to finish. */
function asFarAsItGoes(
  hint: string | null,
  { rotation, context }: RotationRecord,
  ended: ShownOutcome,
  keys: readonly KeyFacts[],
): string | null {
  const { oldKey } = context.plan;
  if (!hint || !oldKey || keys.length === 0 || keys.some(({ id }) => id === oldKey)) return hint;
  const finishes = hint.replace(/(?: goes on)?[,;] keyturn rollback \S+ goes back$/, ' finishes');
  return ended === 'stuck' && finishes !== hint ? `${finishes}${orGivesItUp(rotation)}` : finishes;
}

function orGivesItUp(rotation: string): string {
  return `; where nothing mends it, keyturn release ${rotation} gives it up and changes no key`;
}

/** The key to retire is the one that no place holds: after a delivery that failed that is never the old one. */
function hintWhereNothingWasRestored({ plan, deliverKey }: RotationContext, oldKey: string, newKey: string): string {
  const retire = (key: string, other: string) => `keyturn retire --user ${plan.user} --key ${key} --new-key ${other}`;
  if (deliverKey?.verdict === 'delivered') {
    return `both keys are active, and the places hold ${newKey}; ${retire(oldKey, newKey)} tries again to retire the old one`;
  }
  if (deliverKey?.consumers.some((one) => one.state === 'delivered') === false) {
    return `both keys are active; ${retire(newKey, oldKey)} removes the new key once it is quiet`;
  }
  return `both keys are active, and some places may hold ${newKey}: see which; keyturn retire removes the key that none holds any more`;
}
