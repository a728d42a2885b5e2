// A case of this lane: some histories made from one seed. A broken rule comes with the shortest history that breaks it.
import fc from 'fast-check';
import type { Ending } from '../../support/cli.ts';
import type { Case } from '../lane.ts';
import { comesToAnEnd } from './ending.ts';
import { newModel } from './model.ts';
import type { Step } from './step.ts';
import { policies, troubles } from './steps/aws.ts';
import { keysByHand } from './steps/keys-by-hand.ts';
import { commands } from './steps/keyturn.ts';
import { placeByHand } from './steps/place-by-hand.ts';
import { strangerUses, timePasses } from './steps/time.ts';
import { openTown } from './town.ts';

/** Histories in a case, and steps in one at most. */
const runs = 3;
const longest = 250;
/** A history is shrunk for so long, in milliseconds; histories that hold take seconds. */
const interruptAfterTimeLimit = 120_000;

/** How many cases there are where none is asked for by name. */
const seeds = 1000;

/** Cases `seed-1`, `seed-2` …; any other number may be asked for as well. */
export function histories(kind: 'file' | 'secret', wanted: string | null): Case[] {
  const asked = /^seed-(\d+)$/.exec(wanted ?? '')?.[1];
  const numbers = asked ? [Number(asked)] : Array.from({ length: seeds }, (_, n) => n + 1);
  return numbers.map((seed) => ({ name: `seed-${seed}`, run: () => manyHistories(kind, seed) }));
}

/** Each kind of step as often as it is named: about every third is a command of keyturn. */
const kinds: fc.Arbitrary<Step>[] = [
  ...Array.from({ length: 6 }, () => commands),
  ...Array.from({ length: 5 }, () => timePasses),
  ...Array.from({ length: 4 }, () => strangerUses),
  keysByHand,
  placeByHand,
  policies,
  troubles,
];

async function manyHistories(kind: 'file' | 'secret', seed: number): Promise<number> {
  let tried = 0;
  const property = fc.asyncProperty(
    fc.commands(kinds, { maxCommands: longest, size: 'max' }),
    fc.constantFrom('on' as const, 'back' as const),
    async (steps, way) => {
      await ended(async (ending) => {
        const town = await openTown(kind, ending);
        const model = newModel(town.sight(), town.now());
        try {
          await fc.asyncModelRun(() => ({ model, real: town }), steps as Iterable<Step>);
          await comesToAnEnd(model, town, way);
        } catch (error) {
          throw new Broken([(error as Error).stack, ...town.story].join('\n  '));
        }
        tried += town.taken.steps;
      });
    },
  );
  const { failed, errorInstance, numShrinks } = await fc.check(property, {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit,
  });
  if (!failed) return tried;
  if (!(errorInstance instanceof Broken)) throw errorInstance;
  throw new Error(`${errorInstance.message}\n  seed ${seed}, shrunk ${numShrinks} times`);
}

/** With the whole history that led to it. */
class Broken extends Error {}

/** Each history leaves nothing behind, and what objects then, objects. */
async function ended(work: (ending: Ending) => Promise<void>): Promise<void> {
  const handlers: (() => void | Promise<void>)[] = [];
  try {
    await work({ onTestFinished: (handler) => void handlers.push(handler) });
  } finally {
    for (const handler of handlers.reverse()) await handler();
  }
}
