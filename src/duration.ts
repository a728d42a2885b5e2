// Lengths of time as flags and the policy file write them, and as people read them. The grammar is closed and our own:
// parse-duration sums whatever it recognises and gives months and years a length, and here a typo must be refused.
import { UsageError } from './errors.ts';

const day = 24 * 60 * 60;
const secondsIn = { s: 1, m: 60, h: 60 * 60, d: day, w: 7 * day };

const short = /^(\d+)([smhdw])$/;
const iso8601 = /^P(?=[\dT])(?:(\d+)W|(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/;
const monthsOrYears = /^(?:\d+ ?(?:mo|months?|y|years?)|P[\dW]*\d+[MY].*)$/i;

/** A plan as a whole has to stay below a year, the longest that a Step Functions execution lives (S12). Seconds. */
export const longestPlan = 360 * day;

/**
 * Whole seconds of `90s`, `15m`, `24h`, `14d`, `2w`, `P14D`, `PT36H` or `P2W`, from one second (or zero, where that is
 * allowed) up to 360 days (or any length, for what is not waited for). Throws UsageError that names `flag`.
 */
export function parseDuration(
  text: string,
  { flag, allowZero = false, anyLength = false }: { flag?: string; allowZero?: boolean; anyLength?: boolean } = {},
): number {
  const where = flag ? `${flag}: ` : '';
  if (monthsOrYears.test(text)) {
    throw new UsageError(`${where}"${text}" counts months or years, which differ in length`, {
      hint: 'say it in days or weeks, like 30d or 4w',
    });
  }
  const seconds = secondsOf(text);
  if (seconds === null) {
    throw new UsageError(`${where}"${text}" is not a duration`, {
      hint: 'write a whole number and a unit, like 90s, 15m, 24h, 14d or 2w, or ISO 8601 like P14D',
    });
  }
  if (seconds < 1 && !allowZero) {
    throw new UsageError(`${where}"${text}" is too short`, { hint: 'the shortest is 1s' });
  }
  if (seconds > longestPlan && !anyLength) {
    throw new UsageError(`${where}"${text}" is too long`, { hint: 'the longest is 360d' });
  }
  return seconds;
}

function secondsOf(text: string): number | null {
  const [, amount, unit] = short.exec(text) ?? [];
  if (unit) return Number(amount) * secondsIn[unit as keyof typeof secondsIn];
  const parts = iso8601.exec(text);
  if (!parts) return null;
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((digits) => Number(digits ?? 0)) as number[];
  return (
    (weeks ?? 0) * secondsIn.w +
    (days ?? 0) * secondsIn.d +
    (hours ?? 0) * secondsIn.h +
    (minutes ?? 0) * secondsIn.m +
    (seconds ?? 0)
  );
}

const words: readonly (readonly [string, number])[] = [
  ['day', secondsIn.d],
  ['hour', secondsIn.h],
  ['minute', secondsIn.m],
  ['second', 1],
];

/**
 * A length of time in words: the two largest units, rounded to the smaller one. One and a half of a unit is said as
 * people say it: `36 hours`, `90 seconds`.
 */
export function formatDuration(seconds: number): string {
  const largest = words.findIndex(([, size]) => seconds >= size);
  const [word, size] = words[largest] ?? ['second', 1];
  const [smallerWord, smallerSize] = words[largest + 1] ?? ['second', 1];
  if (size === smallerSize) return count(Math.round(seconds), word);

  const rounded = Math.round(seconds / smallerSize) * smallerSize;
  if (rounded !== seconds) return formatDuration(rounded);
  if (seconds === size * 1.5) return count(seconds / smallerSize, smallerWord);
  const whole = Math.floor(seconds / size);
  const rest = (seconds - whole * size) / smallerSize;
  return rest === 0 ? count(whole, word) : `${count(whole, word)} ${count(rest, smallerWord)}`;
}

function count(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? '' : 's'}`;
}
