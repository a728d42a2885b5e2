// Creates the new key AND puts its secret into the vault, in one activity: the secret leaves it in no other way.
// CreateAccessKey cannot be asked twice safely, so the intent is recorded in the claim first, the request is sent once,
// and whatever an answerless request left behind is found by listing and removed (S20, S21).
import { type KeyPair, shortKeyId } from '../access-key.ts';
import { requestTimeLimit } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { AnswerUnknownError, KeyturnError, LimitExceededError, RefusedError, UnexpectedStateError } from '../errors.ts';
import type { RotationContext } from '../machine/context.ts';
import { awsTime, stamp } from './aws-time.ts';
import { askAnew, type Fence, fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { mustNotBeHalted } from './halt.ts';
import { keepPair } from './keep-pair.ts';
import { deleteInactive, findKey, settledKeys } from './keys.ts';
import { orphanPermissions, removeOrphan } from './orphan.ts';

export const permissions = [...fencePermissions, ...orphanPermissions, 'iam:CreateAccessKey', 'sts:GetCallerIdentity'];

export function createKey(deps: ActivityDeps): Activity<'createKey'> {
  const { aws, vault } = deps;

  return async (context) => {
    const { rotation } = context;
    await mustNotBeHalted(deps, context);
    const passed = await fence(deps, context, 'createKey');
    const stored = await vault.get(rotation, 'new');
    if (stored) return alreadyMade(context, stored, passed);

    // The claim says that an earlier attempt got this far and came to nothing that the vault knows of.
    if (passed.before.asked) {
      const intended = timeOf(passed.before.asked);
      await removeOrphan(deps, context, { intended, answerable: intended + requestTimeLimit });
      await askAnew(deps, context, passed.own);
    }

    const { pair, createdAt } = await createOnce(context);
    try {
      await keepPair(deps, context, 'new', pair);
    } catch (error) {
      // Nobody will ever have this secret, and no place was offered it: the key must not stay.
      await discard(context, pair.accessKeyId);
      throw error;
    }
    await mustBeAlone(context, pair.accessKeyId);
    return { at: stamp(deps), counter: passed.counter, newKey: pair.accessKeyId, createdAt };
  };

  async function createOnce(context: RotationContext) {
    const { user } = context.plan;
    const intended = awsTime(deps);
    for (let tries = 1; ; tries++) {
      try {
        return await aws.createKey(user, context.rotation);
      } catch (error) {
        // Lambda may have been called twice at once: then the key that is too many is this rotation's own, and nobody is refused.
        const isTwin = !deps.attended && error instanceof LimitExceededError;
        if (tries === 1 && isRefusal(error) && !isTwin) {
          throw new RefusedError(error.message, { hint: error.hint, cause: error });
        }
        // LimitExceeded on a second try means that the first one was applied after all.
        const unanswered = error instanceof AnswerUnknownError || (tries > 1 && error instanceof LimitExceededError);
        if (!unanswered) throw error;
        const removed = await removeOwnOrphan(context, error, intended);
        if (tries > 1) {
          throw new RefusedError('AWS did not answer iam:CreateAccessKey twice', {
            hint: 'no key was left behind; check the network, then run the same command again',
            cause: error,
          });
        }
        const what = removed ? `the key that it made, ${shortKeyId(removed)}, is removed` : 'it made no key';
        await deps.announce({
          about: 'createKey',
          text: `no answer to iam:CreateAccessKey; ${what}; trying once more`,
        });
      }
    }
  }

  /** What is not settled about a request of ours stays open: this rotation may have made a key, whatever else is there. */
  async function removeOwnOrphan(context: RotationContext, unanswered: KeyturnError, intended: number) {
    try {
      const removed = await removeOrphan(deps, context, { intended, answerable: awsTime(deps) });
      if (removed || !(unanswered instanceof LimitExceededError)) return removed;
    } catch (error) {
      if (!(error instanceof UnexpectedStateError)) throw error;
      throw new AnswerUnknownError(error.message, { hint: error.hint, cause: unanswered });
    }
    throw new AnswerUnknownError(`iam:CreateAccessKey made a key that AWS does not show yet`, {
      hint: `nobody has its secret; keyturn resume ${context.rotation} removes it in a minute`,
      cause: unanswered,
    });
  }

  /** The vault has the pair already: an earlier attempt got everything done but its answer. */
  async function alreadyMade(context: RotationContext, stored: KeyPair, passed: Fence) {
    const id = stored.accessKeyId;
    const key = findKey(await settledKeys(deps, context.plan.user, (all) => findKey(all, id) !== undefined), id);
    if (key) {
      await mustBeAlone(context, id);
      return { at: stamp(deps), counter: passed.counter, newKey: id, createdAt: key.createdAt };
    }
    throw new UnexpectedStateError(`the new key ${shortKeyId(stored.accessKeyId)} is gone from ${context.plan.user}`, {
      hint: `someone deleted it; no place holds it; keyturn rollback ${context.rotation} ends this rotation`,
    });
  }

  /** Of two keys that were not there before the older one stays; whoever made the other takes it back and stops. */
  async function mustBeAlone({ plan, rotation }: RotationContext, id: string) {
    const keys = await settledKeys(deps, plan.user, (all) => findKey(all, id) !== undefined);
    const [oldest] = keys.filter((key) => !plan.keysAtStart.includes(key.id));
    if (!oldest || oldest.id === id) return;
    await remove(plan.user, id, plan.oldKey);
    await vault.remove(rotation, 'new');
    throw new RefusedError(`${plan.user} got another key, ${shortKeyId(oldest.id)}, while this rotation made its own`, {
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

/** AWS, or whoever gives us credentials, said no: a request of which this is the only answer has made nothing. */
function isRefusal(error: unknown): error is KeyturnError {
  return error instanceof KeyturnError && !(error instanceof AnswerUnknownError);
}
