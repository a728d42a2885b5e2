import { describe, expect, test } from 'vitest';
import type { RotationContext } from '../../src/machine/context.ts';
import { createWorld } from '../support/world.ts';

const error = (name: string) => ({ error: { Error: name, Cause: 'as arranged\nhint: nothing' } });
const claimed = { claimUser: { at: '2026-12-06T10:00:00Z', counter: 0, resumed: false, skewSeconds: 0 } };
const inspected = (verdict: 'nothingToDo' | 'noSlot' | 'refused') => ({
  inspectKeys: { at: '2026-12-06T10:00:00Z', verdict, reason: 'because', keys: [] },
});
const cutOff = (activity: 'createKey' | 'deliverKey') => ({
  interruptions: [{ activity, at: '2026-12-06T10:00:00Z' }],
});
const freed = { freeSlot: { at: '2026-12-06T10:00:00Z', counter: 0, removed: null } };

describe('releaseUser where no key of ours is known', () => {
  test.each<[string, Partial<RotationContext>, string, string]>([
    ['nothing to do', inspected('nothingToDo'), 'nothingToDo', 'because'],
    ['refused', inspected('refused'), 'refused', 'because'],
    ['no slot', inspected('noSlot'), 'refused', 'because'],
    ['an error', error('ConsumerError'), 'refused', 'as arranged'],
    ['no answer before anything was asked for', error('AnswerUnknownError'), 'refused', 'as arranged'],
    [
      'no answer once a key may have been asked for',
      { ...freed, ...error('AnswerUnknownError') },
      'stuck',
      'as arranged',
    ],
    [
      'another key was removed to make room',
      { freeSlot: { ...freed.freeSlot, removed: 'AKIAIOSFODNN7EXAMPLE' }, ...error('AccessDeniedError') },
      'stuck',
      'as arranged',
    ],
    ['S10 a record that was overtaken', error('RecordError'), 'stuck', 'as arranged'],
    [
      'createKey was cut off, and left nothing',
      { ...cutOff('createKey'), ...error('AccessDeniedError') },
      'refused',
      'as arranged',
    ],
  ])('%s', async (_, members, verdict, reason) => {
    const world = await createWorld();

    const released = await world.activities.releaseUser(world.context(members));

    expect(released).toMatchObject({ verdict, reason });
  });

  test('after a cut off createKey any key that was not there before keeps everything open', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });
    const context = { ...world.context(), ...claimed, ...cutOff('createKey'), ...error('AccessDeniedError') };

    const { verdict } = await world.activities.releaseUser(context);

    expect(verdict).toBe('stuck');
    expect(world.left().claims).toEqual(['keyturn:claim:r-1']);
  });

  test('S20 that none was made counts only after 10 s', async () => {
    const world = await createWorld();

    const { at } = await world.activities.releaseUser(
      world.context({ ...claimed, ...cutOff('createKey'), ...error('AccessDeniedError') }),
    );

    expect(at).toBe('2026-12-06T10:00:10Z');
  });
});

test('where the places hold the old pair again it is rolled back, though a person deleted its key since', async () => {
  const world = await createWorld();
  const context = await world.reach('checkOldKeyUse');
  const restoreConsumers = await world.activities.restoreConsumers({ ...context, intent: 'rollBack' });
  world.account.deleteKey(world.oldKey);

  const { verdict } = await world.activities.releaseUser({ ...context, intent: 'rollBack', restoreConsumers });

  expect(restoreConsumers.verdict).toBe('restored');
  expect(verdict).toBe('rolledBack');
});

test('a pair in the vault keeps everything open', async () => {
  const world = await createWorld();
  const context = await world.reach('verifyNewKey');

  const { verdict } = await world.activities.releaseUser({ ...context, ...error('ThrottledError') });

  expect(verdict).toBe('stuck');
  expect(world.left()).toMatchObject({ claims: ['keyturn:claim:r-1'], vault: ['r-1-new.json', 'r-1-old.json'] });
});

test('its own failure is nobody’s but a person’s', async () => {
  const world = await createWorld();
  const context = await world.reach('releaseUser');
  world.sandbox.fault({ operation: 'UntagUser', call: 'every', kind: 'error500' });

  await expect(world.activities.releaseUser(context)).rejects.toMatchObject({ name: 'AnswerUnknownError' });
  expect(world.left().vault).toEqual(['r-1-new.json', 'r-1-old.json']);
});

test('a new key that somebody deactivated has replaced nothing, even where the old one is gone', async () => {
  const world = await createWorld();
  const { record } = await world.start({}, { wait: false });
  const newKey = record.context.createKey?.newKey ?? '';
  world.account.setStatus(newKey, 'Inactive');
  world.account.deleteKey(world.oldKey);

  expect(await world.resume({ wait: false })).toMatchObject({ ended: 'stuck' });
  expect(world.left()).toMatchObject({ claims: ['keyturn:claim:r-1'], vault: ['r-1-new.json', 'r-1-old.json'] });

  world.account.setStatus(newKey, 'Active');
  expect(await world.resume({ wait: false })).toMatchObject({ ended: 'rotated' });
});
