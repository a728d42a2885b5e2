// A lock between processes that ends with its holder: a file naming a process, which is proved dead before anybody takes
// the lock from it. Two can never take it at once: whoever takes a dead lock first locks that very lock, by its nonce.
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Clock } from './clock.ts';
import { LockedError } from './errors.ts';
import { createFile, readFileIfThere, removeFile, replaceFile } from './files.ts';
import { isDead, type LivingProcess, removeLeftByDead, tagOfThisProcess, thisProcess } from './living-process.ts';

export interface Lock {
  /** Safe to call twice. */
  release(): Promise<void>;
}

interface Holder extends LivingProcess {
  nonce: string;
}

/** How often somebody who waits looks again. */
const lookEvery = 100;

/**
 * Takes the lock, or throws LockedError naming who holds it, after `waitMs` (default: at once). A lock whose holder died
 * on this machine is taken over; one of another machine never is. `what` is what the lock guards, as the error names it.
 */
export async function acquireLock(
  path: string,
  { what, waitMs = 0, clock }: { what: string; waitMs?: number; clock: Clock },
): Promise<Lock> {
  const until = clock.monotonic() + waitMs;
  for (;;) {
    const outcome = await tryLock(path);
    if ('release' in outcome) {
      await removeRemains(path);
      return outcome;
    }
    if (clock.monotonic() >= until) throw refusal(path, what, outcome.heldBy);
    await clock.sleep(lookEvery);
  }
}

/** Whether somebody who may be alive holds it; touches nothing. */
export async function isLocked(path: string): Promise<boolean> {
  const holder = await holderOf(path);
  return holder !== 'gone' && (holder === null || !isDead(holder));
}

async function tryLock(path: string): Promise<Lock | { heldBy: Holder | null }> {
  const us: Holder = { ...thisProcess(), nonce: randomBytes(6).toString('hex') };
  const content = `${JSON.stringify(us)}\n`;
  for (;;) {
    if (await createFile(path, content, tagOfThisProcess())) return heldLock(path, us.nonce);
    const holder = await holderOf(path);
    if (holder === 'gone') continue;
    if (holder === null || !isDead(holder)) return { heldBy: holder };

    // Only the holder of this lock may touch a dead one, and only while it is still the one that was found dead: a slower
    // process would else remove the lock of whoever took it over meanwhile.
    const takeover = await tryLock(`${path}.${holder.nonce}`);
    if (!('release' in takeover)) return takeover;
    try {
      const now = await holderOf(path);
      if (now === null || now === 'gone' || now.nonce !== holder.nonce) continue;
      await replaceFile(path, content);
      return heldLock(path, us.nonce);
    } finally {
      await takeover.release();
    }
  }
}

function heldLock(path: string, nonce: string): Lock {
  let held = true;
  return {
    release: async () => {
      if (!held) return;
      held = false;
      const holder = await holderOf(path);
      if (holder !== null && holder !== 'gone' && holder.nonce === nonce) await removeFile(path);
    },
  };
}

/** Null where the file says nothing that can be understood: then nobody can prove that its holder is dead. */
async function holderOf(path: string): Promise<Holder | 'gone' | null> {
  const content = await readFileIfThere(path);
  if (content === null) return 'gone';
  try {
    const { pid, started, host, nonce } = JSON.parse(content.toString()) as Partial<Holder>;
    if (!Number.isInteger(pid) || typeof host !== 'string' || !/^[0-9a-f]{12}$/.test(nonce ?? '')) return null;
    return { pid: pid as number, started: started ?? null, host, nonce: nonce as string };
  } catch {
    return null;
  }
}

/**
 * What those left who were killed while they tried for this lock. Its holder may remove it: it says nothing any more about
 * a lock that has a new nonce.
 */
async function removeRemains(path: string): Promise<void> {
  const folder = dirname(path);
  const name = basename(path);
  await removeLeftByDead(folder, `.${name}.`);
  for (const other of await readdir(folder)) {
    if (!other.startsWith(`${name}.`)) continue;
    const holder = await holderOf(join(folder, other));
    if (holder !== null && holder !== 'gone' && isDead(holder)) await removeFile(join(folder, other));
  }
}

function refusal(path: string, what: string, holder: Holder | null): LockedError {
  if (holder === null) {
    return new LockedError(`${what} is locked, and the lock does not say by whom`, {
      hint: `if no other keyturn is running, remove ${path}`,
    });
  }
  if (holder.host !== hostname()) {
    return new LockedError(`${what} is locked by process ${holder.pid} on ${holder.host}`, {
      hint: `look there; if that process is gone, remove ${path}`,
    });
  }
  return new LockedError(`${what} is locked by process ${holder.pid}`, {
    hint: `wait until it ends, or stop it; if it is no keyturn, remove ${path}`,
  });
}
