// The end of a history: nothing fails any more, and what keyturn itself advises leads to an end.
import { timeOf } from '../../../src/clock.ts';
import { allBut } from '../../support/world-options.ts';
import { type Model, placeWorks, takeUp } from './model.ts';
import { command, mustBeFine } from './step.ts';
import { openRecord, type Sight, type Told, type Town } from './town.ts';

export type Way = 'on' | 'back';

/** More advice than this in a row leads in a circle. */
const most = 24;

/** Throws where the advice comes to nothing, or where the place does not work at the end though nobody broke it. */
export async function comesToAnEnd(model: Model, town: Town, way: Way): Promise<void> {
  callOff(model, town);
  town.story.push(`then ${way} to the end`);
  const walked: string[] = [];
  const advice = new Map<string, string>();
  const tried = new Set<string>();
  let told: Told | null = null;

  while (openRecord(town.sight())) {
    const before = standing(town);
    const line: string = told ? next(advice, tried, before, way) : 'status --json';
    walked.push(line);
    if (!line || walked.length > most) throw new Error(`no advice leads to an end: ${[...advice.values()].join('; ')}`);
    tried.add(`${before} ${line}`);
    town.taken.steps += 1;
    if (line.startsWith('aws')) activate(model, town, line);
    else told = await command(model, town, line);
    const said = told?.said;
    const hints = [said?.hint, said?.error?.hint, ...(said?.rotations ?? []).map(({ hint }) => hint)];
    for (const one of hints.flatMap((hint) => commandsIn(hint ?? ''))) advice.set(one.replace(/rot-\w+/, ''), one);
    const until = said?.until ?? said?.rotations?.[0]?.until;
    if (way === 'on' && until) await town.pass(Math.max(0, timeOf(until) - town.now()) / 3_600_000);
  }
  const { records } = town.sight();
  // What a dead process left of its lock goes with the next word about the rotation.
  const last = records.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)).at(-1);
  if (town.deaths() > 0 && last) await command(model, town, `rollback ${last.rotation} --json`);
  const released = records.some((record) => record.released !== undefined);
  const left = town.checker.atEnd({ over: !released && records.length > 0 });
  const seen = town.sight();
  mustBeFine(town, left, (wrong) => !isOfNobody(wrong, seen));
  if (!placeWorks(model) && !model.brokenByHand) {
    const { holds, keys } = model;
    const id = holds?.accessKeyId ?? 'nothing';
    throw new Error(
      `at the end the place holds ${id}, which is ${keys.get(id)?.status ?? 'gone'}, and nobody broke it`,
    );
  }
}

function callOff(model: Model, town: Town): void {
  town.sandbox.clearFaults();
  Object.assign(town.sandbox.settings, { readDelay: 0, newKeyDelay: 0 });
  model.denied = [];
  town.account.setPolicies(town.operator, allBut());
  town.byHand(() => town.place.mend());
  takeUp(model, town.sight(), { now: town.now(), ofKeyturn: false });
}

/** By this it shows whether an advice has changed anything. */
function standing(town: Town): string {
  const { keys, holds, records } = town.sight();
  const open = openRecord({ records } as never);
  return JSON.stringify([[...keys], holds?.accessKeyId, open?.state, open?.outcome, open?.context.intent, open?.park]);
}

/** The next advice that was not followed yet as things stand; that of the way first, giving up last. */
function next(advice: ReadonlyMap<string, string>, tried: ReadonlySet<string>, now: string, way: Way): string {
  const rank = (line: string) => {
    if (line.startsWith(way === 'on' ? 'resume' : 'rollback')) return 0;
    if (line.startsWith('aws')) return 1;
    return line.startsWith('release') ? 3 : 2;
  };
  const left = [...advice.values()].filter((line) => !tried.has(`${now} ${line}`));
  return left.sort((a, b) => rank(a) - rank(b))[0] ?? '';
}

function commandsIn(hint: string): string[] {
  const flag = '--(?:(?:watch-limit|user|key|new-key) [A-Za-z0-9]+|yes|delete-now|only-reactivate)(?=[ ;,)]|$)';
  const own = [...hint.matchAll(new RegExp(`keyturn (resume|rollback|release|proceed)((?: rot-\\w+| ${flag})*)`, 'g'))]
    .map(([, verb, rest]) => `${verb}${rest}`)
    .filter((line) => !/NAME|AKIA…/.test(line))
    .map((line) => `${line}${line.startsWith('resume') || line.includes('--yes') ? '' : ' --yes'} --json`);
  return [...own, ...[...hint.matchAll(/aws iam update-access-key [^;)]* --status Active/g)].map(([line]) => line)];
}

/** The beginnings of a first record, where nobody has come to rotate this user again: whoever does removes them. */
function isOfNobody(wrong: string, { records }: Sight): boolean {
  return records.length === 0 && /\/rotations\/\.rot-\w+\.json\.[\w-]+\.keyturn-tmp,/.test(wrong);
}

/** A person does as they are told. */
function activate(model: Model, town: Town, line: string): void {
  const id = /--access-key-id (\S+)/.exec(line)?.[1] ?? '';
  if (model.keys.has(id)) town.byHand(() => town.account.setStatus(id, 'Active'));
  takeUp(model, town.sight(), { now: town.now(), ofKeyturn: false });
}
