import { describe, expect, test } from 'vitest';
import {
  counterOf,
  deactivationStands,
  deliveredAt,
  isRollingBack,
  wasCutOffIn,
  wasOffered,
  watchedFrom,
} from '../../src/activities/record.ts';
import { instant } from '../../src/clock.ts';
import type { RotationContext } from '../../src/machine/context.ts';

const at = '2026-12-06T10:00:00Z';

function contextOf(members: Record<string, unknown>): RotationContext {
  const plan = { from: 'start', startedAt: '2026-12-06T09:00:00Z' };
  return {
    schema: 1,
    rotation: 'r-1',
    intent: 'forward',
    plan,
    interruptions: [],
    ...members,
  } as unknown as RotationContext;
}

test.each<[string, Record<string, unknown>, boolean]>([
  ['going forward', {}, false],
  ['by intent', { intent: 'rollBack' }, true],
  ['the new key was rejected', { verifyNewKey: { verdict: 'rejected' } }, true],
  ['the new key was accepted', { verifyNewKey: { verdict: 'accepted' } }, false],
  ['the delivery failed', { deliverKey: { verdict: 'failed' } }, true],
  ['asked for in the watch', { awaitQuiet: { signal: 'rollBack' } }, true],
  ['asked for in the grace', { awaitGrace: { signal: 'rollBack' } }, true],
  ['asked for while blind', { awaitNextLook: { signal: 'rollBack' } }, true],
  ['only reactivated', { awaitGrace: { signal: 'reactivate' } }, false],
])('on its way back, %s: %s', (_, members, expected) => {
  expect(isRollingBack(contextOf(members))).toBe(expected);
});

test('a cut off activity may have been done in part, one that changed nothing not', () => {
  const context = contextOf({
    interruptions: [
      { activity: 'createKey', at },
      { activity: 'deliverKey', at, untouched: true },
    ],
  });

  expect([wasCutOffIn(context, 'createKey'), wasCutOffIn(context, 'deliverKey')]).toEqual([true, false]);
});

test.each<[string, Record<string, unknown>, boolean]>([
  ['never', {}, false],
  ['delivered', { deliverKey: { verdict: 'delivered' } }, true],
  ['delivered in part', { deliverKey: { verdict: 'failed' } }, true],
  ['cut off', { interruptions: [{ activity: 'deliverKey', at }] }, true],
  ['stopped before anything', { interruptions: [{ activity: 'deliverKey', at, untouched: true }] }, false],
])('S23 the new key was offered, %s: %s', (_, members, expected) => {
  expect(wasOffered(contextOf(members))).toBe(expected);
});

test('S10 the counter is the highest that any outcome carries', () => {
  expect(counterOf(contextOf({}))).toBe(0);
  expect(
    counterOf(contextOf({ claimUser: { counter: 0 }, reactivateKey: { counter: 7 }, deleteKey: { counter: 4 } })),
  ).toBe(7);
});

test.each<[string, Record<string, unknown>, boolean]>([
  ['never deactivated', {}, false],
  ['deactivated', { deactivateKey: { counter: 3 } }, true],
  ['reactivated since', { deactivateKey: { counter: 3 }, reactivateKey: { counter: 4 } }, false],
  ['deactivated again', { deactivateKey: { counter: 5 }, reactivateKey: { counter: 4 } }, true],
])('our deactivation stands, %s: %s', (_, members, expected) => {
  expect(deactivationStands(contextOf(members))).toBe(expected);
});

describe('watched from', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['the delivery', { deliverKey: { at } }, '2026-12-06T10:00:00Z'],
    ['the start of retire', { plan: { from: 'watch', startedAt: '2026-12-06T09:00:00Z' } }, '2026-12-06T09:00:00Z'],
    [
      'a reactivation after it',
      { deliverKey: { at }, reactivateKey: { at: '2026-12-09T10:00:00Z' } },
      '2026-12-09T10:00:00Z',
    ],
    [
      'the look that found it active again',
      { deliverKey: { at }, checkHealth: { verdict: 'reactivated', at: '2026-12-10T10:00:00Z' } },
      '2026-12-10T10:00:00Z',
    ],
    [
      'no other look',
      { deliverKey: { at }, checkHealth: { verdict: 'healthy', at: '2026-12-10T10:00:00Z' } },
      '2026-12-06T10:00:00Z',
    ],
  ])('%s', (_, members, expected) => {
    expect(instant(watchedFrom(contextOf(members)))).toBe(expected);
  });

  test('delivered stays what it was', () => {
    const context = contextOf({ deliverKey: { at }, reactivateKey: { at: '2026-12-09T10:00:00Z' } });

    expect(instant(deliveredAt(context))).toBe(at);
  });
});
