import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { ProbeResult } from '../../src/probes/contract.ts';
import type { Settings } from '../../src/sandbox/settings.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { newKey, oldKey, type UnderWay, underWay } from '../support/under-way.ts';
import { hour, user } from '../support/world.ts';

const app = 'http:https://app.example/health';
const fine = 'the places hold the new key, and no use of the old one was seen';

/** Deactivated at that instant, at which the use at 9 o’clock was known; the grace is until then. It is 10 o’clock. */
const deactivated = (graceUntil: string, at = '2026-12-06T09:40:00Z') =>
  came('deactivateKey', { at, lastUsedAt: '2026-12-06T09:00:00Z', graceUntil });
const inGrace = deactivated('2026-12-08T09:40:00Z');
const over = deactivated('2026-12-06T10:00:00Z');

interface Look extends UnderWay {
  probe?: ProbeResult['verdict'];
  deps?: Partial<ActivityDeps>;
}

async function looking({ probe = 'pass', deps = {}, record = {}, ...given }: Look = {}) {
  const rotation = await underWay({ old: 'Inactive', record: { ...inGrace, ...record }, ...given });
  const probes = async (spec: string) => ({ spec, look: async () => ({ verdict: probe, detail: 'as arranged' }) });
  const { checkHealth } = createActivities({ ...rotation.newDeps(), probe: probes, ...deps });
  return { ...rotation, look: () => checkHealth(rotation.context) };
}

type Arranged = Awaited<ReturnType<typeof looking>>;

describe('checkHealth in the grace', () => {
  test('says what it saw; without probes the next look is the end of the grace', async () => {
    const { look } = await looking();

    expect(await look()).toEqual({
      at: '2026-12-06T10:00:00Z',
      verdict: 'healthy',
      reason: fine,
      until: '2026-12-08T09:40:00Z',
      seconds: 171_600,
      lookedBefore: null,
    });
  });

  test.each<[string, Look, string]>([
    ['probeEvery later', {}, '2026-12-06T11:00:00Z'],
    ['but never after the grace', { record: deactivated('2026-12-06T10:59:59Z') }, '2026-12-06T10:59:59Z'],
    [
      'a 400th of the grace later, however often it should look',
      { plan: { probeEvery: 60, grace: 800 * hour } },
      '2026-12-06T12:00:00Z',
    ],
  ])('with probes it is %s', async (_, { plan, ...given }, until) => {
    const { look } = await looking({ plan: { probes: [app], ...plan }, ...given });

    expect(await look()).toMatchObject({ verdict: 'healthy', reason: `${fine}; every probe passes`, until });
  });

  test.each<[string, (world: Arranged) => void, string, string]>([
    ['is gone', ({ account }) => account.deleteKey(oldKey), 'gone', 'the old key is gone'],
    [
      'was made active by somebody',
      ({ account }) => account.setStatus(oldKey, 'Active'),
      'reactivated',
      'AKIA…0001 was made active again by hand',
    ],
  ])('an old key that %s is told apart from trouble', async (_, meanwhile, verdict, reason) => {
    const world = await looking({ plan: { probes: [app] }, probe: 'fail' });
    meanwhile(world);

    expect(await world.look()).toMatchObject({ verdict, reason, seconds: 1, lookedBefore: null });
  });

  test('S16 a use as AWS dates it within 5 minutes of the deactivation is no trouble', async () => {
    const { look } = await looking({ lastUsed: '2026-12-06T09:45:00Z' });

    expect((await look()).verdict).toBe('healthy');
  });

  test('throws where no deactivation is recorded', async () => {
    const { look } = await looking({ record: { deactivateKey: undefined } as never });

    await expect(look()).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'there is no recorded deactivation to look after',
    });
  });

  test('S18 throws where a probe has no data, for that is no judgement', async () => {
    const { look } = await looking({ plan: { probes: [app] }, probe: 'noData' });

    await expect(look()).rejects.toMatchObject({
      name: 'NoDataError',
      message: `a probe has no data: ${app}: as arranged`,
    });
  });
});

