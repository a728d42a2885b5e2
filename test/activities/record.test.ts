import { describe, expect, test } from 'vitest';
import {
  counterOf,
  deactivationStands,
  deliveredAt,
  isInGrace,
  isReactivationOpen,
  isRestoreUnfinished,
  isRollingBack,
  newKeyOf,
  settledBy,
  wasCutOffIn,
  wasOffered,
  wasTried,
  watchedFrom,
} from '../../src/activities/record.ts';
import { instant } from '../../src/clock.ts';
import type { Outputs, RotationContext } from '../../src/machine/context.ts';

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
  expect([wasTried(context, 'createKey'), wasTried(context, 'deliverKey')]).toEqual([true, true]);
  expect(wasTried(context, 'deleteKey')).toBe(false);
});

const cutOff = (activity: string) => ({ interruptions: [{ activity, at }] });

test.each<[string, Record<string, unknown>, boolean]>([
  ['never begun', {}, false],
  ['another step was cut off', cutOff('deliverKey'), false],
  ['cut off', cutOff('restoreConsumers'), true],
  ['done', { restoreConsumers: { verdict: 'restored' } }, false],
  ['done in part', { restoreConsumers: { verdict: 'failed' } }, true],
  [
    'done, and cut off when done again',
    { restoreConsumers: { verdict: 'restored' }, ...cutOff('restoreConsumers') },
    true,
  ],
])('places may still wait for the old pair, %s: %s', (_, members, expected) => {
  expect(isRestoreUnfinished(contextOf(members))).toBe(expected);
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
  expect(counterOf(contextOf({ error: undefined, claimUser: { counter: 2 } }))).toBe(2);
  expect(
    counterOf(contextOf({ claimUser: { counter: 0 }, reactivateKey: { counter: 7 }, deleteKey: { counter: 4 } })),
  ).toBe(7);
});

test.each<[string, Record<string, unknown>, boolean]>([
  ['never deactivated', {}, false],
  ['deactivated', { deactivateKey: { counter: 3 } }, true],
  ['deactivated by the first step that counts', { deactivateKey: { counter: 1 } }, true],
  ['reactivated since', { deactivateKey: { counter: 3 }, reactivateKey: { counter: 4 } }, false],
  ['deactivated again', { deactivateKey: { counter: 5 }, reactivateKey: { counter: 4 } }, true],
])('our deactivation stands, %s: %s', (_, members, expected) => {
  expect(deactivationStands(contextOf(members))).toBe(expected);
});

test.each<[string, Record<string, unknown>, boolean, boolean]>([
  ['never deactivated', cutOff('reactivateKey'), false, false],
  ['deactivated', { deactivateKey: { counter: 3 }, ...cutOff('deleteKey') }, true, false],
  ['cut off while it was undone', { deactivateKey: { counter: 3 }, ...cutOff('reactivateKey') }, true, true],
  [
    'undone, and cut off when undone again',
    { deactivateKey: { counter: 3 }, reactivateKey: { counter: 4 }, ...cutOff('reactivateKey') },
    false,
    false,
  ],
  ['deleted', { deactivateKey: { counter: 3 }, deleteKey: { counter: 4 } }, false, false],
])('%s: in the grace %s, on its way out of it %s', (_, members, inGrace, open) => {
  const context = contextOf(members);

  expect([isInGrace(context), isReactivationOpen(context)]).toEqual([inGrace, open]);
});

test.each<[string, string[], string[]]>([
  ['inactive', ['AKIAOLD Inactive', 'AKIANEW Active'], ['inspectKeys', 'reactivateKey']],
  ['active', ['AKIAOLD Active', 'AKIANEW Active'], ['inspectKeys']],
  ['active, and the other one is not', ['AKIAOLD Active', 'AKIANEW Inactive'], ['inspectKeys']],
  ['gone', ['AKIANEW Active'], ['inspectKeys']],
])('a look that finds the old key %s', (_, listed, settled) => {
  const keys = listed.map((one) => ({ id: one.split(' ')[0], status: one.split(' ')[1] }));
  const context = contextOf({ plan: { oldKey: 'AKIAOLD' } });

  expect(settledBy('inspectKeys', { keys } as unknown as Outputs['inspectKeys'], context)).toEqual(settled);
});

test('no other activity settles more than itself, whatever it returns', () => {
  const output = { keys: [{ id: 'AKIAOLD', status: 'Inactive' }] } as unknown as Outputs['createKey'];

  expect(settledBy('createKey', output, contextOf({ plan: { oldKey: 'AKIAOLD' } }))).toEqual(['createKey']);
});

test.each<[string, Record<string, unknown>, string | null]>([
  ['before it is made', {}, null],
  ['once it is made', { createKey: { newKey: 'AKIANEW' } }, 'AKIANEW'],
  ['for retire', { plan: { newKey: 'AKIAOTHER' } }, 'AKIAOTHER'],
])('the new key %s', (_, members, expected) => {
  expect(newKeyOf(contextOf({ plan: { newKey: null }, ...members }))).toBe(expected);
});

describe('watched from', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['the delivery', { deliverKey: { at } }, '2026-12-06T10:00:00Z'],
    ['the start of retire', { plan: { from: 'watch', startedAt: '2026-12-06T09:00:00Z' } }, '2026-12-06T09:00:00Z'],
    [
      'that too where a delivery is spoken of, for somebody else made it',
      { deliverKey: { at }, plan: { from: 'watch', startedAt: '2026-12-06T09:00:00Z' } },
      '2026-12-06T09:00:00Z',
    ],
    ['the start, where nothing was delivered yet', {}, '2026-12-06T09:00:00Z'],
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
