// keyturn evidence: rotations as an auditor is handed them, from the record and AWS. Changes nothing but the file asked for.
import { resolve } from 'node:path';
import { stamp } from '../../activities/aws-time.ts';
import { endedAt, notes, proofOf, sealed } from '../../audit/evidence.ts';
import { instant, timeOf } from '../../clock.ts';
import { parseDuration } from '../../duration.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import type { RecordList } from '../../engine/record-store.ts';
import { KeyturnError, UsageError } from '../../errors.ts';
import { replaceFile } from '../../files.ts';
import { version } from '../../version.ts';
import { printError } from '../attempt.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe } from '../finish.ts';
import { orInterrupted } from '../interruption.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { withRemotes } from '../remote/shown-together.ts';
import { openSession, type Session, signAsTheUserWill } from '../session.ts';

export async function evidence(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const format = flags.format ?? 'json';
  if (format !== 'json' && format !== 'html') {
    throw new UsageError(`--format: there is no ${format}`, { hint: 'there are json, html' });
  }
  if (flags.json && format !== 'json') {
    throw new UsageError(`--json and --format ${format} do not go together`, { hint: 'leave one of them out' });
  }
  if ((id === undefined) === (flags.since === undefined)) {
    throw new UsageError(id === undefined ? 'which rotation is not said' : 'an id and --since do not go together', {
      hint: 'name one, keyturn status --all shows them; or all that ended: keyturn evidence --since 90d',
    });
  }
  const session = openSession(id === undefined ? { ...flags, all: true } : flags, io);
  const { document, unreadable } = await (id === undefined ? endedSince(session, flags.since ?? '') : one(session, id));
  const text = format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : await asHtml(document);
  if (flags.output === undefined) io.stdout.write(text);
  else await replaceFile(resolve(io.cwd, flags.output), text, { mode: 0o600 });
  for (const { error } of unreadable) printError(io, { name: error.name, message: error.message, hint: error.hint });
  return unreadable.length > 0 ? exitCodes.usage : exitCodes.done;
}

async function one(session: Session, id: string) {
  const { store } = session;
  const { records, unreadable } = await store.list();
  const isHere = [...records, ...unreadable].some(({ rotation }) => rotation.startsWith(id));
  const here: RecordList = { records: isHere ? [await store.load(await store.resolve(id))] : [], unreadable: [] };
  const [record] = (await withRemotes(session, id, here)).records;
  if (!record) throw new UsageError(`no rotation has the id ${id}`, { hint: 'see keyturn status --all' });
  const told = await toldOf(session, record);
  return { document: sealed({ ...told, ...about(session, [record]) }), unreadable: [] };
}

/** By AWS's clock, as the ends are; by this machine's where AWS does not answer (S11). */
async function endedSince(session: Session, since: string) {
  const { aws, io, store, flags } = session;
  const length = parseDuration(since, { flag: '--since', anyLength: true });
  await orInterrupted(io, aws.caller()).catch((error) => {
    if (!(error instanceof KeyturnError)) throw error;
  });
  const from = instant(timeOf(stamp({ aws, clock: io.clock })) - length * 1000);
  const { records, unreadable } = await withRemotes(session, undefined, await store.list());
  const meant = records.filter(
    (record) => (endedAt(record) ?? '') >= from && (!flags.user || record.context.plan.user === flags.user),
  );
  const rotations = [];
  for (const record of meant) rotations.push(await toldOf(session, record));
  return { document: sealed({ since: from, rotations, ...about(session, meant) }), unreadable };
}

async function toldOf(session: Session, record: RotationRecord) {
  await signAsTheUserWill(session, record);
  return { ...(await orInterrupted(session.io, describe(session, record))), ...proofOf(record) };
}

function about({ aws, io: { clock } }: Session, records: readonly RotationRecord[]) {
  return { generatedAt: stamp({ aws, clock }), keyturn: version, notes: notes(records) };
}

type Document = Awaited<ReturnType<typeof one>>['document'] | Awaited<ReturnType<typeof endedSince>>['document'];

async function asHtml(document: Document): Promise<string> {
  const { evidenceHtml } = await import('../../audit/render/evidence-html.ts');
  return evidenceHtml(document, 'rotations' in document ? document.rotations : [document]);
}
