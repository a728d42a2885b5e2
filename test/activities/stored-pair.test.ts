// The new pair, out of a vault whose reads may be behind.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { storedNewPair } from '../../src/activities/stored-pair.ts';
import { createVirtualClock } from '../../src/clock.ts';
import type { Vault } from '../../src/vault/contract.ts';

const pair = new KeyPair('AKIANEWNEWNEWNEW0002', 'x'.repeat(40));

/** Shows the new pair of r-1 at this look and from then on. */
function slowVault(look: number) {
  let looks = 0;
  const get = async (rotation: string, slot: string) =>
    ++looks >= look && `${rotation} ${slot}` === 'r-1 new' ? pair : null;
  return { vault: { get } as Vault, looks: () => looks };
}

const reading = (vault: Vault) => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  return { clock, read: storedNewPair({ vault, clock } as never, 'r-1') };
};

test.each([1, 2, 16])('is there though the vault shows it only at look %d', async (look) => {
  const { vault, looks } = slowVault(look);

  expect((await reading(vault).read).sameAs(pair)).toBe(true);
  expect(looks()).toBe(look);
});

test('is not there where the vault does not show it within 15 s, and then nothing was changed', async () => {
  const { clock, read } = reading(slowVault(17).vault);

  await expect(read).rejects.toMatchObject({
    name: 'VaultError',
    message: 'the new pair of rotation r-1 is not in the vault',
    hint: 'both keys are active and the places as they were; keyturn rollback r-1 goes back',
  });
  expect(clock.monotonic()).toBe(15_000);
});
