// Where the local engine keeps its rotations: one file each, its signal beside it, a lock per user. A record that cannot
// be understood is reported and left alone: it may be the only trace of a key that exists in AWS.
import { watch } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Clock, timeOf } from '../clock.ts';
import { FileError, KeyturnError, RecordError, RefusedError, UsageError } from '../errors.ts';
import { createFile, ensurePrivateFolder, fileError, readFileIfThere, replaceFile } from '../files.ts';
import { removeLeftByDead, tagOfThisProcess } from '../living-process.ts';
import { acquireLock, isLocked, type Lock } from '../lock.ts';
import { contextSchema } from '../machine/context.ts';
import { type RotationRecord, recordSchema, type SignalMessage } from './contract.ts';

export interface RecordList {
  /** Oldest first. */
  records: RotationRecord[];
  /** Those that cannot be understood: damaged, or written by a newer keyturn. */
  unreadable: { rotation: string; error: RecordError }[];
}

export interface RecordStore {
  /** Durable when it resolves. Throws RecordError where what is there cannot be understood, FileError where it cannot write. */
  save(record: RotationRecord): Promise<void>;
  /** Throws UsageError where there is none, RecordError where it cannot be understood. */
  load(rotation: string): Promise<RotationRecord>;
  list(): Promise<RecordList>;
  /** The rotation of that id, or of the only id that begins so. Throws UsageError that lists the ids in question. */
  resolve(idOrPrefix: string): Promise<string>;
  /** Throws LockedError where another process works on that user. Names that differ only in case are one user, as in IAM. */
  lockUser(account: string, user: string): Promise<Lock>;
  /** Removes the lock of a process that died with it, and what it left of it. */
  removeDeadLock(account: string, user: string): Promise<void>;
  /** Whether a process works on that user now; touches nothing. */
  isLocked(account: string, user: string): Promise<boolean>;
  /** Throws RefusedError while an earlier signal waits to be taken. */
  signal(rotation: string, message: SignalMessage): Promise<void>;
  /**
   * Removes and returns the signal; of several takers one gets it. Who records what `peekSignal` shows before taking it
   * loses nothing in a crash.
   */
  takeSignal(rotation: string): Promise<SignalMessage | null>;
  peekSignal(rotation: string): Promise<SignalMessage | null>;
  /** Calls back soon after a signal was given; where the system cannot watch files, not at all. */
  watchSignal(rotation: string, arrived: () => void): { close(): void };
}

/** Nothing is made on disk before the first write. */
export function createRecordStore(stateDir: string, clock: Clock): RecordStore {
  const rotations = join(stateDir, 'rotations');
  const locks = join(stateDir, 'locks');
  const recordPath = (rotation: string) => join(rotations, `${checkedId(rotation)}.json`);
  const signalPath = (rotation: string) => join(rotations, `${checkedId(rotation)}.signal`);
  const lockPath = (account: string, user: string) => join(locks, `${fileSafe(account)}-${fileSafe(user)}.lock`);

  const prepare = async (folder: string) => {
    await ensurePrivateFolder(stateDir);
    await ensurePrivateFolder(folder);
  };

  const read = async (rotation: string): Promise<RotationRecord | null> => {
    const path = recordPath(rotation);
    const content = await readFileIfThere(path);
    return content && parseRecord(content, rotation, path);
  };

  const ids = async (): Promise<string[]> => {
    const names = await namesIn(rotations);
    return names.filter((name) => /^[^.].*\.json$/.test(name)).map((name) => name.slice(0, -'.json'.length));
  };

  const lockUser: RecordStore['lockUser'] = async (account, user) => {
    try {
      await prepare(locks);
      const lock = await acquireLock(lockPath(account, user), { what: `user ${user} of account ${account}`, clock });
      await removeLeftByDead(rotations);
      return lock;
    } catch (error) {
      if (!(error instanceof FileError || error instanceof UsageError)) throw error;
      // Who cannot even lock has not begun; a full disk deserves to hear that.
      throw new UsageError(error.message, { hint: `nothing was changed in AWS; ${error.hint}`, cause: error });
    }
  };

  return {
    save: async (record) => {
      await prepare(rotations);
      const path = recordPath(record.rotation);
      const text = `${JSON.stringify(record, null, 2)}\n`;
      // Of a first record nobody would know the name again.
      const isFirst = (await read(record.rotation)) === null;
      if (isFirst && (await createFile(path, text, tagOfThisProcess()))) return;
      await replaceFile(path, text, { mode: 0o600 });
    },

    load: async (rotation) => {
      const record = await read(rotation);
      if (!record) throw noRotation(rotation, await ids());
      return record;
    },

    list: async () => {
      const list: RecordList = { records: [], unreadable: [] };
      for (const rotation of await ids()) {
        try {
          const record = await read(rotation);
          if (record) list.records.push(record);
        } catch (error) {
          list.unreadable.push({ rotation, error: asRecordError(error) });
        }
      }
      // Those of the same moment stay in the order of their ids.
      list.records.sort((a, b) => timeOf(a.createdAt) - timeOf(b.createdAt));
      return list;
    },

    resolve: async (idOrPrefix) => {
      const all = await ids();
      const matching = all.filter((id) => id.startsWith(idOrPrefix));
      if (all.includes(idOrPrefix)) return idOrPrefix;
      const [only, another] = matching;
      if (idOrPrefix === '' || only === undefined) throw noRotation(idOrPrefix, all);
      if (another === undefined) return only;
      throw new UsageError(`${matching.length} rotations begin with ${idOrPrefix}`, {
        hint: `which one: ${matching.join(', ')}`,
      });
    },

    lockUser,

    removeDeadLock: async (account, user) => {
      try {
        await (await lockUser(account, user)).release();
      } catch (error) {
        // A living process holds it, or it cannot be had: then it is nobody's here to remove.
        if (!(error instanceof KeyturnError)) throw error;
      }
    },

    isLocked: (account, user) => isLocked(lockPath(account, user)),

    signal: async (rotation, message) => {
      await prepare(rotations);
      const path = signalPath(rotation);
      if (await createFile(path, `${JSON.stringify(message)}\n`, tagOfThisProcess())) return;
      const waiting = parseSignal(await readFileIfThere(path), rotation);
      throw new RefusedError(
        `rotation ${rotation} was given ${waiting ? `the signal ${waiting.signal}` : 'a signal'} already`,
        {
          hint: `it is taken when the running step ends: keyturn status ${rotation}`,
        },
      );
    },

    takeSignal: async (rotation) => {
      const path = signalPath(rotation);
      const taken = `${path}.${tagOfThisProcess()}`;
      try {
        await rename(path, taken);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw fileError(error, path);
      }
      const content = await readFileIfThere(taken);
      await rm(taken);
      return parseSignal(content, rotation);
    },

    peekSignal: async (rotation) => parseSignal(await readFileIfThere(signalPath(rotation)), rotation),

    watchSignal: (rotation, arrived) => {
      const name = basename(signalPath(rotation));
      try {
        const watcher = watch(rotations, { persistent: false }, (_, file) => {
          if (file === name) arrived();
        });
        return watcher.on('error', () => watcher.close());
      } catch {
        return { close: () => {} };
      }
    },
  };
}

