// A probe answers one question while the old key is inactive: does everything still work?
import type { Aws } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';

export interface ProbeResult {
  /** `noData`: the question could not be answered, which is never a pass. */
  verdict: 'pass' | 'fail' | 'noData';
  /** One short sentence, without output of the thing that was probed. */
  detail: string;
}

export interface Probe {
  /** What it looks at, as it may be shown: without a password. */
  readonly spec: string;
  /** Looks once, within a time limit of its own. Rejects only where the person wants to stop. */
  look(): Promise<ProbeResult>;
}

/** What a spec is pinned against when the plan is made. */
export interface ProbeSurroundings {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** For what is looked at in AWS; none where nothing sets one. */
  region?: string | undefined;
}

export interface ProbeDeps {
  clock: Clock;
  aws: Pick<Aws, 'alarms'>;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person wants to stop: a look that is under way gives up at once. */
  signal?: AbortSignal;
}

export interface ProbeKind {
  /** The part before the colon of a spec. */
  kind: string;
  /** One line for help texts, in the form `kind:PLACE  what it is`. */
  usage: string;
  /** The IAM actions that a look takes, on everything. */
  actions?: readonly string[];
  /** What to look at, so that it means the same from every folder and every day; throws UsageError. */
  resolve(place: string, surroundings: ProbeSurroundings): string;
  /** A resolved place as it may be shown: without a password. */
  show(place: string): string;
  /** Opens a resolved place. Touches nothing yet. */
  open(place: string, deps: ProbeDeps): Probe;
}
