// The seal against the embedded AWS: what it takes for agreed on, and that nothing else is.
import { describe, expect, test } from 'vitest';
import { AccessDeniedError, VaultError } from '../../src/errors.ts';
import type { Plan } from '../../src/machine/context.ts';
import { createSeal, type Sealed } from '../../src/vault/seal.ts';
import { sandboxedSecrets } from './sandboxed.ts';

const sealed: Sealed = {
  schema: 1,
  rotation: 'r1',
  plan: { user: 'alice', userId: 'AIDAALICE' } as Plan,
  made: { id: 'AKIAIOSFODNN7SECOND2', createdAt: '2026-12-06T10:00:00Z' },
};
const text =
  '{"schema":1,"rotation":"r1","plan":{"user":"alice","userId":"AIDAALICE"},"made":{"id":"AKIAIOSFODNN7SECOND2","createdAt":"2026-12-06T10:00:00Z"}}';

async function setUp() {
  const { sandbox, secrets, kept, lay } = await sandboxedSecrets();
  return { sandbox, kept, lay, seal: createSeal({ secrets, kmsKey: 'alias/of-the-seals' }) };
}

const caught = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error);

test('S28 what was agreed on is what is read, under a name of its own and the key that was given', async () => {
  const { seal, kept } = await setUp();

  await seal.put(sealed);

  expect(await seal.get('r1')).toEqual(sealed);
  expect(Object.keys(kept())).toEqual(['keyturn/seal/r1']);
  expect(kept()['keyturn/seal/r1']).toMatchObject({
    description: 'what rotation r1 agreed on; keyturn removes it when that ends',
    kmsKeyId: 'alias/of-the-seals',
    versions: [{ id: '367d2f4a20317d6fbe750adfb185aea752e9814ef98ab96ec155df086c08a907', value: text }],
  });
});

test('nothing is sealed before it was, nor after it was removed; both may be asked twice', async () => {
  const { seal, kept } = await setUp();

  const before = await seal.get('r1');
  await seal.put(sealed);
  await seal.put(structuredClone(sealed));
  await seal.remove('r1');
  await seal.remove('r1');

  expect(before).toBeNull();
  expect(await seal.get('r1')).toBeNull();
  expect(kept()).toEqual({});
});

test('S28 another plan or key is not sealed over it', async () => {
  const { seal, kept } = await setUp();
  await seal.put(sealed);

  const error = await caught(seal.put({ ...sealed, made: null }));

  expect(error).toBeInstanceOf(VaultError);
  expect(error).toMatchObject({
    message: 'rotation r1 is sealed with another plan or key',
    hint: 'nothing was changed by this step; keyturn status r1 shows how it stands',
  });
  expect(kept()['keyturn/seal/r1']?.versions.map(({ value }) => value)).toEqual([text]);
});

describe('S28 a seal that cannot be read is no seal, and none at all neither:', () => {
  test.each([
    ['no JSON', 'sealed'],
    ['no text', new Uint8Array([1])],
    ['no object', 'null'],
    ['a later release’s', text.replace('"schema":1', '"schema":2')],
    ['another rotation’s', text.replace('"r1"', '"r2"')],
    ['without a plan', '{"schema":1,"rotation":"r1","made":null}'],
    ['of no user', text.replace('"alice"', '""')],
  ])('%s', async (_what, value) => {
    const { seal, lay } = await setUp();
    lay('keyturn/seal/r1', value);

    const errors = [await caught(seal.get('r1')), await caught(seal.put(sealed))];

    expect(errors).toEqual([expect.any(VaultError), expect.any(VaultError)]);
    for (const error of errors) {
      expect(error).toMatchObject({
        message: 'the seal of rotation r1 cannot be read',
        hint: 'see the secret keyturn/seal/r1, or run a newer keyturn; nothing was changed',
      });
    }
  });
});

test('that it may not be read is said as it is', async () => {
  const { sandbox, seal } = await setUp();
  sandbox.fault({ operation: 'GetSecretValue', call: 'every', kind: 'accessDenied' });

  expect(await caught(seal.get('r1'))).toBeInstanceOf(AccessDeniedError);
});

test.each(['../r1', '', '-r', 'r 1', 'x'.repeat(101)])('takes no rotation id that is no name: %j', async (rotation) => {
  const { seal, kept } = await setUp();

  const error = await caught(seal.put({ ...sealed, rotation }));

  expect(error).toBeInstanceOf(VaultError);
  expect((error as VaultError).message).toBe(`no rotation can have the id ${rotation}`);
  expect(kept()).toEqual({});
});

test.each(['r', 'r'.repeat(100), 'a_b-C9'])('knows a rotation by the id %s', async (rotation) => {
  const { seal } = await setUp();

  await seal.put({ ...sealed, rotation });

  expect((await seal.get(rotation))?.rotation).toBe(rotation);
});
