// Functions that stand where Lambda runs the activities: each gives out what the script says, so that an execution takes the
// way that a test is about. They change nothing.
import { instant } from '../../src/clock.ts';
import { type ActivityName, activityNames, type ParkName, parkNames } from '../../src/machine/context.ts';
import type { FunctionHandler } from '../../src/sandbox/index.ts';

type State = { execution: { input: Record<string, unknown> } } & Record<string, unknown>;
/** Several outcomes are given out one after the other, the last one for good. */
type Outcome = object | Error | ((state: State) => object);
export type Script = Partial<Record<ActivityName | ParkName, Outcome | Outcome[]>>;

export const [oldKey, newKey] = ['AKIAOLDOLDOLDOLD0001', 'AKIANEWNEWNEWNEW0002'];
const day = 86_400;

export const plan = {
  account: '123456789012',
  partition: 'aws',
  region: 'eu-west-1',
  user: 'alice',
  userId: 'AIDAALICE',
  oldKey,
  newKey: null,
  keysAtStart: [oldKey],
  consumers: ['ssm:/app/key'],
  quietFor: 7 * day,
  grace: 7 * day,
  watchLimit: 21 * day,
  probeEvery: 3_600,
  probes: [],
  freeSlot: 'never',
  minAge: 0,
  allowSmtp: false,
  unproven: 'ask',
  vault: 'secretsmanager',
  from: 'start',
  startedAt: '2026-12-06T10:00:00Z',
  overrides: [],
};

/** A whole rotation without a hitch: watch for a week, grace for a week. */
const smooth: Script = {
  claimUser: ({ execution: { input } }) => {
    const { rotation = 'sfn-1', intent = 'forward', user = 'alice', from = 'start', oldKey: old = oldKey } = input;
    const replaced = { from, oldKey: old, newKey: input.newKey ?? null };
    const base = { schema: 1, rotation, intent, plan: { ...plan, user, ...replaced }, interruptions: [] };
    return { counter: 1, resumed: false, skewSeconds: 0, base };
  },
  inspectKeys: ({ execution: { input } }) => ({
    verdict: input.intent === 'rollBack' ? 'rollBack' : input.from === 'watch' ? 'watch' : 'create',
    reason: 'a key to replace',
    keys: [],
  }),
  preflightConsumers: { consumers: [{ spec: 'ssm:/app/key', state: 'pending' }], oldPairKept: true },
  freeSlot: { counter: 1, removed: null },
  createKey: { counter: 2, newKey, createdAt: '2026-12-06T10:00:00Z' },
  verifyNewKey: { verdict: 'accepted', reason: 'AWS accepts it', attempts: 1 },
  deliverKey: {
    counter: 3,
    verdict: 'delivered',
    reason: 'every place holds it',
    consumers: [{ spec: 'ssm:/app/key', state: 'delivered' }],
  },
  checkOldKeyUse: [judged('busy', 'the old key was used', 7), judged('quiet', 'unused for 7 days', 1)],
  deactivateKey: { counter: 4, lastUsedAt: null, graceUntil: '2026-12-20T10:00:00Z', undo: '' },
  checkHealth: [judged('healthy', 'nobody missed it', 7), judged('passed', 'the grace is over', 1)],
  noteMissedLook: judged('waiting', 'a look failed', 1),
  deleteKey: { counter: 5, deleted: oldKey },
  reactivateKey: { counter: 6, changed: true, times: 1 },
  verifyOldKey: { verdict: 'accepted', reason: 'AWS accepts the old pair' },
  restoreConsumers: {
    counter: 7,
    verdict: 'restored',
    reason: 'restored',
    consumers: [{ spec: 'ssm:/app/key', state: 'restored' }],
  },
  removeNewKey: { counter: 8, verdict: 'left', reason: 'the new key stays active' },
  releaseUser: (state) => {
    const over = state.removeNewKey ? 'rolledBack' : state.deleteKey ? 'rotated' : 'refused';
    return { verdict: over, reason: `it is ${over}` };
  },
};

/** By the name of each function; `now` stamps what they give out. */
export function scriptedFunctions(now: () => number, script: Script = {}): Record<string, FunctionHandler> {
  const said = { ...smooth, ...script };
  const handlers = [...activityNames, ...parkNames].map((name): [string, FunctionHandler] => {
    const outcomes = [said[name] ?? {}].flat();
    let calls = 0;
    return [
      name,
      async (state) => {
        const outcome = outcomes[Math.min(calls, outcomes.length - 1)];
        calls += 1;
        if (outcome instanceof Error) throw outcome;
        const given = typeof outcome === 'function' ? outcome(state as State) : outcome;
        return (parkNames as readonly string[]).includes(name) ? {} : { at: instant(now()), ...given };
      },
    ];
  });
  return Object.fromEntries(handlers);
}

export function judged(verdict: string, reason: string, days: number): Outcome {
  return { verdict, reason, until: `2026-12-${6 + days}T10:00:00Z`, seconds: days * day };
}

export function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
