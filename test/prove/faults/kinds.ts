// The ways in which AWS may fail: each for one request, or from that request on.
import type { Sandbox } from '../../../src/sandbox/index.ts';
import type { SdkTimers } from './sdk-timers.ts';

/** One request of a recording: the so-manieth of its operation. */
export interface Spot {
  /** `iam.CreateAccessKey`. */
  operation: string;
  ordinal: number;
}

export interface Kind {
  name: string;
  /** Whether this request can fail so. */
  fits(spot: Spot): boolean;
  /** A repetition by the SDK mends it, so that the command must not notice. */
  passes: boolean;
  /** The log of requests does not tell that it fell. */
  unseen?: true;
  /** The returned function calls it off. */
  order(sandbox: Sandbox, spot: Spot, timers: SdkTimers): () => void;
}

const seconds = 1000;

export const kinds: readonly Kind[] = [
  fault('throttledOnce', 'throttled', { passes: true }),
  fault('error500Once', 'error500', { passes: true }),
  fault('reset', 'reset', { passes: true }),
  fault('lostAnswer', 'lostAnswer'),
  fault('garbage', 'garbage'),
  fault('throttledAlways', 'throttled', { always: true }),
  fault('error500Always', 'error500', { always: true }),
  fault('resetAlways', 'reset', { always: true }),
  fault('accessDenied', 'accessDenied', { always: true }),
  {
    name: 'noAnswer',
    fits: () => true,
    passes: false,
    order: (sandbox, spot, timers) =>
      sandbox.fault({ operation: asRule(spot), kind: 'noAnswer', call: once(spot, timers.silence) }),
  },
  {
    name: 'noAnswerNotApplied',
    fits: isChange,
    passes: false,
    order: (sandbox, spot, timers) =>
      sandbox.fault({ operation: asRule(spot), kind: 'noAnswer', applied: false, call: once(spot, timers.silence) }),
  },
  {
    name: 'appliedLate',
    fits: isChange,
    passes: false,
    unseen: true,
    order: (sandbox, spot, timers) => {
      let call = 0;
      return sandbox.onRequest(async ({ phase, service, operation }) => {
        if (phase !== 'before' || `${service}.${operation}` !== spot.operation) return;
        call += 1;
        if (call !== spot.ordinal) return;
        await timers.silence();
        await timers.passed(4 * seconds);
      });
    },
  },
  staleRead('staleRead', 60 * seconds, ({ ordinal }, read) => read === ordinal),
  // As eventual consistency really is; what is older for good is not AWS any more.
  { ...staleRead('staleAlways', 3 * seconds, () => true), fits: (spot) => !isChange(spot) && spot.ordinal === 1 },
];

function fault(
  name: string,
  kind: 'throttled' | 'error500' | 'reset' | 'lostAnswer' | 'garbage' | 'accessDenied',
  { passes = false, always = false } = {},
): Kind {
  return {
    name,
    fits: () => true,
    passes,
    order: (sandbox, spot) =>
      sandbox.fault({
        operation: asRule(spot),
        kind,
        call: always ? (call) => call >= spot.ordinal : spot.ordinal,
      }),
  };
}

function staleRead(name: string, delay: number, falls: (spot: Spot, read: number) => boolean): Kind {
  return {
    name,
    fits: (spot) => !isChange(spot),
    passes: false,
    unseen: true,
    order: ({ settings }, spot) => {
      settings.readDelay = delay;
      settings.staleReads = ({ operation, read }) => spot.operation.endsWith(`.${operation}`) && falls(spot, read);
      return () => {
        settings.readDelay = 0;
      };
    },
  };
}

function asRule({ operation }: Spot): string {
  return operation.replace('.', ':');
}

function once({ ordinal }: Spot, happened: () => unknown): (call: number) => boolean {
  return (call) => {
    if (call === ordinal) happened();
    return call === ordinal;
  };
}

export function isChange({ operation }: Spot): boolean {
  return !/\.(?:Get|List|Describe|Lookup|BatchGet)/.test(operation);
}
