// What the context says happened so far. Pure readings, shared by the activities; none looks at AWS.
import { timeOf } from '../clock.ts';
import type { ActivityName, Outputs, RotationContext } from '../machine/context.ts';

/** Whether this rotation is on its way back; that is never turned round again. */
export function isRollingBack(context: RotationContext): boolean {
  return (
    context.intent === 'rollBack' ||
    context.verifyNewKey?.verdict === 'rejected' ||
    context.deliverKey?.verdict === 'failed' ||
    context.awaitQuiet?.signal === 'rollBack' ||
    context.awaitGrace?.signal === 'rollBack' ||
    context.awaitNextLook?.signal === 'rollBack'
  );
}

/** Whether an earlier run was cut off in this activity, so that it may have been done, wholly or in part. */
export function wasCutOffIn(context: RotationContext, activity: ActivityName): boolean {
  return context.interruptions.some((one) => one.activity === activity && !one.untouched);
}

/** Whether this activity was at least begun without coming to its end: the claim may be a step ahead of the record. */
export function wasTried(context: RotationContext, activity: string): boolean {
  return context.interruptions.some((one) => one.activity === activity);
}

/** Whether any place was ever offered the new key: it may then be in use, whatever the places hold now. */
export function wasOffered(context: RotationContext): boolean {
  return context.deliverKey !== undefined || wasCutOffIn(context, 'deliverKey');
}

/** Whether places were being given the old pair back, and not all of them are known to hold it. */
export function isRestoreUnfinished(context: RotationContext): boolean {
  const { restoreConsumers } = context;
  return (
    wasCutOffIn(context, 'restoreConsumers') ||
    (restoreConsumers !== undefined && restoreConsumers.verdict !== 'restored')
  );
}

/** The highest counter that an outcome of this rotation carries. The claim in AWS must not be ahead of it. */
export function counterOf(context: RotationContext): number {
  const outcomes = Object.values(context).map((value) => (value as { counter?: unknown } | null)?.counter);
  return Math.max(0, ...outcomes.filter((counter) => typeof counter === 'number'));
}

/** Whether our deactivation is the last thing that this rotation did to the old key's status. */
export function deactivationStands(context: RotationContext): boolean {
  return (context.deactivateKey?.counter ?? -1) > (context.reactivateKey?.counter ?? -1);
}

/** Whether the old key is inactive by our doing, as far as the record knows, and not yet deleted. */
export function isInGrace(context: RotationContext): boolean {
  return deactivationStands(context) && context.deleteKey === undefined;
}

/** Whether a run was cut off while it undid the deactivation that stands: if the old key is active, that may be our doing. */
export function isReactivationOpen(context: RotationContext): boolean {
  return deactivationStands(context) && wasCutOffIn(context, 'reactivateKey');
}

/** Whose cut off tries this outcome settles: its own, and a reactivation's where the old key is inactive still. */
export function settledBy<Name extends ActivityName>(
  name: Name,
  output: Outputs[Name],
  { plan }: RotationContext,
): ActivityName[] {
  const { keys = [] } = name === 'inspectKeys' ? (output as Outputs['inspectKeys']) : {};
  const isInactive = keys.some(({ id, status }) => id === plan.oldKey && status === 'Inactive');
  return isInactive ? [name, 'reactivateKey'] : [name];
}

/** When every place had the new key, in milliseconds; for retire its start. */
export function deliveredAt({ plan, deliverKey }: RotationContext): number {
  return timeOf(plan.from === 'watch' || !deliverKey ? plan.startedAt : deliverKey.at);
}

/** From when on the old key must be quiet, in milliseconds: the latest of delivery, reactivation and, for retire, its start. */
export function watchedFrom(context: RotationContext): number {
  const moments = [
    context.reactivateKey?.at,
    context.checkHealth?.verdict === 'reactivated' ? context.checkHealth.at : undefined,
  ];
  return Math.max(deliveredAt(context), ...moments.filter((at) => at !== undefined).map(timeOf));
}

/** The new key's id as the record knows it. Null before createKey. */
export function newKeyOf(context: RotationContext): string | null {
  return context.createKey?.newKey ?? context.plan.newKey;
}
