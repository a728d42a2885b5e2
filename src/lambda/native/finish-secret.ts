// finishSecret: the pending version becomes the current one, if the secret is still as it was read; then the state machine
// watches the old key and retires it.
import { fence } from '../../activities/claim.ts';
import type { ActivityDeps } from '../../activities/contract.ts';
import { mustNotBeHalted } from '../../activities/halt.ts';
import { isActive } from '../../activities/keys.ts';
import { withPairInJson } from '../../consumers/pair-in-json.ts';
import { KeyturnError, UnexpectedStateError, VaultError } from '../../errors.ts';
import type { RotationContext } from '../../machine/context.ts';
import { depsFor } from '../activity.ts';
import type { Parts } from '../parts.ts';
import { goOn } from './create-secret.ts';
import { makeSureOfRetirement } from './retirement.ts';
import { ownerOf, type PairVersion, pairVersion, rotationOf } from './secret-and-owner.ts';
import type { Version } from './version.ts';

export async function finishSecret(parts: Parts, { secret, token }: Version): Promise<void> {
  const secrets = parts.aws.secretsManager(parts.region);
  const [current, pending] = [
    await pairVersion(secrets, secret, { stage: 'AWSCURRENT' }),
    await pairVersion(secrets, secret, { version: token }),
  ];
  if (!current || !pending) throw new UnexpectedStateError(`there is no version ${token} to make the current one`);
  const { user } = await ownerOf(parts, current);
  const oldKey = current.pair.accessKeyId;
  const rotation = rotationOf(current.arn, oldKey);
  const context = await goOn(parts, { user: user.name, oldKey, rotation });
  const deps = depsFor(parts, 'deliverKey', context);
  await mustBeWhatWasMade(deps, { rotation, current, pending });
  const delivering = withNewKey(context, pending.pair.accessKeyId);

  await mustNotBeHalted(deps, delivering);
  if (!isActive(await parts.aws.keys(user.name), pending.pair.accessKeyId)) {
    throw new UnexpectedStateError('the new key is not active any more', { hint: 'the secret is as it was' });
  }
  await fence(deps, delivering, 'deliverKey');
  try {
    await secrets.moveStage(secret, 'AWSCURRENT', { from: current.version, to: token });
  } catch (error) {
    // An answer that was lost may have been a yes, and the SDK's next attempt is then refused.
    const { stages } = await secrets.describe(secret);
    if (!(error instanceof KeyturnError) || !stages[token]?.includes('AWSCURRENT')) throw error;
  }
  await makeSureOfRetirement(parts, pending);
}

/** Whoever changed the secret meanwhile would lose that change, and a pair from anywhere else is not ours to hand out (S24). */
async function mustBeWhatWasMade(
  { vault }: ActivityDeps,
  { rotation, current, pending }: { rotation: string; current: PairVersion; pending: PairVersion },
): Promise<void> {
  const made = await vault.get(rotation, 'new');
  if (!made) throw new VaultError(`the new pair of rotation ${rotation} is not in the vault`);
  const { text, names, where, arn } = current;
  if (pending.text === withPairInJson(text, names, made, where)) return;
  throw new UnexpectedStateError(`${where} was changed since its pending version was made`, {
    hint: `the secret is as it was, and the new key is kept; to take that change along: aws secretsmanager update-secret-version-stage --secret-id ${arn} --version-stage AWSPENDING --remove-from-version-id ${pending.version}, then rotate it again`,
  });
}

/** As far as the fence asks: that a key was made, and which. */
function withNewKey(context: RotationContext, newKey: string): RotationContext {
  const { at = context.plan.startedAt, counter = 0 } = context.claimUser ?? {};
  return { ...context, createKey: { at, counter, newKey, createdAt: at } };
}
