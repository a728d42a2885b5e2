// The vault in Secrets Manager against the embedded AWS: what it leaves there, and what it does where AWS refuses.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { VaultError } from '../../src/errors.ts';
import type { Settings } from '../../src/sandbox/index.ts';
import { createSecretsManagerVault, permissions } from '../../src/vault/secrets-manager-vault.ts';
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
  const facts = kept()['keyturn/vault/r1'];
  await open().remove('r1', 'old');
  const versions = kept()['keyturn/vault/r1']?.versions ?? [];
  await open().remove('r1', 'new');

  expect(names).toEqual(['keyturn/vault/r1']);
  expect(facts).toMatchObject({
    description: 'keyturn keeps this until rotation r1 ends',
    kmsKeyId: 'alias/of-the-vault',
  });
  expect(versions.at(-1)?.value).toBe(
    '{"new":{"accessKeyId":"AKIAIOSFODNN7SECOND2","secretAccessKey":"second/secret+of=forty-characters-in-al+"}}',
  );
  // Of what is written, and of the version that it was written over.
  expect(versions.map(({ id }) => id)).toEqual([
    '86a2a55ef41389c7d1997409fa04440a1abfe30ad1e2f4b7058ef0b0fcefe137',
    'a8b6d1f10e30407e1b500bd434d29b8817418dac0363ee75248c920e3d12105e',
    '1421e60fb8bfe46a6be0074275d0d113b34a7ab26dabbeb59a8cfe5af0b25e8f',
  ]);
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

  expect(first).toBe('59313dde78f6356f09997499958d9b9f0784cdfc8d62b252c4eec995db644bec');
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

  test('what another process has put there just now stays, beside what is put next', async () => {
    const { open, kept } = await setUp(behind(3));
    await open().put('r1', 'old', pair);

    await open().put('r1', 'new', other);

    expect(kept()['keyturn/vault/r1']?.versions.length).toBe(2);
    expect((await open().get('r1', 'old'))?.sameAs(pair)).toBe(true);
    expect((await open().get('r1', 'new'))?.sameAs(other)).toBe(true);
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

test('says so where it never can be', async () => {
  const { open } = await setUp({ readDelay: 600_000 });

  const error = await open()
    .put('r1', 'new', pair)
    .catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(VaultError);
  expect((error as VaultError).message).toBe('the vault does not give back what was put into keyturn/vault/r1');
});

test('waits for nothing where reads are fresh', async () => {
  const { clock, open } = await setUp();
  const vault = open();
  const before = clock.monotonic();

  await vault.put('r1', 'old', pair);
  await vault.put('r1', 'new', other);
  await vault.remove('r1', 'new');
  await vault.remove('r1', 'old');
  const found = await vault.get('r1', 'old');

  expect(found).toBeNull();
  expect(clock.monotonic() - before).toBe(0);
});

test('each verb asks for what it declares', async () => {
  const { sandbox, open } = await setUp();
  const asked = async (work: Promise<unknown>) => {
    const before = sandbox.requests.length;
    await work;
    return sandbox.requests.slice(before).map(({ operation }) => `secretsmanager:${operation}`);
  };

  const put = [...(await asked(open().put('r1', 'old', pair))), ...(await asked(open().put('r1', 'new', other)))];
  const get = await asked(open().get('r1', 'new'));
  const remove = [...(await asked(open().remove('r1', 'old'))), ...(await asked(open().remove('r1', 'new')))];

  expect({
    get: [...new Set(get)].sort(),
    put: [...new Set(put)].sort(),
    remove: [...new Set(remove)].sort(),
  }).toEqual(permissions);
});

describe('says what is wrong, and no secret, where', () => {
  test.each([
    ['the secret holds something else', 'not JSON forty-characters'],
    ['it holds no text', new Uint8Array([1])],
    ['it holds no pair', '{"newest":"forty-characters"}'],
    ['half a pair is there', '{"new":{"secretAccessKey":"forty-characters"}}'],
    ['the other half is', '{"new":{"accessKeyId":"forty-characters"}}'],
    ['an id is no text', '{"new":{"accessKeyId":7,"secretAccessKey":"forty-characters"}}'],
    ['a secret is no text', '{"new":{"accessKeyId":"AKIAIOSFODNN7FIRST01","secretAccessKey":["forty-characters"]}}'],
    ['an id is empty', '{"new":{"accessKeyId":"","secretAccessKey":"forty-characters"}}'],
    ['a secret is empty', '{"new":{"accessKeyId":"forty-characters","secretAccessKey":""}}'],
  ])('%s', async (_, value) => {
    const { open, lay } = await setUp();
    lay('keyturn/vault/r1', value);

    const error = await open()
      .get('r1', 'new')
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(VaultError);
    expect(error).toMatchObject({
      message: 'the key pairs of rotation r1 cannot be read from the vault',
      hint: 'see the secret keyturn/vault/r1; it and the keys in AWS are as they were',
    });
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
    expect(error).toMatchObject({
      hint: `allow secretsmanager:${operation} for whoever runs keyturn, then run the same command again`,
      cause: { name: 'AccessDeniedError' },
    });
    expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
    expect(kept()).toEqual({});
  });
});
