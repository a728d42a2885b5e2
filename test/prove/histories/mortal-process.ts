// keyturn as a process that can die at any call, inside this process: from its end on no file is touched, no request is
// sent and no time passes for it, so that what is left of it never goes on.
import { AsyncLocalStorage } from 'node:async_hooks';
import fs, { type FileHandle } from 'node:fs/promises';
import { Agent } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { Clock } from '../../../src/clock.ts';

export interface MortalProcess {
  readonly clock: Clock;
  /** Dies here and now; resolves never. */
  die(): Promise<never>;
  /** What `work` comes to, or `killed` where the process died before. */
  run<T>(work: () => Promise<T>): Promise<T | 'killed'>;
}

interface Life {
  alive: boolean;
  /** Asked before each change of a file. */
  file(call: string): void;
  renamed(path: string): void;
  die(): Promise<never>;
  handles: Set<FileHandle>;
}

const current = new AsyncLocalStorage<Life>();
const never = new Promise<never>(() => {});

/** `diesBeforeFile` counts the writes, syncs, renames and removals of files; `renamed` hears of each that was done. */
export function mortalProcess(
  clock: Clock,
  { diesBeforeFile, renamed }: { diesBeforeFile?: number | undefined; renamed(path: string): void },
): MortalProcess {
  let end = () => {};
  const ended = new Promise<'killed'>((resolve) => {
    end = () => resolve('killed');
  });
  let files = 0;
  const life: Life = {
    alive: true,
    handles: new Set(),
    renamed,
    file: () => {
      files += 1;
      if (files === diesBeforeFile) life.die();
    },
    die: () => {
      life.alive = false;
      for (const handle of life.handles) void closeHandle(handle);
      end();
      return never;
    },
  };

  return {
    die: life.die,
    clock: {
      ...clock,
      sleep: async (ms, signal) => {
        if (!life.alive) await never;
        await clock.sleep(ms, signal);
        if (!life.alive) await never;
      },
    },
    run: (work) => current.run(life, () => Promise.race([work(), ended])),
  };
}

const closers = new WeakMap<FileHandle, () => Promise<void>>();

function closeHandle(handle: FileHandle): Promise<void> | undefined {
  return closers
    .get(handle)?.()
    .catch(() => {});
}

const real = { ...fs };

/** Whatever runs outside of a mortal process is not concerned. */
async function asked(call: string): Promise<void> {
  const life = current.getStore();
  if (!life) return;
  if (life.alive) life.file(call);
  if (!life.alive) await never;
}

function mortalHandle(handle: FileHandle, life: Life): FileHandle {
  const { writeFile, sync, close } = handle;
  life.handles.add(handle);
  closers.set(handle, () => close.call(handle));
  return Object.assign(handle, {
    writeFile: async (...given: Parameters<FileHandle['writeFile']>) => {
      await asked('write');
      await writeFile.apply(handle, given);
    },
    sync: async () => {
      await asked('sync');
      await sync.call(handle);
    },
    close: async () => {
      if (!life.alive) await never;
      life.handles.delete(handle);
      await close.call(handle);
    },
  });
}

Object.assign(fs, {
  open: async (...given: Parameters<typeof fs.open>) => {
    const life = current.getStore();
    if (given[1] !== 'r') await asked('open');
    if (life && !life.alive) await never;
    const handle = await real.open(...given);
    return life ? mortalHandle(handle, life) : handle;
  },
  ...Object.fromEntries(
    (['rename', 'link', 'rm', 'mkdir'] as const).map((name) => [
      name,
      async (...given: [string, string]) => {
        await asked(name);
        const done = await real[name](...given);
        if (name === 'rename') current.getStore()?.renamed(given[1]);
        return done;
      },
    ]),
  ),
});
syncBuiltinESMExports();

/** A request of the dead never gets a connection. */
const prototype = Agent.prototype as unknown as { addRequest(...given: unknown[]): void };
const { addRequest } = prototype;
prototype.addRequest = function (...given) {
  if (current.getStore()?.alive === false) return;
  addRequest.apply(this, given);
};
