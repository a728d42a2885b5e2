// Names every change that the process makes to a file, by what it does, to what, and how often it did that before; kills
// the process with SIGKILL at the one that is asked for; and tells of every file that appears under its name.
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, resolve } from 'node:path';
import type { Order } from './messages.ts';

export interface FileWatch {
  begin(order: Pick<Order, 'roles' | 'dieAt' | 'record'>): void;
}

interface Listener {
  /** Is about to happen. */
  about(name: string): void;
  /** Resolves when the process may go on. */
  placed(role: string): Promise<void>;
}

export function watchFiles({ about, placed }: Listener): FileWatch {
  const real = { ...fs };
  const counts = new Map<string, number>();
  let { roles, dieAt, record }: Pick<Order, 'roles' | 'dieAt' | 'record'> = { roles: [], dieAt: null, record: false };

  const roleOf = (path: string): string | null => {
    const whole = resolve(path);
    const [, target] = /^\.(.*)\.keyturn-tmp$/.exec(basename(whole)) ?? [];
    const name = target ?? basename(whole);
    const [folder, role] = roles.find(([known]) => whole === known || whole.startsWith(`${known}/`)) ?? [];
    if (role === undefined || whole === folder) return role ?? null;
    if (name.includes('.signal')) return 'signal';
    const [, part] = /-(new|old)\.json$/.exec(name) ?? /[.-](lock)(?:\.|$)/.exec(name) ?? [];
    return part === undefined || part === role ? role : `${role}-${part}`;
  };
  const die = (): Promise<never> => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  };

  /** Runs the change, unless the process dies of it. `half` does it in part. */
  const change = async <T>(what: string, path: string, work: () => Promise<T>, half?: () => Promise<unknown>) => {
    const role = roleOf(path);
    if (role === null) return work();
    const kind = `${what}-${role}`;
    const nth = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, nth);
    const moments = half ? ['before', 'half'] : ['before'];
    if (record) for (const moment of moments) about(`${kind}-${nth}-${moment}`);
    if (dieAt === `${kind}-${nth}-before`) return die();
    if (half && dieAt === `${kind}-${nth}-half`) {
      await half();
      return die();
    }
    const result = await work();
    if (what === 'rename' || what === 'link') await placed(role);
    return result;
  };

  const watched = (file: FileHandle, path: string, isFolder: boolean): FileHandle => {
    const [write, sync, chmod] = [file.writeFile, file.sync, file.chmod].map((one) => one.bind(file)) as [
      FileHandle['writeFile'],
      FileHandle['sync'],
      FileHandle['chmod'],
    ];
    return Object.assign(file, {
      writeFile: (data: string | Uint8Array) =>
        change(
          'write',
          path,
          () => write(data),
          () => write(Buffer.from(data).subarray(0, Buffer.byteLength(data) / 2)),
        ),
      sync: () => change(isFolder ? 'syncFolder' : 'sync', path, sync),
      chmod: (mode: number) => change('chmod', path, () => chmod(mode)),
    });
  };

  Object.assign(fs, {
    open: async (path: string, flags?: string, mode?: number) => {
      if (flags === undefined || flags === 'r') return watched(await real.open(path, flags, mode), path, true);
      return watched(await change('open', path, () => real.open(path, flags, mode)), path, false);
    },
    rename: (from: string, to: string) => change('rename', to, () => real.rename(from, to)),
    link: (from: string, to: string) => change('link', to, () => real.link(from, to)),
    rm: (path: string, options?: object) => change('rm', path, () => real.rm(path, options)),
    mkdir: (path: string, options?: object) => change('mkdir', path, () => real.mkdir(path, options)),
  });
  syncBuiltinESMExports();

  return {
    begin: (order) => {
      ({ roles, dieAt, record } = order);
      counts.clear();
    },
  };
}
