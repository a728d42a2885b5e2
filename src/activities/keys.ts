// Fresh looks at a user's keys, and the one way in which a key is ever deleted.
import { shortKeyId } from '../access-key.ts';
import type { KeyStatusFacts, KeyUse } from '../aws/contract.ts';
import { AnswerUnknownError, KeyturnError, NoSuchEntityError, UnexpectedStateError } from '../errors.ts';
import type { KeyFacts } from '../machine/context.ts';
import type { ActivityDeps } from './contract.ts';

/** Every key of the user with its last use: one call for the list and one for each key. */
export async function keysWithUse({ aws }: Pick<ActivityDeps, 'aws'>, user: string): Promise<KeyFacts[]> {
  const keys: KeyFacts[] = [];
  for (const key of await aws.keys(user)) keys.push({ ...key, ...(await aws.lastUsed(key.id)) });
  return keys;
}

/** The same for keys that are listed already, with patience for one that AWS does not know everywhere yet. */
export async function withUse(deps: ActivityDeps, listed: readonly KeyStatusFacts[]): Promise<KeyFacts[]> {
  const keys: KeyFacts[] = [];
  for (const key of listed) keys.push({ ...key, ...(await settledUse(deps, key.id)) });
  return keys;
}

/** AWS may answer from before a change for a while, so a surprise counts only after this many looks, this far apart (S20). */
const looks = 3;
const betweenLooks = 5_000;

type Looking = Pick<ActivityDeps, 'aws' | 'clock' | 'signal'>;

/** The user's keys; a list that is not as expected is asked for again, and believed the third time. */
export async function settledKeys(
  { aws, clock, signal }: Looking,
  user: string,
  expected: (keys: readonly KeyStatusFacts[]) => boolean,
): Promise<KeyStatusFacts[]> {
  for (let look = 1; ; look++) {
    const keys = await aws.keys(user);
    if (expected(keys) || look === looks) return keys;
    await clock.sleep(betweenLooks, signal);
  }
}

/** A listed key's last use; that AWS knows no such key is believed the third time. */
export async function settledUse({ aws, clock, signal }: ActivityDeps, id: string): Promise<KeyUse> {
  for (let look = 1; ; look++) {
    try {
      return await aws.lastUsed(id);
    } catch (error) {
      if (!(error instanceof NoSuchEntityError) || look === looks) throw error;
      await clock.sleep(betweenLooks, signal);
    }
  }
}

export function isActive(keys: readonly KeyStatusFacts[], id: string | null): boolean {
  return keys.some((key) => key.id === id && key.status === 'Active');
}

export function findKey<Key extends KeyStatusFacts>(keys: readonly Key[], id: string | null): Key | undefined {
  return keys.find((key) => key.id === id);
}

/** Where AWS gives no answer the keys show whether it was done: what is done must not stop a way back (S1). */
export async function activate(deps: Looking, user: string, id: string): Promise<void> {
  try {
    await deps.aws.setKeyStatus(user, id, 'Active');
  } catch (unanswered) {
    if (!(unanswered instanceof AnswerUnknownError)) throw unanswered;
    const isDone = (all: readonly KeyStatusFacts[]) => isActive(all, id);
    const keys = await settledKeys(deps, user, isDone).catch((error) => {
      if (error instanceof KeyturnError) throw unanswered;
      throw error;
    });
    if (!isDone(keys)) throw unanswered;
  }
}

/** AWS may show an old status for a while, so two reads this far apart must agree before a key is deleted (S6). */
const betweenReads = 5_000;

export const deleteInactivePermissions = ['iam:ListAccessKeys', 'iam:DeleteAccessKey'];

/**
 * Deletes a key that two reads show inactive. `witness` is this rotation's other key: where the key is gone already, that
 * counts as success only if the same list shows the witness (S9), else the list may be another user's or stale. `check` is asked
 * last of all, with the list that the deletion rests on; what it throws stops it.
 */
export async function deleteInactive(
  deps: ActivityDeps,
  user: string,
  id: string,
  { witness, check }: { witness: string | null; check?: (keys: readonly KeyStatusFacts[]) => Promise<void> },
): Promise<void> {
  if (!(await listToDeleteFrom(deps, user, id, witness))) return;
  await deps.clock.sleep(betweenReads, deps.signal);
  const keys = await listToDeleteFrom(deps, user, id, witness);
  if (!keys) return;
  await check?.(keys);

  try {
    await deps.aws.deleteKey(user, id);
  } catch (error) {
    if (!(error instanceof NoSuchEntityError)) throw error;
    if (await listToDeleteFrom(deps, user, id, witness)) throw error;
  }
}

/** The list that shows the key inactive; null where the key is gone already. */
async function listToDeleteFrom(
  deps: ActivityDeps,
  user: string,
  id: string,
  witness: string | null,
): Promise<KeyStatusFacts[] | null> {
  const keys = await settledKeys(deps, user, (all) => findKey(all, id)?.status === 'Inactive');
  const key = findKey(keys, id);
  if (!key) {
    if (witness === null || findKey(keys, witness)) return null;
    throw new UnexpectedStateError(`${user} shows neither ${shortKeyId(id)} nor ${shortKeyId(witness)}`, {
      hint: `nothing was deleted; look with aws iam list-access-keys --user-name ${user}`,
    });
  }
  if (key.status !== 'Inactive') {
    throw new UnexpectedStateError(`${shortKeyId(id)} is ${key.status}, so it is not deleted`, {
      hint: 'somebody made it active again; keyturn resume goes on watching it',
    });
  }
  return keys;
}

/** The line that brings a key back without keyturn. */
export function reactivateCommand(user: string, keyId: string): string {
  return `aws iam update-access-key --user-name ${user} --access-key-id ${keyId} --status Active`;
}
