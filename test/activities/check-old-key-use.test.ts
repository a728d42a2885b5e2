import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import type { ProbeResult } from '../../src/probes/contract.ts';
import type { Settings } from '../../src/sandbox/settings.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { newKey, oldKey, type UnderWay, underWay, undo } from '../support/under-way.ts';
import { hour } from '../support/world.ts';

const now = '2026-12-06T10:00:00Z';
/** Used ten minutes before the delivery at half past nine, and quiet for 20 minutes and the margin of 5 since. */
const quiet = { lastUsed: '2026-12-06T09:20:00Z', plan: { quietFor: 1_200 } };
const heard = 'the old key was last used 2026-12-06T09:20:00Z';
const use = { lastUsedAt: '2026-12-06T09:20:00Z', lastUsedService: 's3', lastUsedRegion: 'us-east-1' };
const noUse = { lastUsedAt: null, lastUsedService: null, lastUsedRegion: null };

interface Look extends UnderWay {
  probe?: ProbeResult['verdict'];
  deps?: Partial<ActivityDeps>;
}

async function looking({ probe = 'pass', deps = {}, plan, ...given }: Look = {}) {
  const rotation = await underWay({ ...quiet, plan: { ...quiet.plan, ...plan }, ...given });
  const probes = async (spec: string) => ({ spec, look: async () => ({ verdict: probe, detail: 'as arranged' }) });
  const { checkOldKeyUse } = createActivities({ ...rotation.newDeps(), probe: probes, ...deps });
  return { ...rotation, look: () => checkOldKeyUse(rotation.context) };
}

type Arranged = Awaited<ReturnType<typeof looking>>;
const nothing = () => {};

/** A key that was made by hand has none of these outcomes. */
const without = (...names: (keyof RotationContext)[]) =>
  Object.fromEntries(names.map((name) => [name, undefined])) as Partial<RotationContext>;

describe('checkOldKeyUse', () => {
  test('says that the key is quiet, by which use, and since when it was watched', async () => {
    const { look, changes } = await looking();

    expect(await look()).toEqual({
      at: now,
      verdict: 'quiet',
      reason: heard,
      until: '2026-12-06T10:00:01Z',
      seconds: 1,
      ...use,
      watchedFrom: '2026-12-06T09:30:00Z',
    });
    expect(changes()).toEqual([]);
  });

  test.each<[string, Look, string, string]>([
    ['busy until it could be quiet', { plan: { quietFor: 48 * hour } }, 'busy', '2026-12-08T13:45:00Z'],
    [
      'busy from a reactivation on',
      { record: came('reactivateKey', { at: '2026-12-06T09:50:00Z' }) },
      'busy',
      '2026-12-06T10:15:00Z',
    ],
    [
      'overdue at the end of the watch',
      { plan: { quietFor: 48 * hour, watchLimit: 1_800 } },
      'overdue',
      '2026-12-06T10:00:01Z',
    ],
    ['unproven where nobody was heard', { lastUsed: '2026-12-06T09:00:00Z' }, 'unproven', '2026-12-06T10:00:01Z'],
  ])('or %s', async (_, given, verdict, until) => {
    const { look } = await looking(given);

    expect(await look()).toMatchObject({ verdict, until, lastUsedService: 's3' });
  });

  test.each<[string, Look, (world: Arranged) => void, string, string]>([
    [
      'the new key is inactive',
      {},
      ({ account }) => account.setStatus(newKey, 'Inactive'),
      'lost',
      'the new key is not active any more',
    ],
    ['no new key is known', { record: without('createKey') }, nothing, 'lost', 'the new key is not active any more'],
    [
      'a place holds another key',
      {},
      (world) => writeFileSync(world.credentialsFile, world.content().replace(newKey, 'AKIASOMEBODYELSE0001')),
      'lost',
      'holds AKIASOMEBODYELSE0001 instead of the new key',
    ],
    ['the old key is gone', { old: 'gone' }, nothing, 'gone', 'the old key is gone'],
    ['there was none', { plan: { oldKey: null } }, nothing, 'gone', 'there was no old key'],
  ])('where %s there is no use to tell of', async (_, given, meanwhile, verdict, reason) => {
    const world = await looking(given);
    meanwhile(world);

    const found = await world.look();

    expect(found).toMatchObject({ at: found.at, verdict, seconds: 1, ...noUse });
    expect(found.reason.endsWith(reason)).toBe(true);
  });

  test('where there was no old key none is waited for', async () => {
    const { look } = await looking({ plan: { oldKey: null } });

    expect((await look()).at).toBe(now);
  });

  test.each<[string, (world: Arranged, status: 'Active' | 'Inactive') => void]>([
    ['the old key', ({ account }, status) => account.setStatus(oldKey, status)],
    ['the new key', ({ account }, status) => account.setStatus(newKey, status)],
  ])('S20 asks again where a list is behind of %s', async (_, become) => {
    const world = await looking();
    become(world, 'Inactive');
    await world.clock.sleep(120_000);
    become(world, 'Active');
    const staleReads: Settings['staleReads'] = ({ operation, read }) => operation === 'ListAccessKeys' && read === 1;
    Object.assign(world.sandbox.settings, { readDelay: 60_000, staleReads });

    expect(await world.look()).toMatchObject({ at: '2026-12-06T10:02:05Z', verdict: 'quiet' });
  });
});

