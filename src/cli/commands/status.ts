// keyturn status: rotations as the record and AWS have them now. Changes nothing.
import type { RotationRecord } from '../../engine/contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe } from '../finish.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { isOpen } from '../pick-rotation.ts';
import { renderRotation } from '../render.ts';
import type { RotationDocument } from '../rotation-document.ts';
import { openSession, type Session, signAsTheUserWill } from '../session.ts';
import { shown } from '../shown.ts';

export async function status(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  const documents: RotationDocument[] = [];
  for (const record of await wanted(session, id)) {
    await signAsTheUserWill(session, record);
    documents.push(await describe(session, record));
  }
  if (flags.json) {
    io.stdout.write(`${JSON.stringify({ rotations: documents }, null, 2)}\n`);
  } else if (documents.length === 0) {
    io.stdout.write(flags.all ? 'no rotations\n' : 'no open rotations\n');
  } else {
    io.stdout.write(`${documents.map((document) => shown(renderRotation(document))).join('\n\n')}\n`);
  }
  return exitCodes.done;
}

async function wanted({ store, flags, progress }: Session, id: string | undefined): Promise<RotationRecord[]> {
  if (id !== undefined) return [await store.load(await store.resolve(id))];
  const { records, unreadable } = await store.list();
  for (const { rotation, error } of unreadable) progress.warn(`${rotation}: ${error.message}; ${error.hint ?? ''}`);
  return records.filter(
    (record) => (flags.all || isOpen(record)) && (!flags.user || record.context.plan.user === flags.user),
  );
}
