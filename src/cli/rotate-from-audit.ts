// keyturn rotate --from-audit: every key that an audit's report calls too old, or soon, one after another by the flags and the
// policy file. Without --yes each is only planned.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { isAccessKeyId, shortKeyId } from '../access-key.ts';
import { UsageError } from '../errors.ts';
import { shown } from '../shown.ts';
import { attempt } from './attempt.ts';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import type { RotationDocument } from './rotation-document.ts';

interface Due {
  user: string;
  key: string;
}

type Document = RotationDocument | { error: { name: string; message: string; hint?: string } };

/** Too old, and soon too old. */
const rules = ['AK-02', 'AK-03'];

/** The exit code is the worst of all. `rotateOne` is the whole command for one key. */
export async function rotateFromAudit(
  { fromAudit = '', ...flags }: Flags,
  io: Io,
  rotateOne: (flags: Flags, io: Io) => Promise<number>,
): Promise<number> {
  if (flags.user !== undefined || flags.key !== undefined) {
    throw new UsageError('--from-audit says whose keys', { hint: 'leave --user and --key' });
  }
  const due = dueIn(await reportIn(fromAudit, io));
  if (due.length > 1 && flags.to !== undefined) {
    throw new UsageError(`--to is one place, and the report has ${due.length} keys`, {
      hint: 'say in keyturn.yaml where the keys of each user go',
    });
  }
  const results: { due: Due; document: Document; code: number }[] = [];
  for (const one of due) {
    if (io.interrupted.aborted) break;
    results.push({ due: one, ...(await attempted(one, flags, io, rotateOne)) });
  }
  const documents = results.map(({ document }) => document);
  if (flags.json) io.stdout.write(`${JSON.stringify({ rotations: documents }, null, 2)}\n`);
  else io.stdout.write(`${shown(lines(results).join('\n'))}\n`);
  if (!flags.yes && !flags.json && results.length > 0) {
    io.stderr.write('nothing was changed; the same with --yes rotates them one after another\n');
  }
  if (io.interrupted.aborted) return exitCodes.interrupted;
  return Math.max(exitCodes.done, ...results.map(({ code }) => code));
}

async function attempted(
  { user, key }: Due,
  flags: Flags,
  io: Io,
  rotateOne: (flags: Flags, io: Io) => Promise<number>,
): Promise<{ document: Document; code: number }> {
  const parts: string[] = [];
  const stdout = new Writable({
    write: (chunk, _, done) => {
      parts.push(String(chunk));
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  const own = { ...flags, user, key, json: true, dryRun: flags.yes !== true || flags.dryRun === true };
  const code = await attempt('rotate', own, silent(io, stdout), (checked) => rotateOne(checked, silent(io, stdout)));
  return { document: JSON.parse(parts.join('')) as Document, code };
}

/** Nothing is asked in the middle of a list. */
function silent({ stdin, stderr, env, cwd, home, clock, interrupted }: Io, stdout: NodeJS.WriteStream): Io {
  return { stdin, stdout, stderr, env, cwd, home, clock, interrupted, terminal: false };
}

function lines(results: readonly { due: Due; document: Document }[]): string[] {
  if (results.length === 0) return ['the report calls no key too old'];
  return results.map(({ due: { user, key }, document }) => {
    const said = 'error' in document ? `refused: ${document.error.message}` : `${document.outcome}: ${document.reason}`;
    return `${user}  ${shortKeyId(key)}  ${said}`;
  });
}

async function reportIn(file: string, io: Io): Promise<unknown> {
  const hint = 'make one with keyturn audit --json --output FILE';
  const named = file === '-' ? 'standard input' : file;
  const written = await (file === '-' ? text(io.stdin) : readFile(resolve(io.cwd, file), 'utf8')).catch((cause) => {
    throw new UsageError(`--from-audit: ${named} cannot be read`, { hint, cause });
  });
  try {
    return JSON.parse(written);
  } catch {
    throw new UsageError(`--from-audit: ${named} is not JSON`, { hint });
  }
}

/** Each key once, in the order of the report. */
function dueIn(report: unknown): Due[] {
  const { findings } = (report ?? {}) as { findings?: unknown };
  const hint = 'make one with keyturn audit --json --output FILE';
  if (!Array.isArray(findings)) throw new UsageError('--from-audit: that is no report of keyturn audit', { hint });
  const due = new Map<string, Due>();
  for (const one of findings as Record<string, unknown>[]) {
    const { rule, status, user, keyId } = one ?? {};
    if (!rules.includes(String(rule)) || status !== 'OPEN' || user === '<root_account>') continue;
    if (typeof user !== 'string' || typeof keyId !== 'string' || !isAccessKeyId(keyId)) {
      throw new UsageError('--from-audit: the report does not say which keys it means', {
        hint: 'make it without --ids never',
      });
    }
    due.set(keyId, { user, key: keyId });
  }
  return [...due.values()];
}
