// A place that is a pair somewhere in a text file: looked at and changed under a lock, replaced atomically, and not one
// other byte of it changed. What the text means is for each kind to say.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { KeyPair } from '../access-key.ts';
import type { Clock } from '../clock.ts';
import { ConsumerError, LockedError } from '../errors.ts';
import { followLinks, readFileIfThere, removeLeftovers, replaceFile } from '../files.ts';
import { acquireLock } from '../lock.ts';
import { compareBeforeSwap } from './compare-before-swap.ts';
import type { Consumer, Surroundings } from './contract.ts';
import { type Held, trialPair } from './held-key.ts';
import { asConsumerError, assertReplaceable } from './replaceable-file.ts';

/** What a text holds at the place. */
export interface PairFacts extends Held {
  notes: string[];
}

export interface PairInFile<Facts extends PairFacts> {
  spec: string;
  file: string;
  /** The place as errors name it. */
  where: string;
  /** Throws ConsumerError where the text cannot be understood without doubt. */
  look(text: string): Facts;
  /** The text with the pair in the place. Throws ConsumerError where it would read back as another. */
  withPair(text: string, pair: KeyPair): string;
  /** Throws ConsumerError where the place cannot take the place of `oldKey`; `text` is null where there is no file. */
  assertReady(text: string | null, facts: Facts, oldKey: string | null): void;
  /** What else a person should know beforehand. */
  notes(text: string, facts: Facts, oldKey: string | null): Promise<string[]>;
}

/** How long another write to the same file may take. */
const lockWait = 10_000;

export function openPairInFile<Facts extends PairFacts>(place: PairInFile<Facts>, clock: Clock): Consumer {
  const { spec, file, where } = place;

  const look = async (): Promise<Facts & { text: string | null }> => {
    const text = await readText(file);
    return { ...place.look(text ?? ''), text };
  };

  /** Looks and acts while nobody else who asks for the lock can write; what a crash left is removed first. */
  const locked = <T>(work: () => Promise<T>) =>
    inOurWords(async () => {
      const target = await followLinks(file);
      const lock = await acquireLock(`${target}.keyturn-lock`, { what: file, waitMs: lockWait, clock });
      try {
        await removeLeftovers(file);
        return await work();
      } finally {
        await lock.release();
      }
    });

  return {
    spec,
    readable: true,

    preflight: ({ oldKey }) =>
      inOurWords(async () => {
        const target = await followLinks(file);
        await assertReplaceable(target);
        const found = await look();
        const { text, holds, pair } = found;
        place.assertReady(text, found, oldKey);
        place.withPair(text ?? '', trialPair);
        const notes = [...found.notes, ...(await place.notes(text ?? '', found, oldKey))];
        if (text !== null && (await stat(target)).nlink > 1) {
          notes.push(`${file} has other names (hard links), which will keep the old content`);
        }
        return { holds, pair, notes };
      }),

    tidy: () => locked(async () => {}),

    ...compareBeforeSwap({
      where,
      look,
      swap: async ({ text }, pair) => {
        const changed = place.withPair(text ?? '', pair);
        await assertReplaceable(await followLinks(file));
        await replaceFile(file, Buffer.from(changed, 'latin1'));
      },
      reading: inOurWords,
      writing: locked,
    }),
  };
}

/** Bytes as latin1; null where there is no file. */
export async function readText(file: string): Promise<string | null> {
  return (await readFileIfThere(file))?.toString('latin1') ?? null;
}

/** A path as a person writes it, made to mean the same from every folder. */
export function absolutePath(file: string, { cwd, home }: Surroundings): string {
  return resolve(
    cwd,
    file.replace(/^~(?=\/|$)/, () => home),
  );
}

export async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LockedError) throw new ConsumerError(error.message, { hint: error.hint, cause: error });
    throw asConsumerError(error);
  }
}
