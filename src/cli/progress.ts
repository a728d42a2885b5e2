// What happens while it happens, on stderr: one line for each step, in words.
import { styleText } from 'node:util';
import type { Announcement } from '../activities/contract.ts';
import type { HistoryEntry, RotationRecord } from '../engine/contract.ts';
import { readCause } from '../machine/blame.ts';
import { shown } from '../shown.ts';
import type { Io } from './io.ts';
import type { GlobalFlags } from './options.ts';
import { doing, doneWords, waitingWords } from './step-words.ts';

export interface Progress {
  step(entry: HistoryEntry, record: RotationRecord): void;
  announce(announcement: Announcement): void;
  warn(text: string): void;
  say(text: string): void;
  /** What is looked at just now, on a terminal, until the next line takes its place. */
  underWay(text: string): void;
  /** Only with --verbose. */
  detail(text: string): void;
  /** Takes the line of the step that is under way off a terminal: what is printed next begins a line. */
  clear(): void;
  /** Lines that belong together, indented. */
  block(lines: readonly string[]): void;
}

/** With `dated` each line begins with its day and time: for a clock on which weeks pass. */
export function createProgress(io: Pick<Io, 'stderr' | 'env'>, flags: GlobalFlags, { dated = false } = {}): Progress {
  const { stderr } = io;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    hasColor(io, flags) ? styleText(style, text, { validateStream: false }) : text;
  const live = stderr.isTTY === true && !flags.quiet;
  let open = false;
  const clear = () => {
    if (open) stderr.write('\r\x1b[2K');
    open = false;
  };
  const line = (text: string) => {
    clear();
    stderr.write(`${text}\n`);
  };

  const mark = (sign: string, style: Parameters<typeof styleText>[0], at: string, text: string) =>
    line(`  ${dated ? `${paint('dim', at.slice(0, 16).replace('T', ' '))} ` : ''}${paint(style, sign)} ${text}`);

  return {
    step: ({ at, state, event, detail }, { context }) => {
      if (flags.verbose) line(paint('dim', `    ${at} ${state} ${event}${detail && `: ${shown(oneLine(detail))}`}`));
      if (flags.quiet && event !== 'failed') return;
      if (event === 'started' && live) {
        clear();
        stderr.write(paint('dim', `  … ${doing[state] ?? state}`));
        open = true;
      }
      const told = event === 'done' ? doneWords(state, context) : null;
      if (told) mark(told.good ? '✔' : '✘', told.good ? 'green' : 'red', at, shown(told.text));
      if (event === 'failed') mark('✘', 'red', at, `${doing[state] ?? state}: ${shown(readCause(detail).message)}`);
      if (event === 'waiting') mark('◷', 'yellow', at, `${waitingWords(state)} ${shown(detail)}`);
      if (event === 'stopped' && open) line('');
      if (event === 'ended') clear();
      if (event === 'signal') mark('→', 'cyan', at, detail === 'rollBack' ? 'going back' : detail);
    },
    announce: ({ text }) => line(`  ${paint('cyan', '!')} ${shown(text)}`),
    warn: (text) => line(`${paint('yellow', 'warning:')} ${shown(text)}`),
    say: (text) => {
      if (!flags.quiet) line(shown(text));
    },
    underWay: (text) => {
      if (!live) return;
      clear();
      stderr.write(paint('dim', `  … ${shown(text)}`));
      open = true;
    },
    detail: (text) => {
      if (flags.verbose) line(paint('dim', `    ${shown(text)}`));
    },
    clear,
    block: (lines) => {
      if (!flags.quiet) for (const text of lines) line(text === '' ? '' : `  ${shown(text)}`);
    },
  };
}

/** Whether what goes to `stream` may have colours; most of what has goes to stderr. */
export function hasColor(
  io: Pick<Io, 'stderr' | 'env'>,
  flags: GlobalFlags,
  stream: Pick<NodeJS.WriteStream, 'isTTY'> = io.stderr,
): boolean {
  if (flags.color === false || io.env.NO_COLOR) return false;
  return Boolean(io.env.FORCE_COLOR && io.env.FORCE_COLOR !== '0') || stream.isTTY === true;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '; ');
}
