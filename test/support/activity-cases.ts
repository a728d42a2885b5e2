// Every activity where a rotation gets to it, each in the situations that set its work apart.
import type { ActivityName, Plan } from '../../src/machine/context.ts';
import type { StartOptions, World, WorldOptions } from './world.ts';

export interface ActivityCase {
  activity: ActivityName;
  /** What sets it apart from another case of the same activity. */
  where?: string;
  world?: WorldOptions;
  plan?: Partial<Plan>;
  options?: StartOptions | ((world: World) => StartOptions);
  /** How the rotation ends when it goes on afterwards. */
  ends?: string;
}

const inactive = { createdAt: '2026-01-01T08:00:00Z', status: 'Inactive' as const };
const rollBack = { answers: { awaitGrace: ['rollBack' as const] } };
const rejected = { settings: { newKeyDelay: 86_400_000 } };

/** Health cannot be judged at the first look. */
export const blind = (world: World): StartOptions => ({
  onStep: ({ state, event }) => {
    if (state !== 'deactivateKey' || event !== 'done') return;
    world.sandbox.fault({ operation: 'GetUser', call: 1, kind: 'accessDenied' });
  },
});

export const activityCases: readonly ActivityCase[] = [
  { activity: 'claimUser' },
  { activity: 'inspectKeys' },
  { activity: 'preflightConsumers' },
  { activity: 'freeSlot' },
  {
    activity: 'freeSlot',
    where: 'where a key has to go',
    world: { keys: [{ createdAt: '2026-06-01T08:00:00Z' }, inactive] },
    plan: { freeSlot: 'inactive' },
  },
  { activity: 'createKey' },
  { activity: 'verifyNewKey' },
  { activity: 'verifyNewKey', where: 'where AWS never accepts it', world: rejected, ends: 'rolledBack' },
  { activity: 'deliverKey', world: { profiles: ['default', 'batch'] } },
  { activity: 'checkOldKeyUse' },
  { activity: 'deactivateKey' },
  { activity: 'checkHealth' },
  { activity: 'noteMissedLook', options: blind },
  { activity: 'reactivateKey', options: rollBack, ends: 'rolledBack' },
  { activity: 'verifyOldKey', options: rollBack, ends: 'rolledBack' },
  { activity: 'restoreConsumers', options: rollBack, world: { profiles: ['default', 'batch'] }, ends: 'rolledBack' },
  { activity: 'removeNewKey', where: 'where it stays', options: rollBack, ends: 'rolledBack' },
  { activity: 'removeNewKey', where: 'where it goes', world: rejected, ends: 'rolledBack' },
  { activity: 'deleteKey' },
  { activity: 'releaseUser' },
  { activity: 'releaseUser', where: 'after a roll back', options: rollBack, ends: 'rolledBack' },
];

/** The context with which the activity is called in its case. */
export function reached(world: World, { activity, plan = {}, options = {} }: ActivityCase) {
  return world.reach(activity, plan, typeof options === 'function' ? options(world) : options);
}
