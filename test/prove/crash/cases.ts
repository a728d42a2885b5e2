// The cases of the crash matrix: every point of an undisturbed run, each with what is done after it. What points there are
// is recorded, never written down.
import type { Ending } from '../../support/cli.ts';
import type { Case } from '../lane.ts';
import { type Command, commandNamed } from './commands.ts';
import type { PlaceKind } from './places.ts';
import { type Crashed, type Recovery, recover, recoveries, toTheEnd } from './recovery.ts';
import { killOf, openStage, type Point } from './stage.ts';

/** A command at a place, killed at a point, and what is done then. */
export interface Crash {
  command: string;
  kind: PlaceKind;
  point: string;
  recovery: Recovery;
}

export interface Recorded extends Crash {
  /** The step of the rotation that the point lies in. */
  step: string;
}

export function nameOf({ command, kind, point, recovery }: Crash): string {
  return `${command}/${kind}/${point}/${recovery}`;
}

/** Every crash of this command at this place, by an undisturbed run. */
export async function crashesOf(name: string, kind: PlaceKind): Promise<Recorded[]> {
  return withEnding(async (ending) => {
    const command = commandNamed(name);
    const stage = await openStage(kind, command.retires === true, ending);
    const line = await reach(command, stage);
    const points: Point[] = [];
    const begins = stage.record() === null;
    await stage.run(line, { onPoint: (point) => points.push(point) });
    objections(stage);
    const written = begins ? points.findIndex((point) => point.name === 'rename-record-1-before') : -1;
    return points.flatMap(({ name: point, step }, index) =>
      recoveries
        .filter((recovery) => (recovery === 'again') === index <= written)
        .map((recovery) => ({ command: name, kind, point, recovery, step })),
    );
  });
}

export function killedOnce(crash: Crash): Case {
  return {
    name: nameOf(crash),
    run: async (ending) => {
      const crashed = await crashIn(crash, ending);
      await settle(crashed);
      return 1;
    },
  };
}

/** Every point of the recovery from this crash. */
export function pointsAfter(crash: Crash): Promise<string[]> {
  return withEnding(async (ending) => {
    const points: string[] = [];
    await recover(await crashIn(crash, ending), { onPoint: ({ name }) => points.push(name) });
    return points;
  });
}

/** The recovery is killed as well, and a third process does the same. */
export function killedTwice(crash: Crash, point: string): Case {
  return {
    name: `${nameOf(crash)}/then-${point}`,
    run: async (ending) => {
      const crashed = await crashIn(crash, ending);
      const { code, stderr } = await recover(crashed, { kill: killOf(point) });
      if (code !== null) throw new Error(`the recovery ended before ${point}, with exit code ${code}:\n${stderr}`);
      await settle(crashed);
      return 2;
    },
  };
}

async function crashIn({ command: name, kind, point, recovery }: Crash, ending: Ending): Promise<Crashed> {
  const command = commandNamed(name);
  const stage = await openStage(kind, command.retires === true, ending);
  const line = await reach(command, stage);
  const { code, stderr } = await stage.run(line, { kill: killOf(point) });
  if (code !== null) throw new Error(`the command ended before ${point}, with exit code ${code}:\n${stderr}`);
  return { stage, command, line, recovery };
}

async function reach(command: Command, stage: Crashed['stage']): Promise<string> {
  const line = await command.reach(stage);
  const [oldKey] = stage.desk.ids;
  if (command.endsGrace && oldKey) stage.checker.agreed(oldKey);
  return line;
}

/** Goes on to the end, after which nothing may have been wrong at any moment. */
async function settle(crashed: Crashed): Promise<void> {
  const { stage } = crashed;
  const failure = await toTheEnd(crashed).catch((error: Error) => error);
  if (failure) throw new Error([failure.message, ...stage.wrong()].join('\n'));
  stage.checker.atEnd({ over: true });
  const wrong = stage.wrong();
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

function objections({ checker }: Crashed['stage']): void {
  const [first] = checker.violations;
  if (first) throw new Error(`undisturbed: ${first}`);
}

/** What was arranged for a recording goes away with it. */
async function withEnding<T>(work: (ending: Ending) => Promise<T>): Promise<T> {
  const handlers: (() => void | Promise<void>)[] = [];
  try {
    return await work({ onTestFinished: (handler) => void handlers.push(handler) });
  } finally {
    for (const handler of handlers.reverse()) await handler();
  }
}
