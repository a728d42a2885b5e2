// Deactivates the old key, after reading again everything that the decision rested on (S5). One command undoes it, and
// that command is announced first.
import { shortKeyId } from '../access-key.ts';
import { instant } from '../clock.ts';
import { UnexpectedStateError } from '../errors.ts';
import { awsTime, stamp } from './aws-time.ts';
import { fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { mustNotBeHalted } from './halt.ts';
import { findKey, isActive, reactivateCommand } from './keys.ts';
import { placeWithoutNewKey } from './places.ts';
import { failingProbe } from './probe-all.ts';
import { graceOf } from './quiet.ts';
import { newKeyOf } from './record.ts';

export const permissions = [
  ...fencePermissions,
  'iam:GetAccessKeyLastUsed',
  'iam:ListAccessKeys',
  'iam:UpdateAccessKey',
  'sts:GetCallerIdentity',
];

export function deactivateKey(deps: ActivityDeps): Activity<'deactivateKey'> {
  const { aws } = deps;

  return async (context) => {
    const { plan } = context;
    const oldKey = plan.oldKey ?? '';
    await mustNotBeHalted(deps, context);
    const { counter, before } = await fence(deps, context, 'deactivateKey');
    const keys = await aws.keys(plan.user);
    const old = findKey(keys, oldKey);
    const stop = (what: string) =>
      new UnexpectedStateError(what, {
        hint: `the old key was not deactivated; keyturn resume ${context.rotation} judges again`,
      });
    // The claim names this step: an earlier attempt of ours got as far as the call.
    const isDone = old?.status === 'Inactive' && before.step === 'deactivateKey';
    if (old?.status !== 'Active' && !isDone)
      throw stop(`the old key ${shortKeyId(oldKey)} is not active: ${old?.status ?? 'gone'}`);

    const use = await aws.lastUsed(oldKey);
    const undo = reactivateCommand(plan.user, oldKey);
    const done = (lastUsedAt: string | null) => ({
      at: stamp(deps),
      counter,
      lastUsedAt,
      graceUntil: instant(awsTime(deps) + graceOf(plan, use)),
      undo,
    });
    if (isDone) return done(context.checkOldKeyUse?.lastUsedAt ?? null);

    const newKey = newKeyOf(context);
    if (!newKey || !isActive(keys, newKey)) throw stop('the new key is not active');
    const elsewhere = await placeWithoutNewKey(deps, context, newKey);
    if (elsewhere) throw stop(elsewhere);
    const judged = context.checkOldKeyUse;
    // Else a person ended the watch, knowing that the key may be in use.
    if (judged?.verdict === 'quiet' && use.lastUsedAt !== judged.lastUsedAt) {
      throw stop(`the old key was used again, at ${use.lastUsedAt}`);
    }
    const failing = await failingProbe(deps, plan.probes);
    if (failing) throw stop(failing);

    await deps.announce({
      about: 'deactivateKey',
      text: `deactivating ${shortKeyId(oldKey)}; this brings it back at any time: ${undo}`,
    });
    await aws.setKeyStatus(plan.user, oldKey, 'Inactive');
    return done(use.lastUsedAt);
  };
}