describe('checkHealth finds trouble', () => {
  test.each<[string, Look, (world: Arranged) => void, string]>([
    ['a probe that fails', { plan: { probes: [app] }, probe: 'fail' }, () => {}, `a probe fails: ${app}: as arranged`],
    [
      'a use that became known only now',
      { lastUsed: '2026-12-06T09:30:00Z' },
      () => {},
      'the old key was in use after all, by s3 at 2026-12-06T09:30:00Z',
    ],
    [
      'a place with another key',
      {},
      (world) => writeFileSync(world.credentialsFile, world.content().replace(newKey, 'AKIASOMEBODYELSE0001')),
      'holds AKIASOMEBODYELSE0001 instead of the new key',
    ],
    [
      'a new key that is inactive',
      {},
      ({ account }) => account.setStatus(newKey, 'Inactive'),
      'the new key is not active any more',
    ],
    ['no new key', { record: { createKey: undefined } as never }, () => {}, 'the new key is not active any more'],
  ])('in %s', async (_, given, meanwhile, reason) => {
    const world = await looking(given);
    meanwhile(world);

    const found = await world.look();

    expect(found).toMatchObject({ verdict: 'failing', seconds: 1, lookedBefore: null });
    expect(found.reason.endsWith(reason)).toBe(true);
  });

  test('and where AWS does not say which service it was, says so', async () => {
    const { newDeps, context } = await looking();
    const { aws, ...deps } = newDeps();
    const lastUsed = async () => ({ lastUsedAt: '2026-12-06T09:30:00Z', lastUsedService: null, lastUsedRegion: null });
    const { checkHealth } = createActivities({ ...deps, aws: { ...aws, lastUsed } });

    expect((await checkHealth(context)).reason).toBe(
      'the old key was in use after all, by an unknown service at 2026-12-06T09:30:00Z',
    );
  });

  test.each([
    [0, 'failing'],
    [1, 'failingAgain'],
  ])('after %d reactivations it is %s', async (times, expected) => {
    const record = came('reactivateKey', { counter: 2, times });
    const { look } = await looking({ plan: { probes: [app] }, probe: 'fail', record });

    expect((await look()).verdict).toBe(expected);
  });

  test('S8 with a user whom AWS quarantined, it holds', async () => {
    const { look, account } = await looking({ plan: { probes: [app] }, probe: 'fail' });
    account.setAttachedPolicies(user, ['AWSCompromisedKeyQuarantineV3']);

    expect(await look()).toMatchObject({
      verdict: 'hold',
      reason: `a probe fails: ${app}: as arranged; but AWS quarantined alice for a leaked key, so nothing is reactivated by itself`,
    });
  });
});

describe('S20 checkHealth asks again where a list is behind', () => {
  test.each<[string, Look, (world: Arranged) => void, (world: Arranged) => void, string]>([
    [
      'of the deactivation',
      { old: 'Active' },
      () => {},
      ({ account }) => account.setStatus(oldKey, 'Inactive'),
      'healthy',
    ],
    [
      'of the reactivation that was cut off',
      { record: cutOffIn('reactivateKey') },
      () => {},
      ({ account }) => account.setStatus(oldKey, 'Active'),
      'failing',
    ],
    [
      'of the new key',
      {},
      ({ account }) => account.setStatus(newKey, 'Inactive'),
      ({ account }) => account.setStatus(newKey, 'Active'),
      'healthy',
    ],
  ])('%s', async (_, given, before, after, verdict) => {
    const world = await looking(given);
    before(world);
    await world.clock.sleep(120_000);
    after(world);
    const staleReads: Settings['staleReads'] = ({ operation, read }) => operation === 'ListAccessKeys' && read === 1;
    Object.assign(world.sandbox.settings, { readDelay: 60_000, staleReads });

    expect((await world.look()).verdict).toBe(verdict);
    expect(world.operations().filter((one) => one === 'ListAccessKeys')).toHaveLength(2);
  });
});

describe('checkHealth, of a reactivation that was cut off', () => {
  const cutOff = 'an earlier run was cut off while it made the old key active again';
  const looked = (verdict: 'healthy' | 'failing' | 'failingAgain', reason: string) =>
    came('checkHealth', { at: '2026-12-06T09:50:00Z', verdict, reason });
  const missed = (verdict: 'waiting' | 'tooLong', at: string) =>
    came('noteMissedLook', { at, verdict, reason: 'nobody answered' });

  test.each<[string, UnderWay['record'], string, string]>([
    ['nothing is known', {}, 'failing', cutOff],
    ['why', looked('failing', 'a probe fails'), 'failing', `${cutOff}: a probe fails`],
    ['why, for the second time', looked('failingAgain', 'a probe fails'), 'failingAgain', `${cutOff}: a probe fails`],
    ['nothing but that all was well', looked('healthy', fine), 'failing', cutOff],
    [
      'that nobody answered for too long',
      missed('tooLong', '2026-12-06T09:50:00Z'),
      'failingAgain',
      `${cutOff}: nobody answered`,
    ],
    [
      'that nobody answered, after all was well',
      { ...looked('healthy', fine), ...missed('tooLong', '2026-12-06T09:50:00Z') },
      'failingAgain',
      `${cutOff}: nobody answered`,
    ],
    [
      'why, and that nobody answered before',
      { ...looked('failing', 'a probe fails'), ...missed('tooLong', '2026-12-06T09:49:59Z') },
      'failing',
      `${cutOff}: a probe fails`,
    ],
    [
      'why, and that nobody answered for a while',
      { ...looked('failing', 'a probe fails'), ...missed('waiting', '2026-12-06T09:55:00Z') },
      'failing',
      `${cutOff}: a probe fails`,
    ],
    [
      'that it was cut off before',
      looked('failing', `${cutOff}: a probe fails`),
      'failing',
      `${cutOff}: a probe fails`,
    ],
  ])('where the record says %s', async (_, record, verdict, reason) => {
    const { look } = await looking({ old: 'Active', record: { ...cutOffIn('reactivateKey'), ...record } });

    expect(await look()).toMatchObject({ verdict, reason, seconds: 1 });
  });
});

