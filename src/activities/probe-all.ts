// Asks every probe of the plan. No data is never a pass (S18).
import type { ActivityDeps } from './contract.ts';

export interface Failing {
  verdict: 'fail' | 'noData';
  detail: string;
}

/** The first probe that does not pass; one that fails comes before one that has no data. Null where all pass. */
export async function lookAtProbes(deps: ActivityDeps, specs: readonly string[]): Promise<Failing | null> {
  const looks = await Promise.all(
    specs.map(async (spec) => {
      const { verdict, detail } = await (await deps.probe(spec)).look();
      return { verdict, detail: `${spec}: ${detail}` };
    }),
  );
  const first = (verdict: Failing['verdict']): Failing | null => {
    const found = looks.find((one) => one.verdict === verdict);
    return found ? { verdict, detail: found.detail } : null;
  };
  return first('fail') ?? first('noData');
}

/** The same in words, where a failing probe and one without data mean the same: not yet. */
export async function failingProbe(deps: ActivityDeps, specs: readonly string[]): Promise<string | null> {
  const bad = await lookAtProbes(deps, specs);
  return bad ? `a probe does not pass: ${bad.detail}` : null;
}
