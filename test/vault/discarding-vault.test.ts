// The vault of a step that may only empty it: it gives nothing away and takes nothing, and empties with the slot that goes last.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { VaultError } from '../../src/errors.ts';
import { createDiscardingVault } from '../../src/vault/discarding-vault.ts';
import { createSecretsManagerVault } from '../../src/vault/secrets-manager-vault.ts';
import { sandboxedSecrets } from './sandboxed.ts';

const pair = new KeyPair('AKIAIOSFODNN7FIRST01', 'first/secret+of=forty-characters-in-all+');

/** Both pairs of a rotation lie there. */
async function setUp() {
  const { clock, sandbox, secrets, kept } = await sandboxedSecrets();
  const full = createSecretsManagerVault({ clock, secrets });
  await full.put('r1', 'old', pair);
  await full.put('r1', 'new', pair);
  const asked = sandbox.requests.length;
  const discarding = createDiscardingVault(secrets);
  return { discarding, kept, operations: () => sandbox.requests.slice(asked).map(({ operation }) => operation) };
}

test('S31 both pairs go with the new one, and neither is read', async () => {
  const { discarding, kept, operations } = await setUp();

  await discarding.remove('r1', 'old');
  const afterTheOld = Object.keys(kept());
  await discarding.remove('r1', 'new');

  expect(afterTheOld).toEqual(['keyturn/vault/r1']);
  expect(kept()).toEqual({});
  expect(operations()).toEqual(['DeleteSecret']);
});

test('S31 it gives nothing away and takes nothing', async () => {
  const { discarding, operations } = await setUp();

  const found = await discarding.get('r1', 'old');
  const error = await discarding.put('r1', 'new', pair).catch((caught: unknown) => caught);

  expect(found).toBeNull();
  expect(error).toBeInstanceOf(VaultError);
  expect((error as VaultError).message).toBe('this step may not put anything into the vault');
  expect(operations()).toEqual([]);
});
