// Durations as literal tables: what is read, what is refused and why, what people are shown.
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../src/duration.ts';
import { UsageError } from '../src/errors.ts';

function refusal(text: string, options?: { flag?: string; allowZero?: boolean }): UsageError {
  try {
    parseDuration(text, options);
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error(`${text} was not refused`);
}

test.each([
  ['1s', 1],
  ['90s', 90],
  ['15m', 900],
  ['24h', 86400],
  ['48h', 172800],
  ['14d', 1209600],
  ['2w', 1209600],
  ['360d', 31104000],
  ['31104000s', 31104000],
  ['007d', 604800],
  ['P14D', 1209600],
  ['P2W', 1209600],
  ['PT36H', 129600],
  ['PT15M', 900],
  ['PT90S', 90],
  ['P1DT12H', 129600],
  ['P1DT2H3M4S', 93784],
])('%s is %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  [''],
  ['d'],
  ['14'],
  ['-1d'],
  ['1.5h'],
  ['1e3s'],
  ['14 d'],
  [' 14d'],
  ['14d\n'],
  ['14D'],
  ['1d12h'],
  ['1h nonsense'],
  ['5 fortnights'],
  ['P'],
  ['PT'],
  ['P1DT'],
  ['PD'],
  ['p14d'],
  ['P1W2D'],
  ['P14H'],
  ['PT0.5H'],
  ['Infinitys'],
])('%j is not a duration', (text) => {
  expect(refusal(text).message).toBe(`"${text}" is not a duration`);
});

test.each([['1mo'], ['3 months'], ['1y'], ['2years'], ['P1M'], ['P1Y'], ['P1Y2M3D'], ['P1M2DT3H']])(
  '%s is refused because months and years differ in length',
  (text) => {
    const error = refusal(text, { flag: '--grace' });

    expect(error.message).toBe(`--grace: "${text}" counts months or years, which differ in length`);
    expect(error.hint).toBe('say it in days or weeks, like 30d or 4w');
  },
);

test.each([
  ['0s', 'is too short', 'the shortest is 1s'],
  ['0d', 'is too short', 'the shortest is 1s'],
  ['PT0S', 'is too short', 'the shortest is 1s'],
  ['361d', 'is too long', 'the longest is 360d'],
  ['31104001s', 'is too long', 'the longest is 360d'],
  ['P52W', 'is too long', 'the longest is 360d'],
  [`${'9'.repeat(400)}d`, 'is too long', 'the longest is 360d'],
])('%s is out of range', (text, message, hint) => {
  const error = refusal(text, { flag: '--quiet-for' });

  expect(error.message).toBe(`--quiet-for: "${text}" ${message}`);
  expect(error.hint).toBe(hint);
});

test('zero is a duration where it is allowed', () => {
  expect(parseDuration('0d', { flag: '--min-age', allowZero: true })).toBe(0);
});

test('zero being allowed allows nothing else', () => {
  expect(refusal('', { flag: '--min-age', allowZero: true }).message).toBe('--min-age: "" is not a duration');
});

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [61, '1 minute 1 second'],
  [90, '90 seconds'],
  [120, '2 minutes'],
  [900, '15 minutes'],
  [3599, '59 minutes 59 seconds'],
  [3600, '1 hour'],
  [5400, '90 minutes'],
  [5401, '90 minutes'],
  [7260, '2 hours 1 minute'],
  [15300, '4 hours 15 minutes'],
  [86399, '1 day'],
  [86400, '1 day'],
  [100800, '1 day 4 hours'],
  [129600, '36 hours'],
  [172800, '2 days'],
  [604800, '7 days'],
  [604799, '7 days'],
  [1209600, '14 days'],
  [2591998, '30 days'],
  [31104000, '360 days'],
])('%i seconds is shown as %s', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});
