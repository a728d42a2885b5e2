// What each activity asks of AWS, recorded in every situation there is, against what it declares beside its code: no action more,
// none less, and none of them on anybody but the user.
import { rmSync } from 'node:fs';
import { createActivities } from '../../src/activities/index.ts';
import { activityPermissions } from '../../src/activities/permissions.ts';
import { type ActivityName, activityNames, type RotationContext } from '../../src/machine/context.ts';
import { activityCases, blind, reached } from '../support/activity-cases.ts';
import type { Ending } from '../support/cli.ts';
import { createWorld, hour, user, type World, type WorldOptions } from '../support/world.ts';
import { lane } from './lane.ts';

/** What is done to the world right before the activity, so that it does what it seldom has to. */
const troubles: Record<string, (world: World) => void | Promise<void>> = {
  'nothing is wrong': () => {},
  'no tag of the user is left': ({ account }) => account.setTags(user, {}),
  'the answer to CreateAccessKey is lost': ({ sandbox }) =>
    void sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' }),
  'UntagUser is denied': ({ sandbox }) =>
    void sandbox.fault({ operation: 'UntagUser', call: 'every', kind: 'accessDenied' }),
  'last use cannot be read': ({ sandbox }) =>
    void sandbox.fault({ operation: 'GetAccessKeyLastUsed', call: 'every', kind: 'accessDenied' }),
  'somebody else claims the user at the same moment, and is the first': ({ account, sandbox }) => {
    const since = '2026-12-06T09:00:00Z';
    const claim = { 'keyturn:claim:r-0': `since=${since} n=1 step=claimUser at=${since}` };
    const stop = sandbox.onRequest(({ phase, operation }) => {
      if (phase !== 'after' || operation !== 'TagUser') return;
      stop();
      account.setTags(user, { ...account.tags(user), ...claim });
    });
  },
  'the file of the place is gone': ({ credentialsFile }) => rmSync(credentialsFile, { force: true }),
};

/** Activities where a rotation seldom gets to. */
const detours: Situation[] = [
  {
    activity: 'removeNewKey',
    arrive: async (world) => {
      await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });
      await world.resume({ intent: 'rollBack', killIn: 'removeNewKey' });
      return (await world.store.load('r-1')).context;
    },
  },
  {
    activity: 'noteMissedLook',
    arrive: async (world) => {
      const context = await world.reach('noteMissedLook', {}, blind(world));
      const noteMissedLook = await world.activities.noteMissedLook(context);
      await world.clock.sleep(3 * hour * 1000);
      return { ...context, noteMissedLook };
    },
  },
  {
    activity: 'releaseUser',
    arrive: (world) => {
      world.sandbox.fault({ operation: 'TagUser', call: 'every', kind: 'accessDenied' });
      return world.reach('releaseUser');
    },
  },
];

interface Situation {
  activity: ActivityName;
  world?: WorldOptions;
  arrive(world: World): Promise<RotationContext>;
}

/** Allowed to everybody (STS API Reference, GetCallerIdentity). */
const needsNone = ['sts:GetCallerIdentity'];

lane(
  {
    name: 'declared',
    what: 'actions and resources that each activity asks for, against those that it declares',
    sample: { test: 4, prove: 'all' },
  },
  () => activityNames.map((activity) => ({ name: activity, run: (ending) => declaresWhatItAsks(activity, ending) })),
);

async function declaresWhatItAsks(activity: ActivityName, ending: Ending): Promise<number> {
  const asked = new Map<string, Set<string>>();
  const usual = activityCases.map((one): Situation => ({ ...one, arrive: (world) => reached(world, one) }));
  const situations = [...usual, ...detours]
    .filter((one) => one.activity === activity)
    .flatMap((one) => Object.values(troubles).map((trouble) => ({ ...one, trouble })));
  for (const { world: given, arrive, trouble } of situations) {
    const world = await createWorld({ ...given, ending });
    const context = await arrive(world);
    await trouble(world);
    const stop = world.sandbox.onRequest(({ phase, needs }) => {
      if (phase !== 'after') return;
      for (const { action, resource } of needs) asked.set(action, (asked.get(action) ?? new Set()).add(resource));
    });
    await createActivities(world.newDeps())
      [activity](context)
      .catch(() => {});
    stop();
  }

  const declared = activityPermissions[activity].filter((action) => !needsNone.includes(action));
  const [more, less] = [difference(asked.keys(), declared), difference(declared, asked.keys())];
  if (more.length > 0) throw new Error(`${activity} asks for ${more.join(', ')} and does not declare it`);
  if (less.length > 0) throw new Error(`${activity} declares ${less.join(', ')} and never asks for it`);
  for (const [action, resources] of asked) {
    const others = [...resources].filter((resource) => resource !== `arn:aws:iam::123456789012:user/${user}`);
    if (others.length > 0) throw new Error(`${activity} asks for ${action} on ${others.join(', ')}`);
  }
  return situations.length;
}

function difference(some: Iterable<string>, others: Iterable<string>): string[] {
  const without = new Set(others);
  return [...new Set(some)].filter((one) => !without.has(one)).sort();
}
