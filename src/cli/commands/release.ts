// keyturn release: takes the claim of a dead rotation off its user. Shows what speaks for its death, and asks.
import { type Claim, claimsOf, releaseClaim } from '../../activities/claim.ts';
import { openPlace } from '../../activities/places.ts';
import { newKeyOf } from '../../activities/record.ts';
import { instant } from '../../clock.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import { KeyturnError, RefusedError, UsageError } from '../../errors.ts';
import type { RotationContext } from '../../machine/context.ts';
import type { Vault } from '../../vault/contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { print } from '../finish.ts';
import type { Io } from '../io.ts';
import { lookAtUser, type Subject } from '../make-plan.ts';
import type { Flags } from '../options.ts';
import { isOpen } from '../pick-rotation.ts';
import { remoteNamed } from '../remote/find-remote.ts';
import { consumersOf, type RotationDocument } from '../rotation-document.ts';
import { openSession, type Session } from '../session.ts';

export async function release(flags: Flags, io: Io, given: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  const { store, aws, progress } = session;
  const id = given === undefined ? undefined : await fullId(session, given);
  const record = id === undefined ? null : await recordOf(session, id);
  const named = flags.user ?? record?.context.plan.user;
  if (named === undefined) {
    const what = id === undefined ? 'whose claim?' : `whose claim? there is no rotation ${id} here`;
    throw new UsageError(what, { hint: 'name the user with --user' });
  }

  const subject = await lookAtUser(aws, io, named);
  const claim = await theClaim(session, subject, id, record);
  await mustNotRunThere(session, claim.rotation);
  // Whoever holds the lock is alive, and the claim with it.
  const lock = await store.lockUser(subject.caller.account, subject.user.name);
  try {
    const own = await recordOf(session, claim.rotation);
    const proof = proofOf(claim, own, subject);
    progress.block(proof);
    if (!flags.yes) await agree(session, claim, proof);

    const at = instant(aws.time() ?? io.clock.now());
    await releaseClaim(aws, subject.user.name, claim.rotation, at);
    const kept = own && (await giveUp(session, own, at));
    const document = await documentOf(session, subject, claim, own);
    print(session, kept ? { ...document, hint: `${kept}; ${document.hint}` } : document, exitCodes.done);
    return exitCodes.done;
  } finally {
    await lock.release();
  }
}

/** Where Step Functions can be asked; where not, only the person can know. */
async function mustNotRunThere(session: Session, rotation: string): Promise<void> {
  const found = await remoteNamed(session, rotation).catch((error) => {
    if (!(error instanceof KeyturnError)) throw error;
    return null;
  });
  if (found?.remote.execution.status !== 'RUNNING') return;
  throw new RefusedError(`Step Functions runs rotation ${rotation}, so its claim is not dead`, {
    hint: `nothing was changed; keyturn status ${rotation} shows it, keyturn rollback ${rotation} goes back`,
  });
}

/** Ids may be cut short, as everywhere; one that is no record's here may be another machine's. */
async function fullId({ store }: Session, given: string): Promise<string> {
  const { records } = await store.list();
  return records.some(({ rotation }) => rotation.startsWith(given)) ? store.resolve(given) : given;
}

async function recordOf({ store }: Session, id: string): Promise<RotationRecord | null> {
  const { records } = await store.list();
  return records.find((record) => record.rotation === id) ?? null;
}

/**
 * The record says that it was given up, and the vault's entry goes with it. Only a secret that is nowhere else stays:
 * returns what to know about it.
 */
async function giveUp(session: Session, own: RotationRecord, at: string): Promise<string | null> {
  const { store, vaultOf } = session;
  const { rotation, context } = own;
  await tidyPlaces(session, context);
  const vault = vaultOf(context.plan);
  const made = await vault.get(rotation, 'new');
  const isNeeded = made !== null && context.deliverKey?.verdict !== 'delivered';
  if (isNeeded) await tidy(vault, rotation);
  await store.save({
    ...own,
    outcome: own.outcome ?? 'stuck',
    released: at,
    running: false,
    park: null,
    history: [...own.history, { at, state: own.state, event: 'stopped', detail: 'its claim was released' }],
  });
  if (isNeeded) {
    return `not every place holds ${made.accessKeyId}, so its secret stays in the vault`;
  }
  await vault.remove(rotation, 'old');
  await vault.remove(rotation, 'new');
  return null;
}