function parseRecord(content: Buffer, rotation: string, path: string): RotationRecord {
  const record = parsed(content);
  if (
    isNewer(member(record, 'schema'), recordSchema) ||
    isNewer(member(member(record, 'context'), 'schema'), contextSchema)
  ) {
    throw new RecordError(`the record of rotation ${rotation} was written by a newer keyturn`, {
      hint: `update keyturn; the record is untouched: ${path}`,
    });
  }
  if (!isRecord(record) || record.rotation !== rotation) {
    throw new RecordError(`the record of rotation ${rotation} is damaged`, {
      hint: `put back a copy of ${path}; it is untouched, and so is every key`,
    });
  }
  return record;
}

function isRecord(value: unknown): value is RotationRecord {
  const record = value as Partial<RotationRecord> | null;
  const context = record?.context;
  return (
    record?.schema === recordSchema &&
    context?.schema === contextSchema &&
    context.rotation === record.rotation &&
    typeof context.plan?.account === 'string' &&
    typeof context.plan.user === 'string' &&
    Array.isArray(context.interruptions) &&
    typeof record.state === 'string' &&
    typeof record.createdAt === 'string' &&
    typeof record.running === 'boolean' &&
    typeof record.parks === 'number' &&
    typeof record.answered === 'number' &&
    Array.isArray(record.history)
  );
}

function parseSignal(content: Buffer | null, rotation: string): SignalMessage | null {
  if (content === null) return null;
  const message = parsed(content);
  const known: readonly unknown[] = ['elapsed', 'proceed', 'reactivate', 'rollBack'];
  if (!known.includes(member(message, 'signal')) || typeof member(message, 'at') !== 'string') {
    throw new RecordError(`the signal for rotation ${rotation} is damaged`, { hint: 'give it again' });
  }
  return message as SignalMessage;
}

/** Undefined where it is no JSON, without the parser's own error, which quotes what it read. */
function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function isNewer(schema: unknown, ours: number): boolean {
  return typeof schema === 'number' && schema > ours;
}

function asRecordError(error: unknown): RecordError {
  if (error instanceof RecordError) return error;
  if (!(error instanceof KeyturnError)) throw error;
  return new RecordError(error.message, { hint: error.hint, cause: error });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileError(error, folder, 'read');
  }
}

function noRotation(id: string, all: string[]): UsageError {
  const hint = all.length === 0 ? 'there are no rotations here; see --state-dir' : `there are: ${all.join(', ')}`;
  return new UsageError(`no rotation has the id ${id}`, { hint });
}

function checkedId(rotation: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(rotation)) return rotation;
  throw new UsageError(`no rotation can have the id ${rotation}`, { hint: 'see keyturn status --all' });
}

/** In lower case: IAM knows no two users whose names differ in case alone, and some disks no two such files. */
function fileSafe(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9+=,.@_-]/gu, (char) => encodeURIComponent(char));
}
