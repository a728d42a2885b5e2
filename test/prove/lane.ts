// A lane of the proof: many cases of one kind, of which a run takes a sample drawn by its seed, or all, or the one that is
// named. Every violation carries the name by which `npm run prove -- --case NAME` runs it alone.
import { test } from 'vitest';
import type { Ending } from '../support/cli.ts';
import { drawnBy } from './sample.ts';
import { type ProveSettings, settings } from './settings.ts';

export interface Case {
  /** Without blanks; unique in its lane, and the same in every run: `rotate/file/iam.TagUser-2-before`. */
  name: string;
  /** Throws at a violation; resolves to how many single things it tried. */
  run(ending: Ending): Promise<number>;
}

export interface Lane {
  /** First part of its cases' names. */
  name: string;
  /** What is tried, for the table. */
  what: string;
  /** How many cases `npm test` and `npm run prove` take of all; `all` where nothing is left out. */
  sample: { test: number | 'all'; prove: number | 'all' };
  /** How many cases at once. Default 1: what runs `main` in this process shares its environment. */
  atOnce?: number;
}

/** What a run says of a lane; the table is made of it. */
export interface Proof {
  lane: string;
  what: string;
  /** Cases run, and cases there are. */
  run: number;
  all: number;
  /** Single things tried in them. */
  tried: number;
  violations: { name: string; message: string }[];
}

declare module 'vitest' {
  interface TaskMeta {
    proof?: Proof;
  }
}

const anHour = 3_600_000;

/** Told which case is asked for by name, without the lane's; a recording may make the cases. */
export type MakeCases = (wanted: string | null) => readonly Case[] | Promise<readonly Case[]>;

/** Makes the lane's test. */
export function lane(about: Lane, cases: MakeCases): void {
  test(`${about.name}: ${about.what}`, { timeout: anHour }, async ({ task, skip }) => {
    const proof = await prove(about, cases, settings());
    if (!proof) return skip('another case is asked for');
    task.meta.proof = proof;
    if (proof.violations.length > 0) throw new Error(proof.violations.map(told).join('\n\n'));
  });
}

/** Null where only a case of another lane is asked for. Throws where there is no such case. */
export async function prove(
  { name, what, sample, atOnce = 1 }: Lane,
  cases: MakeCases,
  { scale, seed, only }: ProveSettings,
): Promise<Proof | null> {
  if (only !== null && !isBelow(only, name)) return null;
  const wanted = only === null || only === name ? null : only.slice(name.length + 1);
  const all = await cases(wanted);
  const asked = wanted === null ? all : all.filter((one) => isBelow(one.name, wanted));
  const count = only !== null || scale === 'full' ? 'all' : sample[scale];
  const chosen = count === 'all' ? asked : drawnBy(asked, count, seed, (one) => one.name);
  if (chosen.length === 0) throw new Error(`there is no case ${only ?? name}`);

  const proof: Proof = { lane: name, what, run: chosen.length, all: all.length, tried: 0, violations: [] };
  const left = [...chosen];
  const worker = async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      try {
        const tried = await runOnce(one);
        proof.tried += tried;
      } catch (error) {
        proof.violations.push({ name: `${name}/${one.name}`, message: (error as Error).message });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return proof;
}

function isBelow(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}/`);
}

/** What a case arranged goes away after it, and may still object then. */
async function runOnce(one: Case): Promise<number> {
  const handlers: (() => void | Promise<void>)[] = [];
  const objections: unknown[] = [];
  const noted = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      objections.push(error);
      return undefined;
    }
  };
  const tried = await noted(() => one.run({ onTestFinished: (handler) => void handlers.push(handler) }));
  for (const handler of handlers.reverse()) await noted(handler);
  if (objections.length > 0) throw objections[0];
  return tried ?? 0;
}

function told({ name, message }: Proof['violations'][number]): string {
  return `${name}: ${message}\n  again: npm run prove -- --case ${name}`;
}
