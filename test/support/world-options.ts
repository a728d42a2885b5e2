// What can be arranged about a world and about one run in it.
import type { ActivityDeps } from '../../src/activities/contract.ts';
import type { RunOptions } from '../../src/engine/local.ts';
import type { ActivityName, ParkName, RotationContext, Signal } from '../../src/machine/context.ts';
import type { KeyArrangement, PolicyDocument, RequestEvent, Settings } from '../../src/sandbox/index.ts';

export interface WorldOptions {
  /** Alice's keys, `old` first. Default: one, of June, that an application used an hour ago. */
  keys?: readonly KeyArrangement[];
  /** The instant at which the old key was last used; null for never. */
  lastUsed?: string | null;
  /** What whoever runs keyturn may do. Default: everything. */
  policies?: readonly PolicyDocument[];
  /** Alice rotates her own key, signing with it. */
  self?: boolean;
  settings?: Partial<Settings>;
  /** The profiles that hold the old key, each a place of the plan. Default: `default`. */
  profiles?: readonly string[];
  /** What the credentials file holds, `{id}` and `{secret}` standing for the old pair; instead of `profiles`. */
  content?: string;
  /** How far this machine's clock is ahead of AWS's, in milliseconds. */
  skew?: number;
  seed?: string;
  /** In a concurrent test that test's own context. */
  ending?: { onTestFinished(handler: () => void | Promise<void>): void };
}

export interface StartOptions extends Partial<Omit<RunOptions, 'stop'>> {
  rotation?: string;
  stop?: AbortSignal;
  intent?: RotationContext['intent'];
  /** Other parts than the world's own, such as a vault that fails. */
  deps?: Partial<ActivityDeps>;
  /** Ends the process without a trace at the first event for which this is true; the run's end is then `killed`. */
  killAt?: (event: RequestEvent) => boolean;
  /** The same right before a call of AWS, vault, place, record store or clock. */
  killBefore?: (call: string, given: unknown[]) => boolean;
  /** The same as soon as the record says that this activity is started. */
  killIn?: ActivityName;
  /** What a person answers at each wait, in this order; then nothing more. */
  answers?: Partial<Record<ParkName, Signal[]>>;
}

/** May do everything but the named actions. */
export function allBut(...denied: string[]): PolicyDocument[] {
  const allow = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
  const deny = { Effect: 'Deny' as const, Action: denied, Resource: '*' };
  return [{ Version: '2012-10-17', Statement: denied.length > 0 ? [allow, deny] : [allow] }];
}
