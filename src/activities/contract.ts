// What every activity is given and promises. An activity reads the context, looks at AWS afresh, does one thing, and
// returns what it found or did. Each may be run twice: after a crash it will be, and the end is the same.
import type { Aws } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';
import type { Consumer, Replacement } from '../consumers/contract.ts';
import type { ActivityName, Outputs, Plan, RotationContext } from '../machine/context.ts';
import type { Probe } from '../probes/contract.ts';
import type { Vault } from '../vault/contract.ts';

/** Something a person wants to know while an activity runs, or before it acts. Never a secret. */
export interface Announcement {
  about: ActivityName;
  text: string;
}

/** Why no key or place may be changed now. */
export interface Halt {
  reason: string;
  /** When to look again, in milliseconds: its end, where that is known. */
  until: number;
}

export interface ActivityDeps {
  aws: Aws;
  vault: Vault;
  clock: Clock;
  /** Opens a consumer by the resolved spec in the plan. */
  consumer(spec: string, replacement: Replacement): Promise<Consumer>;
  /** Opens a probe by the spec in the plan. */
  probe(spec: string): Promise<Probe>;
  announce(announcement: Announcement): void | Promise<void>;
  /** A kill switch or a blackout that holds at `now` (milliseconds, AWS's time); null where all is clear (S34). */
  halted?(plan: Plan, now: number): Promise<Halt | null>;
  /**
   * What the program called itself that made this key since then, by CloudTrail; null where that does not say it yet, or may
   * not be read (S21).
   */
  agentThatMade?(keyId: string, since: string): Promise<string | null>;
  /** Takes the seal away (S28); missing where a record on this machine says instead what is still to be done. Safe to call twice. */
  unseal?(rotation: string): Promise<void>;
  /** Aborted when the person wants to stop: an activity that is only waiting gives up at once. */
  signal?: AbortSignal;
  /** `attended`: a person is near (two looks at the claim 2 s apart); else 10 s. */
  attended: boolean;
}

export type Activity<Name extends ActivityName> = (context: RotationContext) => Promise<Outputs[Name]>;

export type Activities = { [Name in ActivityName]: Activity<Name> };
