// One parameter of Parameter Store: read, and written as a next version. The store cannot compare before it writes, so the
// number that a new version gets tells whether somebody else wrote in between.
import type { ParameterFacts, ParameterStore } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';
import { ConsumerError } from '../errors.ts';
import { onceThere, readsOwnWrites } from '../late-reads.ts';

/** Systems Manager User Guide, "parameter tiers". */
const bytesAtMost: Readonly<Record<string, number>> = { Standard: 4_096, Advanced: 8_192 };

export interface ParameterParts {
  clock: Clock;
  parameters(): ParameterStore;
}

/** Throws ConsumerError where the parameter is none that could take this text, as `preflight` has to say beforehand. */
export function mustFit({ name, tier }: ParameterFacts, text: string): void {
  const bytes = Buffer.byteLength(text);
  const limit = bytesAtMost[tier] ?? 4_096;
  if (bytes <= limit) return;
  throw new ConsumerError(`the parameter ${name} would have ${bytes} bytes with the key in it`, {
    hint: `its tier, ${tier}, takes ${limit}; nothing was changed`,
  });
}

export function mustBeSecure({ name, type }: ParameterFacts): void {
  if (type === 'SecureString') return;
  throw new ConsumerError(`the parameter ${name} is a ${type}, not a SecureString`, {
    hint: 'a secret is kept encrypted: make a SecureString of another name, and name that',
  });
}

/** What a person should know of a parameter beforehand. */
export function notesOn({ name, labels }: ParameterFacts): string[] {
  if (labels.length === 0) return [];
  return [`whoever reads ${name} by its label ${labels.join(', ')} keeps the version that has it: move it yourself`];
}

export interface Parameter {
  /** The newest text; it shows what was written here. */
  text(): Promise<string>;
  /**
   * Writes what `next` makes of the newest text, and what `next` throws where that must not be written. Where somebody else
   * wrote in between, theirs is what is written on; where theirs must not be, it is put back.
   */
  rewrite(next: (text: string) => string): Promise<void>;
}

export function openParameter({ clock, parameters }: ParameterParts, name: string): Parameter {
  const newest = readsOwnWrites(clock, () => parameters().value(name));
  const old = (version: number) => onceThere(clock, () => parameters().value(name, version));

  const put = async (facts: ParameterFacts, text: string): Promise<number> => {
    const written = await parameters().put(facts, text);
    newest.wrote(({ version }) => version >= written);
    await newest.read();
    return written;
  };

  /** The version to go on with, unless `next` will not have it: then that one is the newest again. */
  const orPutBack = async (facts: ParameterFacts, between: string, next: (text: string) => string) => {
    try {
      next(between);
    } catch (error) {
      await put(facts, between);
      throw error;
    }
  };

  return {
    text: async () => (await newest.read()).text,

    rewrite: async (next) => {
      let base = await newest.read();
      for (let tries = 1; tries <= 5; tries += 1) {
        const facts = await parameters().facts(name);
        if (facts.version > base.version) {
          base = await old(facts.version);
          continue;
        }
        const text = next(base.text);
        mustFit(facts, text);
        const written = await put(facts, text);
        if (written === base.version + 1) return;
        const between = await old(written - 1);
        // The SDK asks again where an answer is lost, so the version between may be this one.
        if (between.text === text) return;
        await orPutBack(facts, between.text, next);
        base = { text: between.text, version: written };
      }
      throw new ConsumerError(`the parameter ${name} is changed again and again by something else`, {
        hint: 'stop it, or ask it to wait, then run the same command again',
      });
    },
  };
}
