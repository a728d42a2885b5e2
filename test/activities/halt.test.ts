import { expect, test } from 'vitest';
import type { ActivityDeps, Halt } from '../../src/activities/contract.ts';
import { haltOf, mustNotBeHalted } from '../../src/activities/halt.ts';
import { timeOf } from '../../src/clock.ts';
import type { RotationContext } from '../../src/machine/context.ts';

const context = { rotation: 'r-1', plan: { user: 'alice' } } as RotationContext;
const freeze: Halt = { reason: 'the year is closed', until: timeOf('2027-01-02T00:00:00Z') };

function setUp(halted?: ActivityDeps['halted']) {
  const aws = { time: () => timeOf('2026-12-06T10:00:00Z') };
  return { aws, ...(halted ? { halted } : {}) } as unknown as ActivityDeps;
}

test.each<[string, ActivityDeps['halted'], Halt | null]>([
  ['nobody set anything up', undefined, null],
  ['all is clear', async () => null, null],
  ['something is frozen', async () => freeze, freeze],
])('S34 where %s', async (_, halted, expected) => {
  expect(await haltOf(setUp(halted), context)).toEqual(expected);
});

test('S34 it is asked for the user of the plan, at AWS’s time', async () => {
  const asked: string[] = [];
  const halted: ActivityDeps['halted'] = async ({ user }, now) => {
    asked.push(`${user} ${new Date(now).toISOString()}`);
    return null;
  };

  await haltOf(setUp(halted), context);

  expect(asked).toEqual(['alice 2026-12-06T10:00:00.000Z']);
});

test('S34 a change waits until then, and goes on where all is clear', async () => {
  await expect(
    mustNotBeHalted(
      setUp(async () => freeze),
      context,
    ),
  ).rejects.toMatchObject({
    name: 'UnexpectedStateError',
    message: 'nothing may be changed now: the year is closed',
    hint: 'every key is as it was; keyturn resume r-1 goes on, not before 2027-01-02T00:00:00Z',
  });
  await expect(
    mustNotBeHalted(
      setUp(async () => null),
      context,
    ),
  ).resolves.toBeUndefined();
});
