// The plan of a rotation that nobody sits in front of: from AWS and the shipped policy alone (S28). Whatever a person would
// be asked is refused here, with what to do about it.
import { shortKeyId } from '../access-key.ts';
import { instant } from '../clock.ts';
import { resolveConsumers } from '../consumers/registry.ts';
import { longestPlan } from '../duration.ts';
import { RefusedError } from '../errors.ts';
import type { KeyFacts, Override, Plan } from '../machine/context.ts';
import { exemptionOf } from '../policy/match.ts';
import type { Settings } from '../policy/settings.ts';
import { resolveProbe } from '../probes/registry.ts';
import { mustNotAdministrate } from './administrators.ts';
import type { ExecutionInput } from './contract.ts';
import type { Parts } from './parts.ts';
import { type Proof, reachable, taggedPlaces } from './places.ts';
import type { Subject } from './subject.ts';

type Wish = Pick<ExecutionInput, 'from' | 'oldKey' | 'newKey'>;

/**
 * Throws RefusedError on everything that a person would have to decide. Changes nothing. To have possession proven `later` is
 * for whoever only wants to know: the proof is a use of the old key, which would never fall silent (S17).
 */
export async function derivePlan(parts: Parts, subject: Subject, wish: Wish, proof: Proof = 'now'): Promise<Plan> {
  const { user, policy, settings, now } = subject;
  const { from = 'start' } = wish;
  const old = from === 'watch' ? keyNamed(subject, wish.oldKey) : keyToReplace(subject, wish.oldKey);
  const exempt = exemptionOf(policy, { user: user.name, key: old.id }, now);
  if (exempt) {
    const { reason, until } = exempt.exemption;
    throw refuse(
      `${user.name} is left alone until the end of ${until}: ${reason}`,
      'the exemption is in the policy file',
    );
  }
  if (settings.watchLimit + settings.grace > longestPlan) {
    throw refuse(
      'watchLimit and grace together are longer than 360 days, and an execution ends after a year',
      'shorten them in the policy file',
    );
  }
  await mustNotAdministrate(parts, subject);
  const near = { cwd: '/', env: {}, region: parts.region };
  const probes = settings.probes.map((spec) => reachable.probe(resolveProbe(spec, near)));
  const plan = { ...barePlan(parts, subject), oldKey: old.id, probes };
  // To prove possession we use the old key, here or in the rotation function of its secret: that is nobody else's use (S14).
  const { lastUsedAt, lastUsedService } = old;
  const useBeforeOurs = { lastUsedAt, lastUsedService };
  if (from === 'watch') {
    // Somebody else delivered there; a place that does not hold the new key keeps the old one from being deactivated (S5).
    const consumers = (await namedPlaces(parts, settings)).map(reachable.place);
    return { ...plan, from, newKey: wish.newKey ?? null, consumers, useBeforeOurs };
  }
  const { consumers, isProven } = await placesOf(parts, subject, old.id, proof);
  return { ...plan, consumers, ...(isProven ? { useBeforeOurs } : {}) };
}

/** Whose account and user it is, and what the policy says of times; no key, no place and no probe. */
export function barePlan({ region }: Parts, { caller, user, keys, settings, now }: Subject): Plan {
  const { quietFor, grace, watchLimit, probeEvery, freeSlot, minAge, unproven } = settings;
  return {
    account: caller.account,
    partition: caller.partition,
    region,
    user: user.name,
    userId: user.id,
    oldKey: null,
    newKey: null,
    keysAtStart: keys.map((key) => key.id),
    consumers: [],
    quietFor,
    grace,
    watchLimit,
    probeEvery,
    probes: [],
    freeSlot,
    minAge,
    allowSmtp: false,
    unproven,
    vault: 'secretsmanager',
    from: 'start',
    startedAt: instant(now),
    overrides: overridesOf(settings, instant(now)),
  };
}

function keyNamed({ user, keys }: Subject, id: string | undefined): KeyFacts {
  const key = keys.find((one) => one.id === id);
  if (key) return key;
  throw refuse(
    `${shortKeyId(id ?? '')} is not a key of ${user.name}`,
    `see aws iam list-access-keys --user-name ${user.name}`,
  );
}

/** Nobody is there to say which of two is meant, or that a first one is wanted (S26). */
function keyToReplace(subject: Subject, id: string | undefined): KeyFacts {
  const { user, keys } = subject;
  const active = keys.filter((key) => key.status === 'Active');
  if (active.length === 0)
    throw refuse(`${user.name} has no active key, so nothing needs a new one`, 'unattended, no first key is made');
  const [only] = active;
  if (id === undefined && active.length > 1) {
    throw refuse(
      `${user.name} has two active keys: ${active.map((key) => shortKeyId(key.id)).join(', ')}`,
      `there is no room for a third: keyturn retire --user ${user.name} --key OLD --new-key NEW`,
    );
  }
  const key = id === undefined ? (only as KeyFacts) : keyNamed(subject, id);
  if (active.length === 1 && key.lastUsedAt === null) {
    throw refuse(
      `${shortKeyId(key.id)}, the only active key of ${user.name}, was never used, so nobody needs another`,
      `delete it if nobody is going to use it; with a person at hand: keyturn rotate --user ${user.name}`,
    );
  }
  return key;
}

async function placesOf(parts: Parts, { user, settings }: Subject, oldKey: string, proof: Proof) {
  const named = await namedPlaces(parts, settings);
  const tagged = await taggedPlaces(parts, user, oldKey, proof);
  const consumers = [...new Set([...named, ...tagged])].map(reachable.place);
  if (consumers.length > 0) return { consumers, isProven: tagged.length > 0 };
  throw refuse(
    `nobody says where the new key of ${user.name} goes`,
    `name its places under consumers in the policy file, or tag its secret keyturn:user=${user.name}`,
  );
}

function namedPlaces({ region }: Parts, { consumers }: Settings): Promise<string[]> {
  return resolveConsumers(consumers, { cwd: '/', home: '/', env: {}, region });
}

function overridesOf({ probes, unproven }: Settings, at: string): Override[] {
  const overrides: Override[] = [];
  if (probes.length === 0) {
    overrides.push({
      at,
      what: 'blindGrace',
      why: 'no probes: during the grace nobody looks whether everything works',
    });
  }
  if (unproven === 'proceed') overrides.push({ at, what: 'unproven', why: 'the policy file: unproven: proceed' });
  return overrides;
}

function refuse(what: string, hint: string): RefusedError {
  return new RefusedError(what, { hint: `nothing was changed; ${hint}` });
}
