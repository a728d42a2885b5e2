// What every consumer must do whose place is a text file: one suite, run by each such consumer's own test file, on top of
// what every consumer must do.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createVirtualClock } from '../../src/clock.ts';
import type { ConsumerKind } from '../../src/consumers/contract.ts';
import { ConsumerError } from '../../src/errors.ts';
import { acquireLock } from '../../src/lock.ts';
import { runChild } from '../support/child.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeConsumer } from './consumer-contract.ts';

export interface FileKind {
  kind: ConsumerKind;
  /** The place in that file, as a resolved spec without its kind. */
  place(file: string): string;
  /** The file's text with the pair in the place, among other things. Bytes, as latin1. */
  text(pair: KeyPair): string;
  /** The pair that somebody reads who uses the file. */
  read(file: string): Promise<KeyPair | null>;
}

const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'oldold/oldold+oldold');
const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew/newnewnew+newnewnew=');

const bytes = (file: string) => readFileSync(file).toString('latin1');

export function describeFileConsumer({ kind, place, text, read }: FileKind): void {
  const clock = createVirtualClock('2026-11-22T10:00:00Z');
  const open = (file: string) => kind.open(place(file), replacement, consumerDeps({ clock }));
  const opening = (file: string) => `
    import { inspect } from 'node:util';
    import { KeyPair } from './src/access-key.ts';
    import { openConsumer } from './src/consumers/registry.ts';
    import { consumerDeps, replacement } from './test/support/consumer-deps.ts';
    const consumer = await openConsumer(${JSON.stringify(`${kind.kind}:${place(file)}`)}, replacement, consumerDeps());`;

  const setUp = (content: string | null = text(oldPair)) => {
    const folder = temporaryFolder();
    const file = join(folder, 'place');
    if (content !== null) writeFileSync(file, content, { encoding: 'latin1', mode: 0o600 });
    return { folder, file, consumer: open(file) };
  };

  const preflightError = async (consumer = setUp().consumer) => {
    const error = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId }).catch((caught) => caught);
    expect(error).toBeInstanceOf(ConsumerError);
    expect(error.hint).toBeTruthy();
    expect(inspect(error, { depth: 9 })).not.toMatch(/oldold|newnew/);
    return error.message as string;
  };

  describeConsumer(kind.kind, async (pair) => {
    const folder = temporaryFolder();
    const file = join(folder, 'place');
    writeFileSync(file, text(pair), { encoding: 'latin1', mode: 0o640 });
    return {
      open: () => open(file),
      put: async (other) => writeFileSync(file, text(other), 'latin1'),
      content: async () =>
        readdirSync(folder).map((name) => [name, bytes(join(folder, name)), statSync(join(folder, name)).mode]),
      read: () => read(file),
      watch: async (work) => {
        const seen: KeyPair[] = [];
        let done = false;
        const working = work().finally(() => {
          done = true;
        });
        while (!done) {
          const pair = await read(file);
          if (pair) seen.push(pair);
          await new Promise(setImmediate);
        }
        await working;
        return seen;
      },
      writeAndCrash: async (newOne, expected) => {
        const child = await runChild(
          `${opening(file)}
           await consumer.write(new KeyPair(${JSON.stringify(newOne.accessKeyId)}, ${JSON.stringify(newOne.reveal())}), ${JSON.stringify(expected)});`,
          { crashBefore: 'rename' },
        );
        expect(child.signal).toBe('SIGKILL');
        expect(readdirSync(folder)).toContain('.place.keyturn-tmp');
      },
    };
  });

  describe(`${kind.kind} as a file`, () => {
    test('mode and link are kept', async () => {
      const { file, folder } = setUp();
      chmodSync(file, 0o640);
      mkdirSync(join(folder, 'home'));
      symlinkSync('../place', join(folder, 'home', 'link'));

      await open(join(folder, 'home', 'link')).write(newPair, oldPair.accessKeyId);

      expect(lstatSync(join(folder, 'home', 'link')).isSymbolicLink()).toBe(true);
      expect(statSync(file).mode & 0o7777).toBe(0o640);
      expect((await read(file))?.sameAs(newPair)).toBe(true);
      expect(readdirSync(join(folder, 'home'))).toEqual(['link']);
      expect(readdirSync(folder)).toEqual(['home', 'place']);
    });

    test('no such file: refused, and none is made', async () => {
      const { folder, file, consumer } = setUp(null);

      const message = await preflightError(consumer);

      expect(message).toBe(`there is no file ${file}`);
      expect(readdirSync(folder)).toEqual([]);
    });

    test('no such folder: refused', async () => {
      const file = join(setUp(null).folder, 'none', 'place');

      const message = await preflightError(open(file));

      expect(message).toBe(`there is no file or folder ${file}`);
    });

    test('a folder in the place of the file: refused', async () => {
      const { folder } = setUp(null);

      const message = await preflightError(open(folder));

      expect(message).toBe(`${folder} is no regular file`);
    });

    test('a file without any write bit: refused, also for root', async () => {
      const { file, consumer } = setUp();
      chmodSync(file, 0o400);

      const message = await preflightError(consumer);
      const written = consumer.write(newPair, oldPair.accessKeyId);

      expect(message).toBe(`the file ${file} is read-only`);
      await expect(written).rejects.toThrow(ConsumerError);
      expect(bytes(file)).toBe(text(oldPair));
    });

    test('a folder without any write bit: refused, also for root', async () => {
      const { file, folder, consumer } = setUp();
      chmodSync(folder, 0o500);

      const message = await preflightError(consumer);
      const written = await consumer.write(newPair, oldPair.accessKeyId).catch((caught) => caught);
      chmodSync(folder, 0o700);

      expect(message).toBe(`the folder ${folder} is read-only`);
      expect(written).toBeInstanceOf(ConsumerError);
      expect(bytes(file)).toBe(text(oldPair));
      expect(readdirSync(folder)).toEqual(['place']);
    });

    test.each(['write', 'restore'] as const)(
      'what a crash left is gone after a %s that had nothing to do',
      async (action) => {
        const other = new KeyPair('AKIAOTHEROTHEROTHER3', 'other/other');
        const { folder, file, consumer } = setUp(text(other));
        writeFileSync(join(folder, '.place.keyturn-tmp'), 'newnew');

        const outcome = await (action === 'write'
          ? consumer.write(other, oldPair.accessKeyId)
          : consumer.restore(oldPair, newPair.accessKeyId));

        expect(outcome).toBe(action === 'write' ? undefined : 'left');
        expect(bytes(file)).toBe(text(other));
        expect(readdirSync(folder)).toEqual(['place']);
      },
    );

    test('what a crash left is gone once it is tidied, and nothing else changes', async () => {
      const { folder, file, consumer } = setUp();
      writeFileSync(join(folder, '.place.keyturn-tmp'), 'newnew');

      await consumer.tidy?.();
      await consumer.tidy?.();

      expect(bytes(file)).toBe(text(oldPair));
      expect(readdirSync(folder)).toEqual(['place']);
    });

    test.each([null, ''])('the file is gone or empty since: nothing is written, restored or read', async (content) => {
      const { folder, consumer } = setUp(content);

      const written = await consumer.write(newPair, oldPair.accessKeyId).catch((caught) => caught);
      const restored = await consumer.restore(oldPair, newPair.accessKeyId);
      const held = await consumer.readBack(newPair);

      expect(written).toBeInstanceOf(ConsumerError);
      expect(restored).toBe('left');
      expect(held).toBeNull();
      expect(readdirSync(folder)).toEqual(content === null ? [] : ['place']);
    });

    test('who writes waits for the lock beside the file, also through a link, and then says who has it', async () => {
      const { file, folder } = setUp();
      symlinkSync('place', join(folder, 'link'));
      const lock = await acquireLock(`${file}.keyturn-lock`, { what: 'it', clock });
      const before = clock.monotonic();

      const error = await open(join(folder, 'link'))
        .write(newPair, oldPair.accessKeyId)
        .catch((caught) => caught);
      await lock.release();

      expect(error).toBeInstanceOf(ConsumerError);
      expect(error.message).toBe(`${join(folder, 'link')} is locked by process ${process.pid}`);
      expect(clock.monotonic() - before).toBe(10_000);
      expect((await read(file))?.sameAs(oldPair)).toBe(true);
    });

    test('a write that fails half-way leaves no secret behind', async () => {
      const { file, folder } = setUp(`${text(oldPair)}\n${'# long\n'.repeat(2000)}`);
      const before = bytes(file);

      const child = await runChild(
        `${opening(file)}
         await consumer.write(new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew'), 'AKIAOLDOLDOLDOLDOLD1').catch((error) => console.log(inspect(error, { depth: 9 })));`,
        { shell: 'ulimit -f 8' },
      );

      expect(child.stdout).toMatch(/^ConsumerError: cannot write/);
      expect(child.stdout).not.toMatch(/newnew|oldold/);
      expect(bytes(file)).toBe(before);
      expect(readdirSync(folder)).toEqual(['place']);
    });
  });
}
