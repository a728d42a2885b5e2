// The checker: it sits beside the embedded AWS, knows the invariants and nothing of how keyturn works, and looks at all of
// the account and all places after every request that changes something. Each rule is a file in checker/rules.
import type { InspectedKey, RequestEvent } from '../../src/sandbox/index.ts';
import { createActors, delivererOf } from './checker/actors.ts';
import type { Broken, Change, ChangeRule, Moment, StateRule, Watched } from './checker/contract.ts';
import { createMemory, rememberByHand, rememberChange, rememberSight, rememberStatus } from './checker/memory.ts';
import { deactivateLast } from './checker/rules/deactivate-last.ts';
import { deleteOnlyAllowed } from './checker/rules/delete-only-allowed.ts';
import { keysKnown } from './checker/rules/keys-known.ts';
import { nothingLeft } from './checker/rules/nothing-left.ts';
import { oneAtATime } from './checker/rules/one-at-a-time.ts';
import { isKeyChange, onlyThisUser } from './checker/rules/only-this-user.ts';
import { placesWork } from './checker/rules/places-work.ts';
import { secretsKept } from './checker/rules/secrets-kept.ts';
import { createSight, sameHolding } from './checker/sight.ts';

export type { Pair, Place, Watched } from './checker/contract.ts';
export { credentialsFilePlace, secretPlace } from './checker/places.ts';

export interface Checker {
  /**
   * All of the account and all places, now; called by itself after every request that changes something. Lanes call it
   * after each file rename of a process under test.
   */
  look(when: string): void;
  /** A person agreed to the end of the grace of this key by name (--delete-now), or named it to be removed (--free-slot ID). */
  agreed(accessKeyId: string): void;
  /**
   * A stranger (a person, another tool) is about to change keys, places or notes themselves: what follows until the
   * returned function is called is not keyturn's doing, and what it breaks is nobody's fault.
   */
  byHand(): () => void;
  /** The rules broken so far: `rule: what, when`. */
  readonly violations: readonly string[];
  /**
   * At the end of everything, once: places work, secrets are recoverable, nothing is left over. Returns the violations that
   * came up now; they join `violations`. `over`: the rotation ended; else vault, claim and locks may stay.
   */
  atEnd(state: { over: boolean }): string[];
  close(): void;
}

const stateRules: readonly StateRule[] = [placesWork, keysKnown, secretsKept];
const changeRules: readonly ChangeRule[] = [oneAtATime, deactivateLast, deleteOnlyAllowed];

const reads = /^(?:Get|List|Describe|Lookup|BatchGet|Simulate|Generate|Assume|Head|Filter|Poll)/;

export function createChecker(watched: Watched): Checker {
  const memory = createMemory();
  const actors = createActors();
  const see = createSight(watched);
  const violations: string[] = [];
  const keysBefore = new WeakMap<object, InspectedKey>();
  let standing = new Set<string>();
  let hands = 0;

  let last = see();
  for (const id of last.keys.keys()) memory.before.add(id);
  rememberSight({ watched, now: last, memory });

  const stateNow = (moment: Moment) => stateRules.flatMap((rule) => rule(moment));
  const report = (broken: readonly Broken[], when: string) => {
    for (const { rule, what } of broken) violations.push(`${rule}: ${what}, ${when}`);
  };

  const advance = (when: string, event?: RequestEvent) => {
    const moment: Moment = { watched, now: see(), memory };
    const changes = [...(event ? requested(event, moment) : []), ...delivered(moment, event)];
    for (const change of changes) {
      rememberChange(change, moment);
      report(
        changeRules.flatMap((rule) => rule(change, moment)),
        when,
      );
    }
    if (event) settle(event, moment);
    rememberSight(moment);
    const broken = stateNow(moment);
    report(
      broken.filter((one) => !standing.has(nameOf(one))),
      when,
    );
    standing = new Set(broken.map(nameOf));
    last = moment.now;
  };

  const absorb = () => {
    const moment: Moment = { watched, now: see(), memory };
    const changed = moment.now.holdings.filter((one, n) => !sameHolding(last.holdings[n], one));
    rememberByHand(
      last,
      moment,
      changed.map(({ place }) => place.name),
    );
    standing = new Set(stateNow(moment).map(nameOf));
    last = moment.now;
  };

  /** What a request did to the user's keys. */
  function requested(event: RequestEvent, { now }: Moment): Change[] {
    if (!isOurs(event)) return [];
    const by = actors.of(event, last);
    const change = (kind: Change['kind'], key: string, was?: InspectedKey) => [{ kind, key, was, place: null, by }];
    if (event.operation === 'CreateAccessKey') {
      return [...now.keys.keys()].filter((id) => !last.keys.has(id)).flatMap((id) => change('create', id));
    }
    const key = String(event.params.AccessKeyId);
    const was = keysBefore.get(event.params);
    if (event.operation === 'DeleteAccessKey') return change('delete', key, was);
    return event.params.Status === 'Inactive' && was?.status === 'Active' ? change('deactivate', key, was) : [];
  }

  /** A file is not what the request has changed, so whoever sent it need not be who wrote. */
  function delivered({ now }: Moment, event?: RequestEvent): Change[] {
    return now.holdings
      .filter((one, n) => !sameHolding(last.holdings[n], one))
      .flatMap(({ place, pairs }) =>
        pairs.map(({ accessKeyId: key }) => {
          const by = event && !place.path ? actors.of(event, now) : delivererOf(key, now, memory);
          return { kind: 'deliver' as const, key, was: undefined, place: place.name, by };
        }),
      );
  }

  /** What is true of a key's deactivation once the request was judged. */
  function settle(event: RequestEvent, moment: Moment) {
    if (!isKeyChange(event)) return;
    if (event.operation === 'UpdateAccessKey') rememberStatus(event, keysBefore.get(event.params), moment);
    if (event.operation === 'DeleteAccessKey') memory.deactivated.delete(String(event.params.AccessKeyId));
  }

  const isOurs = (event: RequestEvent) => isKeyChange(event) && onlyThisUser(event, watched).length === 0;

  const stop = watched.sandbox.onRequest((event) => {
    const name = `${event.service}.${event.operation}`;
    if (event.phase === 'before') {
      // What lies before a claim is raised or given back is not the work of whoever claims next.
      if (event.service !== 'iam' || reads.test(event.operation)) return;
      if (hands === 0) advance(`before request ${watched.sandbox.requests.length}, ${name}`);
      const key = watched.sandbox.inspection
        .keys(watched.user)
        .find(({ id }) => id === String(event.params.AccessKeyId));
      if (key) keysBefore.set(event.params, key);
      return;
    }
    if (event.error !== null || reads.test(event.operation)) return;
    actors.hear(event);
    if (hands > 0) {
      settle(event, { watched, now: last, memory });
      return absorb();
    }
    const when = `after request ${watched.sandbox.requests.length}, ${name}`;
    report(onlyThisUser(event, watched), when);
    advance(when, event);
  });

  return {
    look: (when) => (hands > 0 ? absorb() : advance(when)),
    agreed: (id) => void memory.agreed.add(id),
    byHand: () => {
      if (hands === 0) advance('before a change by hand');
      hands += 1;
      let done = false;
      return () => {
        if (done) return;
        done = true;
        absorb();
        hands -= 1;
      };
    },
    violations,
    atEnd: ({ over }) => {
      const from = violations.length;
      advance('at the end');
      report(nothingLeft({ watched, now: last, memory }, over), 'at the end');
      return violations.slice(from);
    },
    close: stop,
  };
}

function nameOf({ rule, subject }: Broken): string {
  return `${rule}: ${subject}`;
}