/** Whoever died as a pair was stored may have left a second copy, to which no later run of this rotation comes. */
async function tidy(vault: Vault, rotation: string): Promise<void> {
  for (const slot of ['old', 'new'] as const) {
    const pair = await vault.get(rotation, slot);
    if (pair) await vault.put(rotation, slot, pair);
  }
}

/** Nor does a later run come to the places; what cannot be tidied there does not hold the release up. */
async function tidyPlaces(session: Session, context: RotationContext): Promise<void> {
  for (const spec of context.plan.consumers) {
    try {
      const consumer = await openPlace(session, context, spec);
      await consumer.tidy?.();
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error;
      session.progress.warn(`what an earlier run may have left beside ${spec} stays: ${error.message}`);
    }
  }
}

async function documentOf(
  { store }: Session,
  { caller, user, keys }: Subject,
  claim: Claim,
  own: RotationRecord | null,
): Promise<RotationDocument> {
  const now = own && (await store.load(own.rotation));
  return {
    rotation: claim.rotation,
    account: caller.account,
    user: user.name,
    engine: 'local',
    execution: null,
    outcome: 'nothingToDo',
    state: now?.state ?? 'released',
    oldKey: now ? now.context.plan.oldKey : (claim.keys[0] ?? null),
    newKey: now ? newKeyOf(now.context) : (claim.keys[1] ?? null),
    until: null,
    reason: `the claim of rotation ${claim.rotation} is cleared; no key was changed`,
    hint:
      keys.length > 1
        ? `two keys are left: look at both; keyturn retire --user ${user.name} --key OLD --new-key NEW removes the one that is not needed`
        : `keyturn rotate --user ${user.name} may begin again`,
    consumers: now ? consumersOf(now.context) : [],
    keys: keys.map(({ lastUsedRegion: _, ...key }) => key),
    history: now?.history ?? [],
  };
}

/** Where somebody took the tag away, an open record is still to be given up: it then stands for the claim. */
async function theClaim(
  { aws }: Session,
  { user }: Subject,
  id: string | undefined,
  record: RotationRecord | null,
): Promise<Claim> {
  const { tags } = await aws.user(user.name);
  const claims = claimsOf(tags).filter((claim) => id === undefined || claim.rotation === id);
  const [only] = claims;
  if (!only && record && isOpen(record)) {
    const { rotation, createdAt: since, state: step, context } = record;
    const keys = [context.plan.oldKey, newKeyOf(context)].filter((key) => key !== null);
    return { rotation, since, counter: 0, step, at: since, keys };
  }
  if (!only)
    throw new RefusedError(`${user.name} carries no ${id ? `claim of ${id}` : 'claim'}`, {
      hint: 'there is nothing to release',
    });
  if (claims.length > 1) {
    throw new UsageError(`${user.name} carries ${claims.length} claims`, {
      hint: `which one: ${claims.map((claim) => claim.rotation).join(', ')}`,
    });
  }
  return only;
}

function proofOf(claim: Claim, own: RotationRecord | null, { keys, user }: Subject): string[] {
  return [
    `rotation ${claim.rotation} claimed ${user.name} at ${claim.since}; its last step was ${claim.step} at ${claim.at}`,
    own
      ? `its record is here, at ${own.state}${own.outcome ? ` (${own.outcome})` : ''}, and no process on this machine runs it: keyturn resume ${claim.rotation} would go on`
      : 'there is no record of it here: it may live on another machine, which only you can know',
    ...keys.map((key) => `${key.id} is ${key.status}`),
  ];
}

async function agree({ io }: Session, claim: Claim, proof: string[]): Promise<void> {
  if (!io.terminal) {
    throw new UsageError(`release asks, and there is no terminal to ask on: ${proof[0]}; ${proof[1]}`, {
      hint: `agree with --yes once you know that rotation ${claim.rotation} is dead; nothing was changed`,
    });
  }
  const { confirm } = await import('../prompts.ts');
  if (!(await confirm(io, 'Is it dead? Release its claim?', false)))
    throw new UsageError('not agreed', { hint: 'nothing was changed' });
}