describe('checkOldKeyUse of a key that is inactive', () => {
  const decided = came('checkOldKeyUse', { verdict: 'quiet', ...use, lastUsedAt: '2026-12-06T09:10:00Z' });

  test('by a deactivation that was cut off, keeps what was known when that was decided on (S16)', async () => {
    const { look } = await looking({ old: 'Inactive', record: { ...decided, ...cutOffIn('deactivateKey') } });

    expect(await look()).toMatchObject({
      verdict: 'quiet',
      reason: 'an earlier run was cut off while it deactivated the old key',
      seconds: 1,
      ...use,
      lastUsedAt: '2026-12-06T09:10:00Z',
    });
  });

  test('and where it is active after all, is judged anew', async () => {
    const { look } = await looking({ record: { ...decided, ...cutOffIn('deactivateKey') } });

    expect(await look()).toMatchObject({ verdict: 'quiet', reason: heard });
  });

  test.each<[string, Partial<RotationContext>]>([
    ['nothing of ours was cut off', decided],
    ['nothing was decided on', cutOffIn('deactivateKey')],
  ])('stops where %s', async (_, record) => {
    const { look } = await looking({ old: 'Inactive', record });

    await expect(look()).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'someone else deactivated the old key AKIA…0001',
      hint: `keyturn changed nothing; to go on make it active again (${undo}) and keyturn resume r-1`,
    });
  });
});

describe('S25 checkOldKeyUse, where a place cannot be read back', () => {
  const spec = 'exec:/deploy/key';
  const record = came('deliverKey', {
    consumers: [
      { spec, state: 'delivered', readable: false },
      { spec: 'stdout:', state: 'delivered', readable: false },
    ],
  });
  const unread = { record, plan: { consumers: [] } };
  const unsure = `${spec}, stdout: cannot be read back, and nobody was seen using the new key: whether it arrived is not known`;

  test.each<[string, Look, object]>([
    ['quiet', {}, use],
    ['gone', { old: 'gone' }, noUse],
  ])('and the old key is %s, a person decides', async (_, given, known) => {
    const { look } = await looking({ ...unread, ...given });

    expect(await look()).toMatchObject({ verdict: 'unproven', reason: unsure, seconds: 1, ...known });
  });

  /** Alice rotates her own key; what that makes of its last use is not published yet. */
  const itself: Look = { self: true, settings: { lastUsedLag: 600_000 } };

  test.each<[string, Look, (world: Arranged) => void, string]>([
    ['by another service', {}, ({ account }) => void account.use(newKey, { at: '2026-12-06T09:30:01Z' }), 'quiet'],
    [
      'though the old one is gone',
      { old: 'gone' },
      ({ account }) => void account.use(newKey, { at: '2026-12-06T09:30:01Z' }),
      'gone',
    ],
    [
      'not since the delivery',
      {},
      ({ account }) => void account.use(newKey, { at: '2026-12-06T09:30:00Z' }),
      'unproven',
    ],
    ['never', {}, nothing, 'unproven'],
    [
      'by IAM, where it is not alice who runs this',
      {},
      ({ account }) => void account.use(newKey, { at: '2026-12-06T09:30:01Z', service: 'iam' }),
      'quiet',
    ],
    [
      'S17 by STS, where it may be this itself',
      itself,
      ({ account }) => void account.use(newKey, { at: '2026-12-06T09:30:01Z', service: 'sts' }),
      'unproven',
    ],
    [
      'by another service, though this is alice herself',
      itself,
      ({ account }) => void account.use(newKey, { at: '2026-12-06T09:30:01Z' }),
      'quiet',
    ],
  ])('it arrived where the new key was seen: %s', async (_, given, meanwhile, verdict) => {
    const world = await looking({
      ...unread,
      plan: { ...unread.plan, unproven: 'proceed', useBeforeOurs: use },
      ...given,
    });
    meanwhile(world);

    expect((await world.look()).verdict).toBe(verdict);
  });
});

