// Creates the new key AND puts its secret into the vault, in one activity: the secret leaves it in no other way.
// CreateAccessKey cannot be asked twice safely, so the intent is recorded in the claim first, the request is sent once,
// and whatever an answerless request left behind is found by listing and removed (S20, S21).
import { type KeyPair, shortKeyId } from '../access-key.ts';
import { requestTimeLimit } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { AnswerUnknownError, LimitExceededError, RefusedError, UnexpectedStateError } from '../errors.ts';
import type { RotationContext } from '../machine/context.ts';
import { awsTime, stamp } from './aws-time.ts';
import { type Fence, fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { deleteInactive, findKey } from './keys.ts';
import { orphanPermissions, removeOrphan } from './orphan.ts';

export const permissions = [...fencePermissions, ...orphanPermissions, 'iam:CreateAccessKey', 'sts:GetCallerIdentity'];

export function createKey(deps: ActivityDeps): Activity<'createKey'> {
  const { aws, vault } = deps;

  return async (context) => {
    const { rotation } = context;
    const passed = await fence(deps, context, 'createKey');
    const stored = await vault.get(rotation, 'new');
    if (stored) return alreadyMade(context, stored, passed);

    // The claim says that an earlier attempt got this far and came to nothing that the vault knows of.
    if (passed.before.step === 'createKey') {
      const intended = timeOf(passed.before.at);
      await removeOrphan(deps, context, { intended, answerable: intended + requestTimeLimit });
    }

    const { pair, createdAt } = await createOnce(context);
    await mustBeAlone(context, pair, createdAt);
    try {
      await vault.put(rotation, 'new', pair);
    } catch (error) {
      // Nobody will ever have this secret, and no place was offered it: the key must not stay.
      await discard(context, pair.accessKeyId);
      throw error;
    }
    return { at: stamp(deps), counter: passed.counter, newKey: pair.accessKeyId, createdAt };
  };

  async function createOnce(context: RotationContext) {
    const { user } = context.plan;
    for (let tries = 1; ; tries++) {
      const intended = awsTime(deps);
      try {
        return await aws.createKey(user, context.rotation);
      } catch (error) {
        // LimitExceeded on a second try means that the first one was applied after all.
        const unanswered = error instanceof AnswerUnknownError || (tries > 1 && error instanceof LimitExceededError);
        if (!unanswered) throw error;
        const removed = await removeOrphan(deps, context, { intended, answerable: awsTime(deps) });
        if (tries > 1) throw error;
        const what = removed ? `the key that it made, ${shortKeyId(removed)}, is removed` : 'it made no key';
        await deps.announce({
          about: 'createKey',
          text: `no answer to iam:CreateAccessKey; ${what}; trying once more`,
        });
      }
    }
  }

  /** The vault has the pair already: an earlier attempt got everything done but its answer. */
  async function alreadyMade(context: RotationContext, stored: KeyPair, passed: Fence) {
    for (let tries = 0; tries < 3; tries++) {
      const key = findKey(await aws.keys(context.plan.user), stored.accessKeyId);
      if (key) return { at: stamp(deps), counter: passed.counter, newKey: key.id, createdAt: key.createdAt };
      await deps.clock.sleep(5_000, deps.signal);
    }
    throw new UnexpectedStateError(`the new key ${shortKeyId(stored.accessKeyId)} is gone from ${context.plan.user}`, {
      hint: `someone deleted it; no place holds it; keyturn rollback ${context.rotation} ends this rotation`,
    });
  }

  /** Of two keys that were not there before the older one stays; whoever made the other takes it back and stops. */
  async function mustBeAlone({ plan }: RotationContext, pair: KeyPair, createdAt: string) {
    const strangers = (await aws.keys(plan.user)).filter(
      (key) => !plan.keysAtStart.includes(key.id) && key.id !== pair.accessKeyId,
    );
    const older = strangers.find(
      (key) => key.createdAt < createdAt || (key.createdAt === createdAt && key.id < pair.accessKeyId),
    );
    if (!older) return;
    await remove(plan.user, pair.accessKeyId, plan.oldKey);
    throw new RefusedError(`${plan.user} got another key, ${shortKeyId(older.id)}, while this rotation made its own`, {
      hint: 'the key made here is removed again; find out who made the other one before you rotate',
    });
  }

  async function discard({ plan }: RotationContext, id: string) {
    try {
      await remove(plan.user, id, plan.oldKey);
    } catch (cause) {
      throw new UnexpectedStateError(`the new key ${shortKeyId(id)} could neither be stored nor removed`, {
        hint: `its secret is lost and no place holds it; delete it: aws iam delete-access-key --user-name ${plan.user} --access-key-id ${id}`,
        cause,
      });
    }
  }

  async function remove(user: string, id: string, witness: string | null) {
    await aws.setKeyStatus(user, id, 'Inactive');
    await deleteInactive(deps, user, id, { witness });
  }
}
