// S23 Before anything is restored: whether there is an old pair to restore, and whether AWS accepts it.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { createWorld } from '../support/world.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const secret = 'old/old/old/old/old/old/old/old/old/old/';

const arranged = (settings = {}) =>
  createWorld({
    keys: [{ accessKeyId: oldKey, secretAccessKey: secret, createdAt: '2026-06-01T08:00:00Z' }],
    settings,
  });

const stays = 'no old secret is kept, so the places stay';

test.each<[string, string, Partial<RotationContext>, 'watch' | 'start']>([
  ['unkept', 'keyturn delivered nothing, so there is nothing to restore', came('deliverKey'), 'watch'],
  ['notNeeded', 'no place was ever offered the new key', came('createKey'), 'start'],
  ['unkept', `${stays} on the new key`, came('deliverKey'), 'start'],
  ['unkept', `${stays} as they are`, came('deliverKey', { verdict: 'failed' }), 'start'],
  ['unkept', `${stays} as they are`, cutOffIn('deliverKey'), 'start'],
])('%s, without asking AWS: %s', async (verdict, reason, record, from) => {
  const world = await arranged();
  const context = world.context({ ...record, plan: world.plan({ from }) });

  expect(await world.activities.verifyOldKey(context)).toEqual({ at: '2026-12-06T10:00:00Z', verdict, reason });
  expect(world.operations()).toEqual([]);
});

test.each([
  ['accepted', 'AWS accepts AKIA…0001', secret],
  ['rejected', 'AWS did not accept AKIA…0001 within a minute', secret.replace('old', 'bad')],
])('%s, as AWS says of the pair that was kept: %s', async (verdict, reason, kept) => {
  const world = await arranged();
  await world.vault.put('r-1', 'old', new KeyPair(oldKey, kept));

  const said = await world.activities.verifyOldKey(world.context(came('deliverKey')));

  expect(said).toEqual({ at: expect.any(String), verdict, reason });
});
