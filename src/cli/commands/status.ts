// keyturn status: rotations as the record, Step Functions and AWS have them now. Changes nothing there.
import type { RotationRecord } from '../../engine/contract.ts';
import type { RecordList } from '../../engine/record-store.ts';
import { shown } from '../../shown.ts';
import { printError } from '../attempt.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe } from '../finish.ts';
import { orInterrupted } from '../interruption.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { isOpen } from '../pick-rotation.ts';
import { withRemotes } from '../remote/shown-together.ts';
import { renderRotation } from '../render.ts';
import { type RotationDocument, standing } from '../rotation-document.ts';
import { openSession, type Session, signAsTheUserWill } from '../session.ts';

export async function status(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  const { records, unreadable } = await withRemotes(session, id, await wanted(session, id));
  const documents: RotationDocument[] = [];
  for (const record of records) {
    await signAsTheUserWill(session, record);
    documents.push(await orInterrupted(io, asItStands(session, record)));
  }
  if (flags.json) {
    io.stdout.write(`${JSON.stringify({ rotations: documents }, null, 2)}\n`);
  } else if (documents.length === 0) {
    io.stdout.write(`no ${flags.all ? '' : 'open '}rotations${unreadable.length > 0 ? ' that can be read' : ''}\n`);
  } else {
    io.stdout.write(`${documents.map((document) => shown(renderRotation(document))).join('\n\n')}\n`);
  }
  for (const { error } of unreadable) printError(io, { name: error.name, message: error.message, hint: error.hint });
  return unreadable.length > 0 ? exitCodes.usage : exitCodes.done;
}

/** A rotation between two waits was interrupted, unless a process is at work on it this moment. */
async function asItStands(session: Session, record: RotationRecord): Promise<RotationDocument> {
  const { rotation, state, context } = record;
  const { account, user } = context.plan;
  if (
    record.engine === 'stepfunctions' ||
    standing(record) !== 'stopped' ||
    !(await session.store.isLocked(account, user))
  )
    return describe(session, record);
  return {
    ...(await describe(session, record, 'waiting')),
    reason: `another process is at ${state}`,
    hint: `it goes on by itself; keyturn rollback ${rotation} sends it back`,
  };
}

/** With an id that is none of this machine's, none: it may be one that Step Functions has. */
async function wanted({ store, flags }: Session, id: string | undefined): Promise<RecordList> {
  const { records, unreadable } = await store.list();
  if (id !== undefined) {
    const isHere = [...records, ...unreadable].some(({ rotation }) => rotation.startsWith(id));
    return { records: isHere ? [await store.load(await store.resolve(id))] : [], unreadable: [] };
  }
  const ofUser = (record: RotationRecord) => !flags.user || record.context.plan.user === flags.user;
  return { records: records.filter((record) => (flags.all || isOpen(record)) && ofUser(record)), unreadable };
}
