// A crash, or a retry of Step Functions, runs an activity a second time with the same context: the end is the same. And
// each needs no permission but those that it names beside its code.
import { expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { ActivityName, Plan } from '../../src/machine/context.ts';
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import { allBut, createWorld, type StartOptions, type World, type WorldOptions } from '../support/world.ts';

interface Case {
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
const blind = (world: World): StartOptions => ({
  onStep: ({ state, event }) => {
    if (state !== 'deactivateKey' || event !== 'done') return;
    world.sandbox.fault({ operation: 'GetUser', call: 1, kind: 'accessDenied' });
  },
});

const cases: Case[] = [
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

test.for(cases.map((one) => [`${one.activity} ${one.where ?? ''}`.trim(), one] as const))('%s', async ([, given]) => {
  const { activity, plan = {}, options = {}, ends = 'rotated' } = given;
  const world = await createWorld({ policies: allBut(), ...given.world });
  const context = await world.reach(activity, plan, typeof options === 'function' ? options(world) : options);
  // Two processes: neither knows anything of the other.
  const [first, second] = [createActivities(world.newDeps()), createActivities(world.newDeps())];
  world.account.setPolicies('operator', await permissionsOf(activity));

  const once = await first[activity](context);
  const between = { left: world.left(), content: world.content() };
  const twice = await second[activity](context);
  world.account.setPolicies('operator', allBut());

  const { verdict, counter } = once as { verdict?: string; counter?: number };
  expect({ left: world.left(), content: world.content() }).toEqual(between);
  expect(twice).toMatchObject(JSON.parse(JSON.stringify({ verdict, counter })));
  expect((await world.resume()).ended).toBe(ends);
});

async function permissionsOf(activity: ActivityName): Promise<PolicyDocument[]> {
  const file = activity.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const { permissions } = (await import(`../../src/activities/${file}.ts`)) as { permissions: string[] };
  if (permissions.length === 0) return [];
  return [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: permissions, Resource: '*' } }];
}
