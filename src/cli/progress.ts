// What happens while it happens, on stderr: one line for each step, in words.
import { styleText } from 'node:util';
import { shortKeyId } from '../access-key.ts';
import type { Announcement } from '../activities/contract.ts';
import type { HistoryEntry, RotationRecord } from '../engine/contract.ts';
import { readCause } from '../machine/blame.ts';
import type { Outputs, RotationContext } from '../machine/context.ts';
import type { Io } from './io.ts';
import type { GlobalFlags } from './options.ts';
import { shown } from './shown.ts';

export interface Progress {
  step(entry: HistoryEntry, record: RotationRecord): void;
  announce(announcement: Announcement): void;
  warn(text: string): void;
  say(text: string): void;
}

/** What each state is doing, while it does it. */
const doing: Record<string, string> = {
  claimUser: 'claiming the user',
  inspectKeys: 'looking at the keys',
  preflightConsumers: 'checking every place',
  freeSlot: 'making room',
  createKey: 'creating the new key',
  verifyNewKey: 'asking AWS whether it accepts the new key',
  deliverKey: 'delivering the new key',
  checkOldKeyUse: 'looking whether the old key is still used',
  deactivateKey: 'deactivating the old key',
  checkHealth: 'looking whether everything works',
  noteMissedLook: 'a look failed',
  deleteKey: 'deleting the old key',
  reactivateToWatch: 'reactivating the old key',
  reactivateToStop: 'reactivating the old key',
  reactivateToRollBack: 'reactivating the old key',
  verifyOldKey: 'asking AWS whether it accepts the old key',
  restoreConsumers: 'giving the places the old key back',
  removeNewKey: 'settling the new key',
  releaseUser: 'releasing the user',
};

export function createProgress(io: Pick<Io, 'stderr' | 'env'>, flags: GlobalFlags): Progress {
  const { stderr } = io;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    hasColor(io, flags) ? styleText(style, text, { validateStream: false }) : text;
  const live = stderr.isTTY === true && !flags.quiet;
  let open = false;
  const line = (text: string) => {
    stderr.write(`${open ? '\r\x1b[2K' : ''}${text}\n`);
    open = false;
  };

  return {
    step: ({ state, event, detail }, { context }) => {
      if (flags.quiet && event !== 'failed') return;
      const words = doing[state] ?? state;
      if (event === 'started' && live) {
        stderr.write(`${paint('dim', `  … ${words}`)}`);
        open = true;
      }
      if (event === 'done') line(`  ${paint('green', '✔')} ${shown(doneWords(state, context) ?? `${words}: done`)}`);
      if (event === 'failed') line(`  ${paint('red', '✘')} ${words}: ${shown(readCause(detail).message)}`);
      if (event === 'waiting') line(`  ${paint('yellow', '◷')} ${shown(waitingWords(state))} ${shown(detail)}`);
      if (event === 'signal') line(`  ${paint('cyan', '→')} ${detail === 'rollBack' ? 'going back' : detail}`);
    },
    announce: ({ text }) => line(`  ${paint('cyan', '!')} ${shown(text)}`),
    warn: (text) => line(`${paint('yellow', 'warning:')} ${shown(text)}`),
    say: (text) => {
      if (!flags.quiet) line(shown(text));
    },
  };
}

export function hasColor(io: Pick<Io, 'stderr' | 'env'>, flags: GlobalFlags): boolean {
  if (flags.color === false || io.env.NO_COLOR) return false;
  return Boolean(io.env.FORCE_COLOR && io.env.FORCE_COLOR !== '0') || io.stderr.isTTY === true;
}

function waitingWords(state: string): string {
  return state === 'awaitQuiet' ? 'both keys are active; watching' : 'the old key is inactive; waiting';
}

function doneWords(state: string, context: RotationContext): string | null {
  const old = context.plan.oldKey ? shortKeyId(context.plan.oldKey) : 'no old key';
  const made = context.createKey?.newKey ?? context.plan.newKey;
  const fresh = made ? shortKeyId(made) : 'the new key';
  switch (state) {
    case 'claimUser':
      return `${context.plan.user} is claimed for this rotation`;
    case 'inspectKeys':
      return context.inspectKeys?.reason ?? null;
    case 'preflightConsumers':
      return preflightWords(context.preflightConsumers);
    case 'freeSlot':
      return context.freeSlot?.removed
        ? `inactive key ${shortKeyId(context.freeSlot.removed)} removed`
        : 'there is room for a new key';
    case 'createKey':
      return `new key ${fresh} created; its secret is in the vault`;
    case 'deliverKey':
    case 'verifyNewKey':
    case 'verifyOldKey':
    case 'checkOldKeyUse':
    case 'checkHealth':
    case 'noteMissedLook':
    case 'restoreConsumers':
    case 'removeNewKey':
    case 'releaseUser':
      return context[state]?.reason ?? null;
    case 'deactivateKey':
      return `${old} is inactive`;
    case 'deleteKey':
      return `${old} is deleted`;
    default:
      return state.startsWith('reactivate') ? `${old} is active` : null;
  }
}

function preflightWords(output: Outputs['preflightConsumers'] | undefined): string {
  const places =
    output?.consumers.length === 1 ? 'the place is ready' : `all ${output?.consumers.length ?? 0} places are ready`;
  return output?.oldPairKept
    ? places
    : `${places}; the old secret cannot be read, so a roll back could reactivate but not restore`;
}
