import { describe, expect, test } from 'vitest';
import { failingProbe, lookAtProbes } from '../../src/activities/probe-all.ts';
import type { ProbeResult } from '../../src/probes/contract.ts';

describe('of several probes', () => {
  const looking = (results: Record<string, ProbeResult['verdict']>) => ({
    probe: async (spec: string) => ({
      spec,
      look: async () => ({ verdict: results[spec] ?? 'pass', detail: 'as seen' }),
    }),
  });
  const ask = (results: Record<string, ProbeResult['verdict']>) =>
    [looking(results) as never, Object.keys(results)] as const;

  test.each<[Record<string, ProbeResult['verdict']>, Awaited<ReturnType<typeof lookAtProbes>>]>([
    [{ a: 'pass', b: 'pass' }, null],
    [{}, null],
    [
      { a: 'pass', b: 'noData' },
      { verdict: 'noData', detail: 'b: as seen' },
    ],
    [
      { a: 'noData', b: 'fail' },
      { verdict: 'fail', detail: 'b: as seen' },
    ],
    [
      { a: 'fail', b: 'fail' },
      { verdict: 'fail', detail: 'a: as seen' },
    ],
  ])('%j: the first that does not pass, and a failure before no data', async (results, found) => {
    expect(await lookAtProbes(...ask(results))).toEqual(found);
  });

  test('it is said in words', async () => {
    expect(await failingProbe(...ask({ a: 'noData' }))).toBe('a probe does not pass: a: as seen');
    expect(await failingProbe(...ask({ a: 'pass' }))).toBeNull();
  });
});
