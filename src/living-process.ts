// Tells whether a process that left a mark is dead: by its pid and start, on this machine alone. Of what carries the mark of
// a dead process in its name, nobody has any use any more.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { removeFile } from './files.ts';

export interface LivingProcess {
  pid: number;
  /** What tells this process from a later one with its pid; null where the system does not say. */
  started: string | null;
  host: string;
}

export function thisProcess(): LivingProcess {
  return { pid: process.pid, started: startOf(process.pid)?.mark ?? null, host: hostname() };
}

/** False where nobody here can know. */
export function isDead(one: LivingProcess): boolean {
  if (one.host !== hostname()) return false;
  try {
    process.kill(one.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const now = startOf(one.pid);
  if (now === null || one.started === null) return false;
  return now.ended || now.mark !== one.started;
}

/** When a process started, in ticks of a certain boot; `ended` where only its parent has not noticed yet (proc(5)). */
function startOf(pid: number): { mark: string; ended: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { mark: `${boot}/${fields[19]}`, ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return null;
  }
}

/** For names of files that this process alone uses, another one each time: of a process that was killed a file may be empty. */
export function tagOfThisProcess(): string {
  return `${randomBytes(6).toString('hex')}-${process.pid}-${shortened(hostname())}`;
}

/**
 * Removes what processes that are dead left in the folder under names that begin so and end in their tags. What cannot be
 * removed stays: it is in nobody's way.
 */
export async function removeLeftByDead(folder: string, beginning = ''): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid, host] = /\.[0-9a-f]{12}-(\d+)-([0-9a-f]{12})(?:\.keyturn-tmp)?$/.exec(name) ?? [];
    if (!pid || host !== shortened(hostname()) || !name.startsWith(beginning)) continue;
    if (isDead({ pid: Number(pid), started: null, host: hostname() }))
      await removeFile(join(folder, name)).catch(() => {});
  }
}

function shortened(host: string): string {
  return createHash('sha256').update(host).digest('hex').slice(0, 12);
}
