// What every consumer must do: one suite, run by each consumer's own test file.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { Consumer } from '../../src/consumers/contract.ts';
import { ConsumerError } from '../../src/errors.ts';

/** One place for one test. The pairs are given to it, so that the suite knows what to look for. */
export interface TestPlace {
  /** Opens the place anew, as another run would. */
  open(): Consumer;
  /** Puts a pair there by other means than the consumer's. */
  put(pair: KeyPair): Promise<void>;
  /** Everything that the place holds, byte for byte, and whatever lies beside it. */
  content(): Promise<unknown>;
  /** The pair that somebody reads who uses the place. */
  read(): Promise<KeyPair | null>;
  /** Reads, as fast as possible, what others see while `work` runs: every pair that was seen. */
  watch(work: () => Promise<void>): Promise<KeyPair[]>;
  /** Writes in a process that is killed right before the new content would take effect. */
  writeAndCrash(pair: KeyPair, expected: string): Promise<void>;
}

/**
 * `create` makes a place that holds `oldPair`, among other things that are none of keyturn's business. `givesBack`: of some
 * places only the id can be read back, so what the suite says of secrets is none of theirs. `atOnce`: places whose halves cannot change
 * together say so themselves.
 */
export function describeConsumer(
  name: string,
  create: (oldPair: KeyPair) => Promise<TestPlace>,
  { givesBack = 'pair', atOnce = true }: { givesBack?: 'pair' | 'id'; atOnce?: boolean } = {},
): void {
  const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'old/secret+of=forty-characters-in-all+++');
  const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'new/secret+of=forty-characters-in-all+++');
  const strange = new KeyPair('AKIASTRANGESTRANGER3', 'its/secret+of=forty-characters-in-all+++');
  const start = () => create(oldPair);

  describe(`${name} as a consumer`, () => {
    test('preflight gives the pair it holds and changes nothing', async () => {
      const place = await start();
      const before = await place.content();

      const preflight = await place.open().preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

      expect(preflight.holds).toBe('AKIAOLDOLDOLDOLDOLD1');
      expect(preflight.pair?.sameAs(oldPair)).toBe(givesBack === 'pair' ? true : undefined);
      expect(await place.content()).toEqual(before);
    });

    test.each([
      ['another key', 'AKIASTRANGESTRANGER3'],
      ['none', null],
    ])('preflight refuses a place that holds a key where %s was expected', async (_, oldKey) => {
      const place = await start();
      const before = await place.content();

      const error = await place
        .open()
        .preflight({ user: 'alice', oldKey })
        .catch((caught) => caught);

      expect(error).toBeInstanceOf(ConsumerError);
      expect(error.hint).toBeTruthy();
      expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
      expect(await place.content()).toEqual(before);
    });

    test('write puts the new pair where the old one was', async () => {
      const place = await start();

      await place.open().write(newPair, oldPair.accessKeyId);

      expect((await place.read())?.sameAs(newPair)).toBe(true);
    });

    test('write may be called twice, to the same end', async () => {
      const place = await start();
      await place.open().write(newPair, oldPair.accessKeyId);
      const once = await place.content();

      await place.open().write(newPair, oldPair.accessKeyId);

      expect(await place.content()).toEqual(once);
    });

    test('S24 write leaves a place alone that holds something else than expected', async () => {
      const place = await start();
      await place.put(strange);
      const before = await place.content();

      const error = await place
        .open()
        .write(newPair, oldPair.accessKeyId)
        .catch((caught) => caught);

      expect(error).toBeInstanceOf(ConsumerError);
      expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
      expect(await place.content()).toEqual(before);
    });

    test('S24 write looks at the place as it is now, not as it was at the preflight', async () => {
      const place = await start();
      const consumer = place.open();
      await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });
      await place.put(strange);

      await expect(consumer.write(newPair, oldPair.accessKeyId)).rejects.toThrow(ConsumerError);

      expect((await place.read())?.sameAs(strange)).toBe(true);
    });

    test('S5 readBack says which key the place holds now', async () => {
      const place = await start();
      const consumer = place.open();

      const before = await consumer.readBack();
      await consumer.write(newPair, oldPair.accessKeyId);
      const after = await consumer.readBack();
      await place.put(strange);
      const later = await consumer.readBack();

      expect(consumer.readable).toBe(true);
      expect([before, after, later]).toEqual(['AKIAOLDOLDOLDOLDOLD1', 'AKIANEWNEWNEWNEWNEW2', 'AKIASTRANGESTRANGER3']);
    });

    test('restore puts the old pair back, byte for byte, and may be called twice', async () => {
      const place = await start();
      const before = await place.content();
      await place.open().write(newPair, oldPair.accessKeyId);

      const outcomes = [
        await place.open().restore(oldPair, newPair.accessKeyId),
        await place.open().restore(oldPair, newPair.accessKeyId),
      ];

      expect(outcomes).toEqual(['restored', 'restored']);
      expect(await place.content()).toEqual(before);
    });

    test('S24 restore leaves a place alone that holds something else', async () => {
      const place = await start();
      await place.put(strange);
      const before = await place.content();

      const outcome = await place.open().restore(oldPair, newPair.accessKeyId);

      expect(outcome).toBe('left');
      expect(await place.content()).toEqual(before);
    });

    test('a crash right before the new pair takes effect leaves the old one, and the next write mends all', async () => {
      const place = await start();

      await place.writeAndCrash(newPair, oldPair.accessKeyId);
      const afterCrash = await place.read();
      await place.open().write(newPair, oldPair.accessKeyId);
      const mended = await place.content();

      expect(afterCrash?.sameAs(oldPair)).toBe(true);
      const untroubled = await start();
      await untroubled.open().write(newPair, oldPair.accessKeyId);
      expect(mended).toEqual(await untroubled.content());
    });

    test('whoever reads meanwhile sees the old pair or the new one, never halves of both', async () => {
      const place = await start();

      const seen = await place.watch(async () => {
        for (let turn = 0; turn < 20; turn += 1) {
          await place.open().write(newPair, oldPair.accessKeyId);
          await place.open().restore(oldPair, newPair.accessKeyId);
        }
      });

      expect(seen.some((pair) => pair.sameAs(newPair))).toBe(true);
      expect(seen.every((pair) => pair.sameAs(newPair) || pair.sameAs(oldPair))).toBe(atOnce);
    });

    if (givesBack !== 'pair') return;

    test('S24 write leaves a place alone that holds the new key with another secret', async () => {
      const place = await start();
      await place.put(new KeyPair(newPair.accessKeyId, 'bad/secret+of=forty-characters-in-all+++'));
      const before = await place.content();

      await expect(place.open().write(newPair, oldPair.accessKeyId)).rejects.toThrow(ConsumerError);

      expect(await place.content()).toEqual(before);
    });

    test('S5 readBack does not confirm a key whose secret is not the one delivered', async () => {
      const place = await start();
      await place.put(new KeyPair(newPair.accessKeyId, 'bad/secret+of=forty-characters-in-all+++'));

      const held = [await place.open().readBack(newPair), await place.open().readBack(oldPair)];

      expect(held).toEqual([null, 'AKIANEWNEWNEWNEWNEW2']);
    });
  });
}