test('checkHealth judges anew where that run never came to it', async () => {
  const { look } = await looking({ record: cutOffIn('reactivateKey') });

  expect(await look()).toMatchObject({ verdict: 'healthy', reason: fine });
});

describe('checkHealth at the end of the grace', () => {
  test.each<[string, UnderWay['record'], string, string]>([
    ['passes, to the second', over, 'passed', `the grace has passed: ${fine}`],
    ['not a second before', deactivated('2026-12-06T10:00:01Z'), 'healthy', fine],
    [
      'however late it is',
      deactivated('2026-12-01T10:00:00Z', '2026-11-29T10:00:00Z'),
      'passed',
      `the grace has passed: ${fine}`,
    ],
  ])('without probes %s', async (_, record, verdict, reason) => {
    const { look } = await looking({ record: { ...record } });

    expect(await look()).toMatchObject({ verdict, reason, lookedBefore: null });
  });

  const looked = (at: string, until: string, lookedBefore: string | null = null) =>
    came('checkHealth', { at, until, lookedBefore });
  const early = deactivated('2026-12-06T10:00:00Z', '2026-12-06T02:00:00Z');
  const now = '2026-12-06T10:00:00Z';

  test.each<[string, UnderWay['record'], { verdict: string; until: string; lookedBefore: string | null }]>([
    [
      'no look was due before',
      deactivated('2026-12-06T10:00:00Z', '2026-12-06T09:00:00Z'),
      { verdict: 'passed', until: '2026-12-06T10:00:01Z', lookedBefore: null },
    ],
    [
      'one was due, and missed by a second',
      deactivated('2026-12-06T10:00:00Z', '2026-12-06T08:59:59Z'),
      { verdict: 'healthy', until: '2026-12-06T11:00:00Z', lookedBefore: now },
    ],
    [
      'the last look was to be followed by this one an hour ago',
      { ...early, ...looked('2026-12-06T02:00:00Z', '2026-12-06T09:00:00Z') },
      { verdict: 'passed', until: '2026-12-06T10:00:01Z', lookedBefore: null },
    ],
    [
      'or a second before that',
      { ...early, ...looked('2026-12-06T02:00:00Z', '2026-12-06T08:59:59Z') },
      { verdict: 'healthy', until: '2026-12-06T11:00:00Z', lookedBefore: now },
    ],
    [
      'a look of an earlier grace does not count',
      { ...early, ...looked('2026-12-06T01:59:59Z', '2026-12-06T10:00:00Z') },
      { verdict: 'healthy', until: '2026-12-06T11:00:00Z', lookedBefore: now },
    ],
    [
      'a first look passed less than an hour ago',
      { ...early, ...looked('2026-12-06T09:30:00Z', '2026-12-06T10:00:00Z', '2026-12-06T09:00:01Z') },
      { verdict: 'healthy', until: '2026-12-06T10:00:01Z', lookedBefore: '2026-12-06T09:00:01Z' },
    ],
    [
      'a first look passed an hour ago',
      { ...early, ...looked('2026-12-06T09:00:00Z', '2026-12-06T10:00:00Z', '2026-12-06T09:00:00Z') },
      { verdict: 'passed', until: '2026-12-06T10:00:01Z', lookedBefore: null },
    ],
  ])('S18 with probes, where %s', async (_, record, expected) => {
    const { look } = await looking({ plan: { probes: [app] }, record: { ...record } });

    const found = await look();

    expect(found).toMatchObject(expected);
    expect(found.reason).toBe(
      expected.verdict === 'passed'
        ? `the grace has passed: ${fine}; every probe passes`
        : `${fine}; every probe passes; this look came late, so another is needed`,
    );
  });

  test.each([
    [600, '2026-12-06T10:10:00Z'],
    [5 * hour, '2026-12-06T11:00:00Z'],
  ])('S18 the second look is probeEvery (%d s) later, after an hour at most', async (probeEvery, until) => {
    const { look } = await looking({ plan: { probes: [app], probeEvery }, record: early });

    expect((await look()).until).toBe(until);
  });

  test('S34 holds where somebody said stop, until then', async () => {
    const halted = async () => ({ reason: 'somebody said stop', until: Date.parse('2026-12-07T10:00:00Z') });
    const { look } = await looking({ record: over, deps: { halted } });

    expect(await look()).toMatchObject({
      verdict: 'healthy',
      reason: 'the grace has passed, but somebody said stop',
      until: '2026-12-07T10:00:00Z',
    });
  });
});
