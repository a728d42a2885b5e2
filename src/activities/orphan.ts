// What a CreateAccessKey without an answer may have left behind: an active key whose secret nobody has. It is recognised
// by the intent that the claim recorded right before (S21), deactivated, looked at again, and deleted.
import { shortKeyId } from '../access-key.ts';
import type { KeyStatusFacts } from '../aws/contract.ts';
import { requestTimeLimit } from '../aws/contract.ts';
import { instant, timeOf } from '../clock.ts';
import { UnexpectedStateError } from '../errors.ts';
import type { RotationContext } from '../machine/context.ts';
import { awsTime } from './aws-time.ts';
import type { ActivityDeps } from './contract.ts';
import { deleteInactive, settledUse } from './keys.ts';

const second = 1_000;

/** AWS may show a new key late, so absence counts only after this many equal lists, this far apart (S20). */
const emptyLists = 3;
const betweenLists = 5 * second;

export const orphanPermissions = [
  'iam:DeleteAccessKey',
  'iam:GetAccessKeyLastUsed',
  'iam:ListAccessKeys',
  'iam:UpdateAccessKey',
];

/**
 * Removes the key that an unanswered CreateAccessKey of ours made, if it made one, and returns its id. Throws where a key
 * is there that cannot be told from a person's: then nothing is touched. `intended` is AWS's time right before the call,
 * `answerable` the moment from which on it can no longer be applied.
 */
export async function removeOrphan(
  deps: ActivityDeps,
  context: RotationContext,
  { intended, answerable }: { intended: number; answerable: number },
): Promise<string | null> {
  const strangers = await strangersAfter(deps, context, answerable);
  const [orphan, ...more] = strangers;
  if (!orphan) return null;

  const window = { from: intended - 5 * second, to: intended + requestTimeLimit + 60 * second };
  const created = timeOf(orphan.createdAt);
  const use = await settledUse(deps, orphan.id);
  const isAlone = more.length === 0 && created >= window.from && created <= window.to && use.lastUsedAt === null;
  if (!isAlone || (await isOfAnother(deps, context, orphan.id, window.from))) {
    throw new UnexpectedStateError(
      `${context.plan.user} has a key that this rotation cannot call its own: ${strangers.map((key) => shortKeyId(key.id)).join(', ')}`,
      {
        hint: `keyturn left it alone; find out whose it is: once it is gone, keyturn resume ${context.rotation} goes on; if it is to stay, keyturn release ${context.rotation} gives this rotation up`,
      },
    );
  }

  await deps.announce({
    about: 'createKey',
    text: `removing ${shortKeyId(orphan.id)}: made by a request whose answer was lost`,
  });
  await deps.aws.setKeyStatus(context.plan.user, orphan.id, 'Inactive');
  await deleteInactive(deps, context.plan.user, orphan.id, {
    witness: context.plan.oldKey,
    check: async () => {
      const again = await settledUse(deps, orphan.id);
      if (again.lastUsedAt !== null) {
        throw new UnexpectedStateError(`${shortKeyId(orphan.id)} was used after all, so it is not deleted`, {
          hint: 'it is inactive now; find out whose it is',
        });
      }
    },
  });
  return orphan.id;
}

/** Whether CloudTrail has the event of another program; our requests name the rotation. No event proves nothing: it comes late. */
async function isOfAnother(deps: ActivityDeps, { rotation }: RotationContext, keyId: string, since: number) {
  const agent = (await deps.agentThatMade?.(keyId, instant(since))) ?? null;
  // CloudTrail puts some programs in brackets.
  return agent !== null && !agent.split(/[\s[\]]/).includes(`rotation/${rotation}`);
}

/** Keys that were not there at the start; none counts only after lists that stay equal for long enough, from `answerable` on. */
async function strangersAfter(
  deps: ActivityDeps,
  context: RotationContext,
  answerable: number,
): Promise<KeyStatusFacts[]> {
  const known = new Set(context.plan.keysAtStart);
  let empty = 0;
  for (;;) {
    const strangers = (await deps.aws.keys(context.plan.user)).filter((key) => !known.has(key.id));
    if (strangers.length > 0) return strangers;
    empty = awsTime(deps) >= answerable ? empty + 1 : 0;
    if (empty >= emptyLists) return [];
    await deps.clock.sleep(betweenLists, deps.signal);
  }
}
