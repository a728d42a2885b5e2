// Makes the plan of a rotation: asks AWS whose key it is, resolves every flag, and says what can be said before the first
// change. Changes nothing. What is missing is a usage error, what will not do is a refusal.

import { isAccessKeyId, shortKeyId } from '../access-key.ts';
import { type Claim, claimsOf } from '../activities/claim.ts';
import { keysWithUse } from '../activities/keys.ts';
import { type Finding, mayStart } from '../activities/may-start.ts';
import { isShort } from '../activities/quiet.ts';
import type { Aws, Caller } from '../aws/contract.ts';
import { instant } from '../clock.ts';
import { resolveConsumers } from '../consumers/registry.ts';
import { parseDuration } from '../duration.ts';
import { AccessDeniedError, KeyNotAcceptedError, NoSuchEntityError, RefusedError, UsageError } from '../errors.ts';
import type { KeyFacts, Override, Plan } from '../machine/context.ts';
import { resolveProbe } from '../probes/registry.ts';
import type { PolicySays } from './effective-flags.ts';
import { orInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { keyChoice } from './render.ts';
import { regionOfVault, surroundingsOf } from './surroundings.ts';
import { checkTogether } from './times-together.ts';
import { countsAsDelivered, placesUnread, refuseToPrintPair } from './unread-places.ts';

export interface Planned {
  plan: Plan;
  keys: KeyFacts[];
  /** Whether it may begin at all. */
  finding: Finding;
  /** What to do about a finding that the policy file made. */
  hint: string | null;
  warnings: string[];
}

/** The user whose keys are meant, and what they have. */
export interface Subject {
  caller: Caller;
  region: string;
  user: { name: string; id: string; path: string; tags: Record<string, string> };
  keys: KeyFacts[];
  /** Of each long-term key that signs for us the last use before our first request. */
  usesBeforeOurs: ReadonlyMap<string, UseBefore>;
  /** Rotations that claim this user, here or elsewhere. */
  claims: Claim[];
  now: number;
}

type UseBefore = NonNullable<Plan['useBeforeOurs']>;

export async function lookAtUser(aws: Aws, io: Io, named: string | undefined): Promise<Subject> {
  return orInterrupted(io, look(aws, io, named));
}

async function look(aws: Aws, io: Io, named: string | undefined): Promise<Subject> {
  const { caller, usesBeforeOurs } = await callerOf(aws);
  const asked = named ?? ownUser(caller);
  try {
    const { id, name, path, tags } = await aws.user(asked);
    const keys = await keysWithUse({ aws }, name);
    const now = aws.time() ?? io.clock.now();
    const subject = { caller, region: await aws.region(), user: { name, id, path, tags }, keys, now };
    return { ...subject, usesBeforeOurs, claims: claimsOf(tags) };
  } catch (error) {
    if (!(error instanceof NoSuchEntityError)) throw error;
    throw new RefusedError(`there is no user ${asked} in account ${caller.account}`, {
      hint: 'nothing was changed; see aws iam list-users, and check the account with aws sts get-caller-identity',
      cause: error,
    });
  }
}

async function callerOf(aws: Aws): Promise<Pick<Subject, 'caller' | 'usesBeforeOurs'>> {
  try {
    const usesBeforeOurs = new Map<string, UseBefore>();
    for (const id of await aws.signers()) if (isAccessKeyId(id)) usesBeforeOurs.set(id, await useBefore(aws, id));
    return { usesBeforeOurs, caller: await aws.caller() };
  } catch (error) {
    if (!(error instanceof KeyNotAcceptedError)) throw error;
    throw new RefusedError(error.message, { hint: error.hint, cause: error });
  }
}

/** The first request of all, since any hides what was before. Where it is denied nothing is known. */
async function useBefore(aws: Aws, id: string): Promise<UseBefore> {
  try {
    const { lastUsedAt, lastUsedService } = await aws.lastUsed(id);
    return { lastUsedAt, lastUsedService };
  } catch (error) {
    if (!(error instanceof AccessDeniedError || error instanceof NoSuchEntityError)) throw error;
    return { lastUsedAt: null, lastUsedService: null };
  }
}

function ownUser({ arn }: Caller): string {
  if (/:user\//.test(arn)) return arn.slice(arn.lastIndexOf('/') + 1);
  if (arn.endsWith(':root')) {
    throw new RefusedError('these are root credentials, and keys of the root user are never touched', {
      hint: 'delete root keys by hand; to rotate a user’s key: keyturn rotate --user NAME, best not as root',
    });
  }
  throw new UsageError('whose key? these credentials belong to no user', { hint: 'name the user with --user NAME' });
}

/** The key to replace: the one named, else the only active one; null where the user has none at all. */
export function chooseOldKey({ keys, user, now }: Subject, named: string | undefined): string | null {
  if (named !== undefined) return checkedKeyId(named, '--key');
  const active = keys.filter((key) => key.status === 'Active');
  const [only] = active;
  if (active.length > 1) {
    throw new UsageError(
      `${user.name} has ${active.length} active keys: ${active.map((key) => keyChoice(key, now)).join('; ')}`,
      {
        hint: 'name the one to replace with --key; with two active keys there is room only after keyturn retire of one of them',
      },
    );
  }
  if (only) return only.id;
  if (keys.length === 0) return null;
  throw new RefusedError(
    `${user.name} has no active key, only ${keys.map((key) => shortKeyId(key.id)).join(', ')} inactive`,
    {
      hint: 'nothing works with an inactive key, so nothing needs a rotation; make it active again, or delete it and run keyturn rotate for a first key',
    },
  );
}

export function checkedKeyId(id: string, flag: string): string {
  if (isAccessKeyId(id)) return id;
  throw new UsageError(`${flag}: "${id}" is not an access key id`, {
    hint: 'a long-term key id looks like AKIAIOSFODNN7EXAMPLE; see aws iam list-access-keys',
  });
}

/**
 * The parts of a plan that come from flags alone: bad ones are said before AWS is asked anything. Without `together` each is
 * looked at for itself, where a policy file has still to fill in the others.
 */
export async function readFlags(flags: Flags, io: Io, { together = true } = {}) {
  const seconds = (text: string | undefined, fallback: string, flag: string) =>
    parseDuration(text ?? fallback, { flag });
  const times = {
    quietFor: seconds(flags.quietFor, '48h', '--quiet-for'),
    grace: seconds(flags.grace, '7d', '--grace'),
    watchLimit: seconds(flags.watchLimit, '30d', '--watch-limit'),
    probeEvery: seconds(flags.probeEvery, '1h', '--probe-every'),
    minAge: parseDuration(flags.minAge ?? '0d', { flag: '--min-age', allowZero: true, anyLength: true }),
  };
  if (together) checkTogether(times);
  const freeSlot = flags.freeSlot ?? 'never';
  if (freeSlot !== 'never' && freeSlot !== 'inactive') checkedKeyId(freeSlot, '--free-slot');
  const surroundings = await surroundingsOf(flags, io);
  const vault: Plan['vault'] = flags.vault === 'secretsmanager' ? 'secretsmanager' : 'file';
  if (vault === 'secretsmanager') regionOfVault(surroundings);
  const consumers = await resolveConsumers(flags.to ?? [], surroundings);
  refuseToPrintPair(flags, consumers);
  const probes = (flags.probe ?? []).map((spec) => resolveProbe(spec, surroundings));
  return { ...times, freeSlot, consumers, probes, vault };
}

export function makePlan(
  subject: Subject,
  read: Awaited<ReturnType<typeof readFlags>>,
  flags: Flags,
  { oldKey, newKey, from }: Pick<Plan, 'oldKey' | 'newKey' | 'from'>,
  policy: PolicySays | null = null,
): Planned {
  const { caller, keys, now, region, user } = subject;
  const at = instant(now);
  const overrides: Override[] = [];
  const override = (what: Override['what'], why: string) => overrides.push({ at, what, why });
  // Only what a flag asked for may be shorter than sessions live: a policy file alone does not make it so (S15).
  if (flags.quietFor !== undefined && isShort(read.quietFor))
    override('shortQuiet', '--quiet-for is shorter than sessions live (40 h)');
  if (flags.grace !== undefined && isShort(read.grace))
    override('shortGrace', '--grace is shorter than sessions live (40 h)');
  if (read.probes.length === 0)
    override('blindGrace', 'no --probe: during the grace nobody looks whether everything works');
  if (flags.allowSmtp) override('allowSmtp', '--allow-smtp');
  if (flags.yes) override('unproven', '--yes: go on also where silence proves nothing');
  const unread = placesUnread(read.consumers);
  if (flags.yes && unread.length > 0) override('unreadable', `--yes: ${countsAsDelivered(unread)}`);
  for (const { what, why } of policy?.overrides ?? []) override(what, why);

  const useBeforeOurs = subject.usesBeforeOurs.get(oldKey ?? '');

  const plan: Plan = {
    account: caller.account,
    partition: caller.partition,
    region,
    user: user.name,
    userId: user.id,
    oldKey,
    newKey,
    from,
    keysAtStart: keys.map((key) => key.id),
    ...read,
    allowSmtp: flags.allowSmtp === true,
    unproven: flags.yes ? 'proceed' : (policy?.unproven ?? 'ask'),
    startedAt: at,
    ...(useBeforeOurs ? { useBeforeOurs } : {}),
    overrides,
  };
  const old = keys.find((key) => key.id === oldKey);
  const exempt = policy?.exemption(oldKey) ?? null;
  const begins: Finding = from === 'start' ? mayStart(plan, keys, now) : { verdict: 'watch', reason: '' };
  return {
    plan,
    keys,
    finding: exempt ? { verdict: 'nothingToDo', reason: exempt.reason } : begins,
    hint: exempt?.hint ?? null,
    warnings: [...(policy?.warnings ?? []), ...warningsOf(plan, old)],
  };
}

function warningsOf(plan: Plan, old: KeyFacts | undefined): string[] {
  const hour = 3_600;
  const warnings = [];
  if (plan.quietFor < hour || plan.grace < hour) {
    warnings.push('a wait under an hour proves little: AWS publishes last use late, in steps of 15 minutes');
  }
  const asked = (what: Override['what']) => plan.overrides.some((one) => one.what === what);
  const short = (asked('shortQuiet') && isShort(plan.quietFor)) || (asked('shortGrace') && isShort(plan.grace));
  if (old?.lastUsedService === 'sts' && short) {
    warnings.push(
      'the old key was last used for sessions (sts), which can live for 36 hours after it; less was asked for',
    );
  }
  return warnings;
}