describe('checkOldKeyUse of a key that is quiet', () => {
  const app = 'http:https://app.example/health';
  const byHand = 'the old key was made active again by hand: keyturn proceed deactivates it again, nothing else does';
  const halt = (until: string) => ({
    deps: { halted: async () => ({ reason: 'somebody said stop', until: Date.parse(until) }) },
  });

  // The watch began at half past nine, so 1,800 s of it are over at 10 o’clock.
  test.each<[string, Look, string, string, string]>([
    ['S7 which somebody made active again', { record: came('deactivateKey') }, 'busy', byHand, '2027-01-05T09:30:00Z'],
    [
      'S7 a second before the watch ends',
      { record: came('deactivateKey'), plan: { watchLimit: 1_801 } },
      'busy',
      byHand,
      '2026-12-06T10:00:01Z',
    ],
    [
      'S7 at its end',
      { record: came('deactivateKey'), plan: { watchLimit: 1_800 } },
      'overdue',
      byHand,
      '2026-12-06T10:00:01Z',
    ],
    [
      'S18 where a probe fails',
      { probe: 'fail', plan: { probes: [app] } },
      'busy',
      `a probe does not pass: ${app}: as arranged`,
      '2026-12-06T11:00:00Z',
    ],
    [
      'S18 or has no data',
      { probe: 'noData', plan: { probes: [app] } },
      'busy',
      `a probe does not pass: ${app}: as arranged`,
      '2026-12-06T11:00:00Z',
    ],
    [
      'S18 near the end of the watch',
      { probe: 'fail', plan: { probes: [app], watchLimit: 2_400 } },
      'busy',
      `a probe does not pass: ${app}: as arranged`,
      '2026-12-06T10:10:00Z',
    ],
    [
      'S18 at its end',
      { probe: 'fail', plan: { probes: [app], watchLimit: 1_800 } },
      'overdue',
      `a probe does not pass: ${app}: as arranged`,
      '2026-12-06T10:00:01Z',
    ],
    ['S18 where it passes', { plan: { probes: [app] } }, 'quiet', heard, '2026-12-06T10:00:01Z'],
    [
      'S34 where somebody said stop',
      halt('2026-12-06T12:00:00Z'),
      'busy',
      'somebody said stop',
      '2026-12-06T12:00:00Z',
    ],
    [
      'S34 until after the end of the watch',
      { ...halt('2026-12-06T12:00:00Z'), plan: { watchLimit: 2_400 } },
      'busy',
      'somebody said stop',
      '2026-12-06T10:10:00Z',
    ],
    [
      'S34 at its end',
      { ...halt('2026-12-06T12:00:00Z'), plan: { watchLimit: 1_800 } },
      'overdue',
      'somebody said stop',
      '2026-12-06T10:00:01Z',
    ],
  ])('%s', async (_, given, verdict, reason, until) => {
    const { look } = await looking(given);

    expect(await look()).toMatchObject({ verdict, reason, until, ...use });
  });
});
