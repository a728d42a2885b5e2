// The consumer `exec:COMMAND`: a command of the user's own is told what to do by one JSON document on its standard input.
// No shell, no argument and no environment carries a secret, and nothing that it prints is shown before it was searched.
import { basename } from 'node:path';
import type { KeyPair } from '../access-key.ts';
import { type Output, pinCommand, runWithInput } from '../child-process.ts';
import { splitCommand } from '../command-line.ts';
import { ConsumerError } from '../errors.ts';
import { ranOut, withTimeLimit } from '../time-limit.ts';
import type { Consumer, ConsumerDeps, ConsumerKind, Replacement } from './contract.ts';
import { mustHold } from './held-key.ts';
import { mayGiveAway } from './secret-search.ts';

const timeLimit = 60_000;
const outputLimit = 64 * 1024;

type Action = 'preflight' | 'write' | 'readBack' | 'restore';

export const exec: ConsumerKind = {
  kind: 'exec',
  usage: 'exec:COMMAND  a command that is told what to do as JSON on its standard input; no shell',
  resolve: (place, { cwd, env }) =>
    pinCommand(place, { what: 'exec place', example: 'exec:./deliver-key.sh', cwd, env }),
  open: openCommand,
  // What a command keeps can only be known by running it, and nobody asked for that.
  find: async () => [],
};

function openCommand(place: string, replacement: Replacement, { clock, env }: ConsumerDeps): Consumer {
  const [program = '', ...args] = splitCommand(place);
  const name = basename(program);
  const readable = replacement.readable !== false;

  const tell = async (action: Action, pair?: KeyPair): Promise<string> => {
    const input = `${JSON.stringify(documentFor(action, replacement, pair))}\n`;
    const output = await withTimeLimit(
      (until) => runWithInput(program, args, { env, until, input, limit: outputLimit }),
      { clock, limit: timeLimit },
    );
    if (output === ranOut) throw failure(action, `${name} did not end within 60 seconds`);
    const wrong = whatWentWrong(output, pair);
    if (wrong !== null) throw failure(action, `${name} ${wrong}`);
    return output.stdout;
  };

  const held = async (pair?: KeyPair): Promise<string | null | undefined> => {
    if (!readable) return undefined;
    const said = await tell('readBack', pair);
    const answer = parsed(said);
    if (answer === undefined) throw failure('readBack', `${name} answers something else than {"holds":"AKIA…"}`);
    const { holds } = answer ?? {};
    if (holds === undefined) return undefined;
    if (holds !== null && typeof holds !== 'string') throw failure('readBack', `${name} names no key id in "holds"`);
    return holds || null;
  };

  return {
    spec: `exec:${place}`,
    readable,

    preflight: async ({ oldKey }) => {
      const answer = parsed(await tell('preflight'));
      if (answer?.readable === false) {
        const note = `${name} says that it cannot be read back`;
        return { holds: null, pair: null, notes: [note], readable: false };
      }
      const holds = await held();
      if (holds) mustHold(`${name} says that it holds`, holds, oldKey, 'name the place that holds the key to replace');
      const notes = holds === undefined ? [`${name} does not say which key it holds now`] : [];
      return { holds: holds ?? null, pair: null, notes };
    },

    // Where it holds the new id already it is told again: it may have been cut off between the id and the secret.
    write: async (pair, expected) => {
      const holds = await held(pair);
      if (holds && holds !== pair.accessKeyId) mustHold(`${name} says that it holds`, holds, expected);
      await tell('write', pair);
    },

    readBack: held,

    restore: async (pair, expected) => {
      const holds = await held(pair);
      if (holds !== undefined && holds !== expected && holds !== pair.accessKeyId) return 'left';
      await tell('restore', pair);
      return 'restored';
    },
  };
}

/** Only what is to be put somewhere is told; a pair to compare with is not. */
function documentFor(action: Action, { user, oldKey, newKey }: Replacement, pair: KeyPair | undefined) {
  const isNeeded = pair && (action === 'write' || action === 'restore');
  const keys = isNeeded ? { accessKeyId: pair.accessKeyId, secretAccessKey: pair.reveal() } : {};
  return { action, user, oldKeyId: oldKey, newKeyId: newKey, ...keys };
}

/** Null for nothing, undefined for what is no JSON object. */
function parsed(text: string): { readable?: unknown; holds?: unknown } | null | undefined {
  if (text.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function whatWentWrong({ ending, overflowed, stderr }: Output, pair: KeyPair | undefined): string | null {
  if ('error' in ending) return `could not be started (${ending.error.code})`;
  if (overflowed) return 'printed more than 64 KiB';
  if (ending.code === 0) return null;
  const what = ending.signal ? `was ended by ${ending.signal}` : `exited with ${ending.code}`;
  const words = lastLines(stderr);
  if (words === '') return what;
  return mayGiveAway(stderr, pair)
    ? `${what}; what it printed is not shown, for it may hold a secret`
    : `${what}: ${words}`;
}

function lastLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-3)
    .join(' / ')
    .slice(-400);
}

function failure(action: Action, message: string): ConsumerError {
  const hint = {
    preflight: 'nothing was changed; mend it, or name another place',
    readBack: 'a command that cannot say what it holds prints nothing and exits with 0',
    write: 'see what it did; it has to bear being told twice',
    restore: 'see what it did; it has to bear being told twice',
  }[action];
  return new ConsumerError(`${message}, when told ${action}`, { hint });
}
