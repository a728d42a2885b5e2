import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { ProbeResult } from '../../src/probes/contract.ts';
import { createWorld, hour, type World } from '../support/world.ts';

const app = 'http:https://app.example/health';

function lookingAt(world: World, verdict: ProbeResult['verdict']) {
  const probe = async () => ({ spec: app, look: async () => ({ verdict, detail: 'as arranged' }) });
  return createActivities({ ...world.newDeps(), probe });
}

describe('checkHealth', () => {
  test('without probes the next look is the end of the grace', async () => {
    const world = await createWorld();
    const context = await world.reach('checkHealth');

    const { verdict, until, seconds } = await world.activities.checkHealth(context);

    expect([verdict, until, seconds]).toEqual(['healthy', '2026-12-10T14:15:03Z', 172_800]);
  });

  test.each([
    ['2026-12-10T14:15:02Z', 'healthy'],
    ['2026-12-10T14:15:03Z', 'passed'],
  ])('at %s: %s', async (now, expected) => {
    const world = await createWorld();
    const context = await world.reach('checkHealth');
    await world.clock.sleep(new Date(now).getTime() - new Date('2026-12-08T14:15:03Z').getTime());

    expect((await world.activities.checkHealth(context)).verdict).toBe(expected);
  });

  test('with probes it is probeEvery later, but never after the grace', async () => {
    const world = await createWorld();
    const passing = lookingAt(world, 'pass');
    const probe = async () => ({ spec: app, look: async () => ({ verdict: 'pass' as const, detail: '' }) });
    const context = await world.reach('checkHealth', { probes: [app], grace: 3 * hour }, { deps: { probe } });

    const first = await passing.checkHealth(context);
    await world.clock.sleep(2.5 * hour * 1000);
    const last = await passing.checkHealth(context);

    expect([first.until, last.until]).toEqual(['2026-12-08T15:15:03Z', '2026-12-08T17:15:03Z']);
  });

  test('there are at most 400 looks in a grace, however often it should look', async () => {
    const world = await createWorld();
    const probe = async () => ({ spec: app, look: async () => ({ verdict: 'pass' as const, detail: '' }) });
    const plan = { probes: [app], probeEvery: 60, grace: 400 * hour };
    const context = await world.reach('checkHealth', plan, { deps: { probe } });

    const { until } = await lookingAt(world, 'pass').checkHealth(context);

    expect(until).toBe('2026-12-08T15:15:03Z');
  });

  test.each<[ProbeResult['verdict'], number, string]>([
    ['fail', 0, 'failing'],
    ['fail', 1, 'failingAgain'],
    ['pass', 1, 'healthy'],
  ])('a probe that says %s after %d reactivations: %s', async (says, times, expected) => {
    const world = await createWorld();
    const context = await world.reach('checkHealth');
    const reactivateKey = { at: '2026-12-07T10:00:00Z', counter: 1, changed: true, times };
    const plan = { ...context.plan, probes: [app] };

    const { verdict, reason } = await lookingAt(world, says).checkHealth({
      ...context,
      plan,
      ...(times ? { reactivateKey } : {}),
    });

    expect(verdict).toBe(expected);
    expect(reason).toBe(
      says === 'fail'
        ? `a probe fails: ${app}: as arranged`
        : 'the places hold the new key, and no use of the old one was seen; every probe passes',
    );
  });

  test('S18 a probe without data throws, for that is no judgement', async () => {
    const world = await createWorld();
    const context = await world.reach('checkHealth');
    const plan = { ...context.plan, probes: [app] };

    const looking = lookingAt(world, 'noData').checkHealth({ ...context, plan });

    await expect(looking).rejects.toMatchObject({
      name: 'NoDataError',
      message: `a probe has no data: ${app}: as arranged`,
    });
  });

  test('a use that became known only now is trouble', async () => {
    const world = await createWorld();
    const context = await world.reach('checkHealth');
    world.account.use(world.oldKey, { at: '2026-12-08T13:00:00Z', service: 'ec2' });

    const { verdict, reason } = await world.activities.checkHealth(context);

    expect([verdict, reason]).toEqual(['failing', 'the old key was in use after all, by ec2 at 2026-12-08T13:00:00Z']);
  });

  test('an old key that is gone, or active again, is told apart from trouble', async () => {
    const world = await createWorld();
    const context = await world.reach('checkHealth');

    world.account.setStatus(world.oldKey, 'Active');
    const active = await world.activities.checkHealth(context);
    world.account.deleteKey(world.oldKey);
    const gone = await world.activities.checkHealth(context);

    expect([active.verdict, gone.verdict]).toEqual(['reactivated', 'gone']);
  });

  test('throws where no deactivation is recorded', async () => {
    const world = await createWorld();

    await expect(world.activities.checkHealth(world.context())).rejects.toMatchObject({ name: 'UnexpectedStateError' });
  });
});
