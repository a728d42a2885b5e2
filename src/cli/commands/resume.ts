// keyturn resume: goes on where a rotation stopped, always by a new run that looks at AWS afresh. With --all every rotation
// that is due, for cron.
import { stamp } from '../../activities/aws-time.ts';
import { isRollingBack } from '../../activities/record.ts';
import { parseDuration } from '../../duration.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import { KeyturnError, LockedError, UsageError } from '../../errors.ts';
import type { Override } from '../../machine/context.ts';
import { shown } from '../../shown.ts';
import { printError } from '../attempt.ts';
import { exitCodeOfError, exitCodes } from '../exit-codes.ts';
import { describe, finish, outcomeOf } from '../finish.ts';
import { orInterrupted } from '../interruption.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { isOpen, mustBeOpen, pickRotation, removeLockOfEnded } from '../pick-rotation.ts';
import { resumeRemotely } from '../remote/steer.ts';
import { endedThere, steered } from '../remote/steered.ts';
import { isHanded, remotely } from '../remote/which.ts';
import { renderRotation } from '../render.ts';
import type { RotationDocument } from '../rotation-document.ts';
import { mustBeSameAccount } from '../same-account.ts';
import { openSession, runRotation, type Session, signAsTheUserWill } from '../session.ts';
import { countsAsDelivered, isVouched, placesUnread, refuseToPrintPair } from '../unread-places.ts';

export async function resume(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const watchLimit = flags.watchLimit === undefined ? null : parseDuration(flags.watchLimit, { flag: '--watch-limit' });
  if (flags.all && id !== undefined)
    throw new UsageError('an id and --all do not go together', { hint: 'name one, or all' });
  const session = openSession(flags, io);
  if (flags.all) return resumeAll(session, watchLimit);
  const afar = await remotely(session, id);
  if (afar) return steered(session, afar, resumeRemotely);

  const record = await pickRotation(session, id);
  await removeLockOfEnded(session, record);
  mustBeOpen(record);
  return withLock(session, record, async (fresh) =>
    finish(session, fresh, () => runRotation(session, decided(session, fresh, watchLimit))),
  );
}

/** Takes the user's lock, reads the record again under it, and makes sure of the account. */
export async function withLock<T>(
  session: Session,
  record: RotationRecord,
  work: (fresh: RotationRecord) => Promise<T>,
): Promise<T> {
  const { store } = session;
  const { account, user } = record.context.plan;
  const lock = await store.lockUser(account, user);
  try {
    const fresh = await store.load(record.rotation);
    mustBeOpen(fresh);
    await signAsTheUserWill(session, fresh);
    if (fresh.context.deliverKey === undefined && !isRollingBack(fresh.context)) {
      refuseToPrintPair(session.flags, fresh.context.plan.consumers);
    }
    await mustBeSameAccount(session, fresh);
    return await work(fresh);
  } finally {
    await lock.release();
  }
}

/** What a person decides at this moment is kept as an exception to the frozen plan. */
function decided({ aws, flags, io }: Session, record: RotationRecord, watchLimit: number | null): RotationRecord {
  const { plan } = record.context;
  const at = stamp({ aws, clock: io.clock });
  const made: Override[] = [];
  if (flags.yes && plan.unproven === 'ask')
    made.push({ at, what: 'unproven', why: 'resume --yes: go on also where silence proves nothing' });
  const unread = flags.yes && !isVouched(plan) ? placesUnread(plan.consumers) : [];
  if (unread.length > 0) made.push({ at, what: 'unreadable', why: `resume --yes: ${countsAsDelivered(unread)}` });
  if (watchLimit !== null) made.push({ at, what: 'watchLimit', why: `resume --watch-limit ${flags.watchLimit}` });
  if (made.length === 0) return record;
  const changed = {
    ...plan,
    unproven: flags.yes ? ('proceed' as const) : plan.unproven,
    watchLimit: watchLimit ?? plan.watchLimit,
    overrides: [...plan.overrides, ...made],
  };
  const history = made.map(({ what, why }) => ({
    at,
    state: record.state,
    event: 'override' as const,
    detail: `${what}: ${why}`,
  }));
  return { ...record, context: { ...record.context, plan: changed }, history: [...record.history, ...history] };
}

async function resumeAll(session: Session, watchLimit: number | null): Promise<number> {
  const { store, io, flags, progress } = session;
  const { records, unreadable } = await store.list();
  for (const { rotation, error } of unreadable) progress.warn(`${rotation}: ${error.message}; ${error.hint ?? ''}`);
  const open = records.filter((record) => isOpen(record) && record.outcome === null);
  const now = open.length > 0 ? await timeNow(session) : '';

  const results = [];
  for (const record of open.filter((one) => isHanded(one) || one.park === null || one.park.until <= now)) {
    if (io.interrupted.aborted) break;
    const result = await resumed(session, record, watchLimit);
    if (result) results.push(result);
  }
  const documents = results.map((one) => one.document);
  if (flags.json) io.stdout.write(`${JSON.stringify({ rotations: documents }, null, 2)}\n`);
  else if (documents.length > 0)
    io.stdout.write(`${documents.map((one) => shown(renderRotation(one))).join('\n\n')}\n`);
  else if (!flags.quiet) io.stdout.write('no rotation is due\n');

  const broken = unreadable.length > 0 ? exitCodes.usage : exitCodes.done;
  const code = io.interrupted.aborted ? exitCodes.interrupted : Math.max(broken, ...results.map((one) => one.code));
  if (code !== exitCodes.done) printError(io, { name: '', ...whatWentWrong(documents, unreadable, code) });
  return code;
}

/** By AWS's clock, which the deadlines are made of; by this machine's where AWS does not answer (S11). */
async function timeNow({ aws, io }: Session): Promise<string> {
  await orInterrupted(io, aws.caller()).catch((error) => {
    if (!(error instanceof KeyturnError)) throw error;
  });
  return stamp({ aws, clock: io.clock });
}

function whatWentWrong(documents: RotationDocument[], unreadable: { rotation: string }[], code: number) {
  if (code === exitCodes.interrupted) return { message: 'interrupted', hint: 'keyturn resume --all goes on' };
  const bad = documents.filter(({ outcome }) => !['waiting', 'rotated', 'nothingToDo'].includes(outcome));
  const names = [
    ...bad.map(({ rotation, outcome }) => `${rotation} (${outcome})`),
    ...unreadable.map(({ rotation }) => `${rotation} (unreadable)`),
  ];
  return { message: `not every rotation went on: ${names.join(', ')}`, hint: 'see each with keyturn status ID' };
}

/** One rotation that cannot go on does not keep the others from going on; null where another process works on it. */
async function resumed(session: Session, record: RotationRecord, watchLimit: number | null) {
  try {
    if (isHanded(record)) return await endedThere(session, record);
    return await withLock(session, record, (fresh) =>
      outcomeOf(session, fresh, () => runRotation(session, decided(session, fresh, watchLimit))),
    );
  } catch (error) {
    if (error instanceof LockedError) return null;
    if (!(error instanceof KeyturnError)) throw error;
    session.progress.warn(`${record.rotation}: ${error.message}${error.hint ? `; ${error.hint}` : ''}`);
    const document = await describe(session, record);
    const hint = error.hint ?? document.hint;
    return { document: { ...document, reason: error.message, hint }, code: exitCodeOfError(error.name, true) };
  }
}
