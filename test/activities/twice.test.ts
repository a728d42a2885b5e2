// A crash, or a retry of Step Functions, runs an activity a second time with the same context: the end is the same. And
// each needs no permission but those that it names beside its code.
import { expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { activityPermissions } from '../../src/activities/permissions.ts';
import type { ActivityName } from '../../src/machine/context.ts';
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import { activityCases, reached } from '../support/activity-cases.ts';
import { allBut, createWorld } from '../support/world.ts';

test.for(activityCases.map((one) => [`${one.activity} ${one.where ?? ''}`.trim(), one] as const))(
  '%s',
  async ([, given]) => {
    const { activity, ends = 'rotated' } = given;
    const world = await createWorld({ policies: allBut(), ...given.world });
    const context = await reached(world, given);
    // Two processes: neither knows anything of the other.
    const [first, second] = [createActivities(world.newDeps()), createActivities(world.newDeps())];
    world.account.setPolicies('operator', permissionsOf(activity));

    const once = await first[activity](context);
    const between = { left: world.left(), content: world.content() };
    const twice = await second[activity](context);
    world.account.setPolicies('operator', allBut());

    const { verdict, counter } = once as { verdict?: string; counter?: number };
    expect({ left: world.left(), content: world.content() }).toEqual(between);
    expect(twice).toMatchObject(JSON.parse(JSON.stringify({ verdict, counter })));
    expect((await world.resume()).ended).toBe(ends);
  },
);

function permissionsOf(activity: ActivityName): PolicyDocument[] {
  const Action = [...activityPermissions[activity]];
  return Action.length === 0 ? [] : [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } }];
}
