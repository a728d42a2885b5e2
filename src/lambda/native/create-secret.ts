// createSecret: the new key, in the vault before anything else knows of it, and then in the pending version. Called again, also
// for another version of the same secret, it goes on with what the claim says was begun, so that no key is left over (S20, S21).

import type { KeyPair } from '../../access-key.ts';
import { claimedBy, claimOf, claimsOf } from '../../activities/claim.ts';
import { claimUser } from '../../activities/claim-user.ts';
import { createKey } from '../../activities/create-key.ts';
import { mayStart } from '../../activities/may-start.ts';
import { releaseUser } from '../../activities/release-user.ts';
import { withPairInJson } from '../../consumers/pair-in-json.ts';
import { RefusedError, VaultError } from '../../errors.ts';
import { blamed } from '../../machine/blame.ts';
import { contextSchema, type RotationContext } from '../../machine/context.ts';
import { depsFor } from '../activity.ts';
import { mustBeClear } from '../claim-user.ts';
import { derivePlan } from '../derive-plan.ts';
import { goingOn } from '../going-on.ts';
import type { Parts } from '../parts.ts';
import type { Subject } from '../subject.ts';
import { beginRetirement } from './retirement.ts';
import { mustBelong, ownerOf, type PairVersion, pairVersion, rotationOf } from './secret-and-owner.ts';
import type { Version } from './version.ts';

export async function createSecret(parts: Parts, { secret, token }: Version): Promise<void> {
  const secrets = parts.aws.secretsManager(parts.region);
  if (await pairVersion(secrets, secret, { version: token })) return;
  const current = await pairVersion(secrets, secret, { stage: 'AWSCURRENT' });
  if (!current) {
    throw new RefusedError('the secret has no current value', {
      hint: 'nothing was changed; put a key of the user there',
    });
  }
  const subject = await ownerOf(parts, current);
  // A rotation that ended before it started the second half would never be over.
  await beginRetirement(parts, current, subject.user);
  await mustBelong(parts, current, subject);

  const pair = await newPair(parts, await contextFor(parts, current, subject));
  const text = withPairInJson(current.text, current.names, pair, current.where);
  await secrets.put(secret, { token, text, stage: 'AWSPENDING' });
}

/** What the claim says was begun, else a beginning, after making sure that there may be one. */
async function contextFor(parts: Parts, current: PairVersion, subject: Subject): Promise<RotationContext> {
  const { user, keys, now } = subject;
  const oldKey = current.pair.accessKeyId;
  const rotation = rotationOf(current.arn, oldKey);
  if (claimOf(rotation, user)) return goOn(parts, { user: user.name, oldKey, rotation });
  const [other] = claimsOf(user.tags);
  if (other) throw claimedBy(user.name, other);

  const plan = { ...(await derivePlan(parts, subject, { from: 'watch', oldKey })), from: 'start' as const };
  const { verdict, reason } = mayStart(plan, keys, now);
  if (verdict !== 'create') throw new RefusedError(reason, { hint: 'nothing was changed' });
  const used = keys.find((key) => key.id === oldKey)?.lastUsedAt;
  if (keys.length === 1 && !used) {
    throw new RefusedError(`the only key of ${user.name} was never used, so nobody needs another`, {
      hint: `nothing was changed; with a person at hand: keyturn rotate --user ${user.name}`,
    });
  }
  await mustBeClear(parts, { plan });
  return { schema: contextSchema, rotation, intent: 'forward', plan, interruptions: [] };
}

/** What is known for sure of a rotation that an earlier call began. Throws RefusedError where AWS knows of none. */
export async function goOn(
  parts: Parts,
  { user, oldKey, rotation }: { user: string; oldKey: string; rotation: string },
): Promise<RotationContext> {
  const base = await goingOn(parts, { user, from: 'watch', oldKey, rotation }, rotation);
  return { ...base, plan: { ...base.plan, from: 'start' } } as RotationContext;
}

async function newPair(parts: Parts, context: RotationContext): Promise<KeyPair> {
  const claimed = { ...context, claimUser: await claimUser(depsFor(parts, 'claimUser', context))(context) };
  const deps = depsFor(parts, 'createKey', claimed);
  try {
    await createKey(deps)(claimed);
  } catch (error) {
    // Refused, nothing of ours is left: neither may the claim be, which would keep everybody else away.
    if (error instanceof RefusedError) await releaseUser(deps)({ ...claimed, error: blamed(error) });
    throw error;
  }
  const pair = await deps.vault.get(context.rotation, 'new');
  if (pair) return pair;
  throw new VaultError(`the new pair of rotation ${context.rotation} is not in the vault`);
}
