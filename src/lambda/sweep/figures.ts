// What a sweep measures, and the line of the log that CloudWatch takes its metrics from (embedded metric format), which needs
// no permission and no call.
import { measurement, metricNames } from '../metrics.ts';
import type { ListedUser, Outcome, Overview } from './contract.ts';
import { ageAt, inDays } from './due.ts';

export type Figures = Record<Exclude<keyof typeof metricNames, 'sweepCompleted'>, number>;

export function figuresOf(overview: Overview, users: readonly ListedUser[], outcomes: readonly Outcome[]): Figures {
  const judged = outcomes.flatMap(({ keys }) => keys.filter(({ exempt }) => !exempt).map(({ age }) => age));
  const ages = [...judged, ...reported(overview, users, outcomes), overview.oldestTooYoung ?? 0];
  const count = (kind: Outcome['kind']) => outcomes.filter((one) => one.kind === kind).length;
  return {
    oldestKeyAge: ages.reduce((a, b) => Math.max(a, b), 0),
    keysOver90Days: ages.filter((age) => age > 90).length,
    rotationsOpen: overview.running + count('started') + outcomes.filter(({ elsewhere }) => elsewhere).length,
    rotationsStuck: count('stuck'),
    rotationsRolledBack: count('rolledBack'),
  };
}

/** Of whom nothing better is known, the ages by the report: the keys may be older, and are no younger. */
function reported({ at }: Overview, users: readonly ListedUser[], outcomes: readonly Outcome[]): number[] {
  const unjudged = new Set(outcomes.filter(({ kind }) => kind === 'notJudged').map(({ user }) => user));
  const keys = users.filter(({ name }) => unjudged.has(name)).flatMap((user) => user.keys ?? []);
  return keys.flatMap(({ active, lastRotated }) =>
    active === false || lastRotated === null ? [] : [inDays(ageAt(Date.parse(at), lastRotated))],
  );
}

/** `at` in milliseconds. */
export function measured(figures: Record<keyof typeof metricNames, number>, at: number): Record<string, unknown> {
  const names = Object.keys(metricNames) as (keyof typeof metricNames)[];
  const metrics = names.map((name) => ({
    name: metricNames[name],
    value: figures[name],
    unit: name === 'oldestKeyAge' ? ('None' as const) : ('Count' as const),
  }));
  return measurement(metrics, at);
}
