import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { ProbeResult } from '../../src/probes/contract.ts';
import { came } from '../support/outcomes.ts';
import { claimTag, newKey, oldKey, type UnderWay, underWay, undo } from '../support/under-way.ts';
import { user } from '../support/world.ts';

const quiet = came('checkOldKeyUse', { verdict: 'quiet', lastUsedAt: '2026-12-06T09:00:00Z' });
const day = 86_400;

const arranged = ({ record = {}, ...given }: UnderWay = {}) => underWay({ record: { ...quiet, ...record }, ...given });

function probing(verdict: ProbeResult['verdict']) {
  return { probe: async (spec: string) => ({ spec, look: async () => ({ verdict, detail: 'as arranged' }) }) };
}

describe('deactivateKey', () => {
  test('says what it did, until when the grace lasts and what brings the key back, and raises the claim', async () => {
    const rotation = await arranged({ plan: { grace: day } });

    const output = await rotation.activities.deactivateKey(rotation.context);

    expect(output).toEqual({
      at: '2026-12-06T10:00:00Z',
      counter: 3,
      lastUsedAt: '2026-12-06T09:00:00Z',
      graceUntil: '2026-12-07T10:00:00Z',
      undo,
    });
    expect(rotation.left().keys).toEqual(['old Inactive', 'new Active']);
    expect(rotation.account.tags(user)[claimTag]).toContain('n=3 step=deactivateKey at=2026-12-06T10:00:00Z');
  });

  test('S15 where sessions may hang on the key the grace is 40 h at least', async () => {
    const rotation = await arranged({ plan: { grace: 3_600 }, lastUsed: null });
    rotation.account.use(oldKey, { at: '2026-12-06T09:00:00Z', service: 'sts' });

    expect((await rotation.activities.deactivateKey(rotation.context)).graceUntil).toBe('2026-12-08T02:00:00Z');
  });

  test('S1 what undoes it is announced while the key is active still', async () => {
    const rotation = await arranged();
    const told: unknown[] = [];
    const { deactivateKey } = createActivities({
      ...rotation.newDeps(),
      announce: (one) => void told.push({ ...one, old: rotation.statusOf(oldKey) }),
    });

    await deactivateKey(rotation.context);

    expect(told).toEqual([
      {
        about: 'deactivateKey',
        text: `deactivating AKIA…0001; this brings it back at any time: ${undo}`,
        old: 'Active',
      },
    ]);
  });

  test.each<[string, Partial<UnderWay>, string | null]>([
    ['what was known when it was decided on', {}, '2026-12-06T09:00:00Z'],
    ['nothing was known then', { record: { checkOldKeyUse: undefined } as never }, null],
  ])('one that was cut off after the call is done, and keeps %s', async (_, given, lastUsedAt) => {
    const rotation = await arranged({ old: 'Inactive', claim: { step: 'deactivateKey', counter: 3 }, ...given });
    rotation.account.use(oldKey, { at: '2026-12-06T09:45:00Z' });

    const output = await rotation.activities.deactivateKey(rotation.context);

    expect(output).toMatchObject({ counter: 3, lastUsedAt, undo });
    expect(rotation.changes()).toEqual([]);
    expect(rotation.announcements).toEqual([]);
  });

  test('one that was cut off before the call is done now', async () => {
    const rotation = await arranged({ claim: { step: 'deactivateKey', counter: 3 } });

    await rotation.activities.deactivateKey(rotation.context);

    expect(rotation.statusOf(oldKey)).toBe('Inactive');
  });

  test.each<[string, Partial<UnderWay>]>([
    ['a use after the look does not stop a person’s decision', { record: came('checkOldKeyUse') }],
    ['nor is a look asked for', { record: { checkOldKeyUse: undefined } as never }],
  ])('%s', async (_, given) => {
    const rotation = await arranged(given);
    rotation.account.use(oldKey, { at: '2026-12-06T09:45:00Z' });

    expect((await rotation.activities.deactivateKey(rotation.context)).lastUsedAt).toBe('2026-12-06T09:45:00Z');
    expect(rotation.statusOf(oldKey)).toBe('Inactive');
  });

  test('passing probes let it go on', async () => {
    const rotation = await arranged({ plan: { probes: ['http:a'] } });
    const { deactivateKey } = createActivities({ ...rotation.newDeps(), ...probing('pass') });

    await deactivateKey(rotation.context);

    expect(rotation.statusOf(oldKey)).toBe('Inactive');
  });
});

describe('S5 deactivateKey stops', () => {
  type Arranged = Awaited<ReturnType<typeof underWay>>;

  test.each<[string, UnderWay, (rotation: Arranged) => void, string]>([
    ['it is inactive by somebody else', { old: 'Inactive' }, () => {}, 'the old key AKIA…0001 is not active: Inactive'],
    ['it is gone', { old: 'gone' }, () => {}, 'the old key AKIA…0001 is not active: gone'],
    [
      'it is gone while this step was under way',
      { old: 'gone', claim: { step: 'deactivateKey', counter: 3 } },
      () => {},
      'the old key AKIA…0001 is not active: gone',
    ],
    [
      'the new key is inactive',
      {},
      ({ account }) => account.setStatus(newKey, 'Inactive'),
      'the new key is not active',
    ],
    ['there is no new key', { record: { createKey: undefined } as never }, () => {}, 'the new key is not active'],
    [
      'a place holds another key',
      {},
      (rotation) => writeFileSync(rotation.credentialsFile, rotation.content().replace(newKey, 'AKIASOMEBODYELSE0001')),
      'holds AKIASOMEBODYELSE0001 instead of the new key',
    ],
    [
      'it was used since it was found quiet',
      {},
      ({ account }) => void account.use(oldKey, { at: '2026-12-06T09:45:00Z' }),
      'the old key was used again, at 2026-12-06T09:45:00Z',
    ],
    ['a probe fails', { plan: { probes: ['http:a'] } }, () => {}, 'a probe does not pass: http:a: as arranged'],
  ])('where %s', async (_, given, meanwhile, message) => {
    const rotation = await arranged(given);
    meanwhile(rotation);
    const before = rotation.left();
    const { deactivateKey } = createActivities({ ...rotation.newDeps(), ...probing('fail') });

    const error = await deactivateKey(rotation.context).catch((caught) => caught);

    expect(error).toMatchObject({
      name: 'UnexpectedStateError',
      hint: 'the old key was not deactivated; keyturn resume r-1 judges again',
    });
    expect(error.message.endsWith(message)).toBe(true);
    expect(rotation.left()).toEqual(before);
    expect(rotation.announcements).toEqual([]);
  });

  test('S34 where somebody said stop, before anything', async () => {
    const rotation = await arranged();
    const halted = async () => ({ reason: 'somebody said stop', until: Date.parse('2026-12-07T10:00:00Z') });
    const { deactivateKey } = createActivities({ ...rotation.newDeps(), halted });

    await expect(deactivateKey(rotation.context)).rejects.toThrow('nothing may be changed now: somebody said stop');
    expect(rotation.operations()).toEqual([]);
  });
});
