// What every vault must do: one suite, run by each vault's own test file.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { VaultError } from '../../src/errors.ts';
import type { Vault } from '../../src/vault/contract.ts';

/** `create` makes a place for one test; each call of what it returns opens that same place anew. */
export function describeVault(name: string, create: () => Promise<() => Vault>): void {
  const first = new KeyPair('AKIAIOSFODNN7FIRST01', 'first/secret+of=forty-characters-in-all+');
  const second = new KeyPair('AKIAIOSFODNN7SECOND2', 'second/secret+of=forty-characters-in-al+');
  const sameId = new KeyPair('AKIAIOSFODNN7FIRST01', 'other/secret+of=forty-characters-in-all+');

  describe(`${name} as a vault`, () => {
    test('has nothing before something is stored', async () => {
      const open = await create();

      const pair = await open().get('r1', 'new');

      expect(pair).toBeNull();
    });

    test('gives back, opened anew, what was stored', async () => {
      const open = await create();

      await open().put('r1', 'new', first);
      const pair = await open().get('r1', 'new');

      expect(pair?.accessKeyId).toBe('AKIAIOSFODNN7FIRST01');
      expect(pair?.reveal()).toBe('first/secret+of=forty-characters-in-all+');
    });

    test('keeps rotations and slots apart', async () => {
      const open = await create();

      await open().put('r1', 'new', first);
      await open().put('r1', 'old', second);
      await open().put('r2', 'new', sameId);

      expect((await open().get('r1', 'new'))?.sameAs(first)).toBe(true);
      expect((await open().get('r1', 'old'))?.sameAs(second)).toBe(true);
      expect((await open().get('r2', 'new'))?.sameAs(sameId)).toBe(true);
      expect(await open().get('r2', 'old')).toBeNull();
    });

    test('stores the same pair twice', async () => {
      const open = await create();

      await open().put('r1', 'new', first);
      await open().put('r1', 'new', first);

      expect((await open().get('r1', 'new'))?.sameAs(first)).toBe(true);
    });

    test.each([
      ['another key', second],
      ['another secret of the same key', sameId],
    ])('leaves a pair where it is when %s comes for its slot', async (_, other) => {
      const open = await create();
      await open().put('r1', 'new', first);

      const error = await open()
        .put('r1', 'new', other)
        .catch((caught) => caught);

      expect(error).toBeInstanceOf(VaultError);
      expect(error).toMatchObject({
        message: 'the vault holds another new key pair for rotation r1',
        hint: 'it was kept: AKIA…ST01',
      });
      expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
      expect((await open().get('r1', 'new'))?.sameAs(first)).toBe(true);
    });

    test('forgets one slot, and may be asked twice', async () => {
      const open = await create();
      await open().put('r1', 'new', first);
      await open().put('r1', 'old', second);

      await open().remove('r1', 'new');
      await open().remove('r1', 'new');

      expect(await open().get('r1', 'new')).toBeNull();
      expect((await open().get('r1', 'old'))?.sameAs(second)).toBe(true);
    });

    test('takes another pair in a slot that was forgotten', async () => {
      const open = await create();
      await open().put('r1', 'new', first);

      await open().remove('r1', 'new');
      await open().put('r1', 'new', second);

      expect((await open().get('r1', 'new'))?.sameAs(second)).toBe(true);
    });

    test.each(['r', 'r'.repeat(100), 'a_b-C9'])('knows a rotation by the id %s', async (rotation) => {
      const open = await create();

      await open().put(rotation, 'new', first);

      expect((await open().get(rotation, 'new'))?.sameAs(first)).toBe(true);
    });

    test.each(['../r1', 'a/b', '', '.', '-r', 'r 1', 'r1\n', 'x'.repeat(101)])(
      'takes no rotation id that is no name: %j',
      async (rotation) => {
        const open = await create();

        const error = await open()
          .put(rotation, 'new', first)
          .catch((caught) => caught);

        expect(error).toBeInstanceOf(VaultError);
        expect(error.message).toBe(`no rotation can have the id ${rotation}`);
      },
    );

    test('is asked to forget what it never had', async () => {
      const open = await create();

      await open().remove('r1', 'new');

      expect(await open().get('r1', 'new')).toBeNull();
    });
  });
}
