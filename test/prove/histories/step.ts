// What every step of a history is: it may be taken or not, by what the model knows; it is counted; and a broken rule ends
// the history there.
import type { AsyncCommand } from 'fast-check';
import { type Model, placeWorks, takeUp } from './model.ts';
import { wrongs } from './rules.ts';
import { type Mishap, openRecord, type Sight, type Told, type Town } from './town.ts';

export type Step = AsyncCommand<Model, Town>;

export interface Plain {
  name: string;
  may?(model: Model): boolean;
  /** Resolves to what came of it, for whoever reads the history. */
  take(model: Model, town: Town): Promise<string | undefined> | string | undefined;
}

export function step({ name, may = () => true, take }: Plain): Step {
  return {
    check: (model) => may(model),
    run: async (model, town) => {
      town.taken.steps += 1;
      town.story.push(name);
      const came = await take(model, town);
      if (came) town.story.push(`  ${came}`);
      mustBeFine(town, []);
    },
    toString: () => name,
  };
}

/** A person's doing: afterwards the model is what is seen. */
export function byHand(step: Plain): Plain {
  return {
    ...step,
    take: async (model, town) => {
      const came = await town.byHand(() => step.take(model, town));
      takeUp(model, town.sight(), { now: town.now(), ofKeyturn: false });
      model.brokenByHand = !placeWorks(model);
      return came;
    },
  };
}

/** One command of keyturn, judged; the model is then what is seen. */
export async function command(
  model: Model,
  town: Town,
  line: string,
  mishap: Mishap = { what: 'none' },
): Promise<Told> {
  town.taken.commands += 1;
  const [before, was, began] = [structuredClone(model), town.sight(), town.now()];
  town.story.push(`  keyturn ${line}`);
  const told = await town.keyturn(line, mishap);
  town.story.push(`  ${cameOf(told)}`);
  const [now, ended] = [town.sight(), town.now()];
  // What a command did was done after it began; when in its course does not show.
  takeUp(model, now, { now: began, ofKeyturn: true });
  if (placeWorks(model)) model.brokenByHand = false;
  mustBeFine(town, wrongs({ command: line, before, was, now, began, ended, told }));
  return told;
}

export function cameOf({ code, said }: Told): string {
  if (code === null) return 'it died';
  return [`exit ${code}`, said?.outcome, said?.state, said?.reason ?? said?.error?.message].filter(Boolean).join(', ');
}

export function mustBeFine(
  { checker, orphans, excused, sight }: Town,
  wrong: readonly string[],
  counts: (wrong: string) => boolean = () => true,
): void {
  const orphanOf = (one: string) =>
    [...orphans].find((id) => /^(secret kept|intent first)/.test(one) && one.includes(id));
  const news = checker.violations.filter((one) => orphanOf(one) && !excused.has(one));
  const now = news.length > 0 ? sight() : null;
  for (const one of news) if (!now?.keys.has(orphanOf(one) ?? '') || isStillToCome(now, one)) excused.add(one);
  const broken = [...new Set([...checker.violations, ...wrong])].filter((one) => counts(one) && !excused.has(one));
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

/**
 * Whether an orphan's rotation has yet to find it: what was cut off while it made a key says so, whether or not a list that was
 * written down names the key. Once the rotation has gone on from there, the orphan is to be gone.
 */
function isStillToCome(now: Sight, wrong: string): boolean {
  const open = openRecord(now);
  if (!open) return wrong.startsWith('secret kept');
  const { createKey, interruptions } = open.context;
  return !createKey && interruptions.some(({ activity }) => activity === 'createKey');
}

/** One of them, always the same for the same number. */
export function nth<T>(all: readonly T[], n: number): T {
  return all[n % all.length] as T;
}
