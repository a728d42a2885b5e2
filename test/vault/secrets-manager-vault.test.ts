// The vault in Secrets Manager against the embedded AWS: what it leaves there, and what it does where AWS refuses.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { VaultError } from '../../src/errors.ts';
import type { Settings } from '../../src/sandbox/index.ts';
import { createSecretsManagerVault } from '../../src/vault/secrets-manager-vault.ts';
import { sandboxedSecrets } from './sandboxed.ts';
import { describeVault } from './vault-contract.ts';

const pair = new KeyPair('AKIAIOSFODNN7FIRST01', 'first/secret+of=forty-characters-in-all+');
const other = new KeyPair('AKIAIOSFODNN7SECOND2', 'second/secret+of=forty-characters-in-al+');

async function setUp(settings: Partial<Settings> = {}) {
  const { clock, sandbox, secrets, kept, lay } = await sandboxedSecrets(settings);
  const open = () => {
    const client = secrets();
    return createSecretsManagerVault({ clock, secrets: () => client, kmsKey: 'alias/of-the-vault' });
  };
  return { clock, sandbox, open, kept, lay };
}

describeVault('secretsmanager', async () => (await setUp()).open);

test('S31 keeps both pairs of a rotation in one secret, and deletes it for good with the last', async () => {
  const { open, kept } = await setUp();

  await open().put('r1', 'old', pair);
  await open().put('r1', 'new', other);
  const names = Object.keys(kept());
  await open().remove('r1', 'old');
  const left = kept()['keyturn/vault/r1']?.versions.at(-1)?.value;
  await open().remove('r1', 'new');

  expect(names).toEqual(['keyturn/vault/r1']);
  expect(left).toBe(
    '{"new":{"accessKeyId":"AKIAIOSFODNN7SECOND2","secretAccessKey":"second/secret+of=forty-characters-in-al+"}}',
  );
  expect(kept()).toEqual({});
});

test('S20 the same pair of a rotation is the same request, another pair or rotation is another', async () => {
  const { open, kept } = await setUp();
  const versionOf = async (rotation: string, one: KeyPair) => {
    await open().put(rotation, 'new', one);
    const id = kept()[`keyturn/vault/${rotation}`]?.versions[0]?.id;
    await open().remove(rotation, 'new');
    return id;
  };

  const [first, again, ofAnother, elsewhere] = [
    await versionOf('r1', pair),
    await versionOf('r1', pair),
    await versionOf('r1', other),
    await versionOf('r2', pair),
  ];

  expect(again).toBe(first);
  expect(new Set([first, ofAnother, elsewhere]).size).toBe(3);
});

describe('where single reads are behind', () => {
  const behind = (read: number) => ({ readDelay: 60_000, staleReads: (one: { read: number }) => one.read === read });

  test('what this process has put there is found all the same', async () => {
    // The first read looks whether the slot is free, the second whether the pair has arrived.
    const { open } = await setUp(behind(3));
    const vault = open();
    await vault.put('r1', 'new', pair);

    const found = await vault.get('r1', 'new');

    expect(found?.accessKeyId).toBe('AKIAIOSFODNN7FIRST01');
  });

  test('a pair is not taken for gone at the first look', async () => {
    const { open, kept } = await setUp(behind(3));
    await open().put('r1', 'new', pair);

    await open().remove('r1', 'new');

    expect(kept()).toEqual({});
  });
});

test.each(['CreateSecret', 'PutSecretValue', 'DeleteSecret'])(
  'bears that the answer to %s is lost',
  async (operation) => {
    const { sandbox, open, kept } = await setUp();
    sandbox.fault({ operation, call: 1, kind: 'lostAnswer' });

    await open().put('r1', 'old', pair);
    await open().put('r1', 'new', other);
    const count = kept()['keyturn/vault/r1']?.versions.length;
    await open().remove('r1', 'new');
    await open().remove('r1', 'old');

    expect(count).toBe(2);
    expect(kept()).toEqual({});
  },
);

test('has stored a pair only when it can be read again', async () => {
  const { open } = await setUp({ readDelay: 3_000 });

  await open().put('r1', 'new', pair);

  expect((await open().get('r1', 'new'))?.sameAs(pair)).toBe(true);
});

describe('says what is wrong, and no secret, where', () => {
  test.each([
    ['the secret holds something else', 'not JSON forty-characters', 'cannot be read from the vault'],
    ['half a pair is there', '{"new":{"secretAccessKey":"forty-characters"}}', 'cannot be read from the vault'],
  ])('%s', async (_, value, message) => {
    const { sandbox, open } = await setUp();
    sandbox.secrets.create({ name: 'keyturn/vault/r1', region: 'eu-west-1', value });

    const error = await open()
      .get('r1', 'new')
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(VaultError);
    expect((error as VaultError).message).toContain(message);
    expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
  });

  test.each(['GetSecretValue', 'CreateSecret'])('%s is not allowed', async (operation) => {
    const { sandbox, open, kept } = await setUp();
    sandbox.fault({ operation, call: 'every', kind: 'accessDenied' });

    const error = await open()
      .put('r1', 'new', pair)
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(VaultError);
    expect((error as VaultError).message).toContain(`the vault: secretsmanager:${operation} is denied`);
    expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
    expect(kept()).toEqual({});
  });
});
