// Everything that is done to an execution, at every point of the recordings.
import type { Case } from '../lane.ts';
import { type Cut, runCutOff } from './cut-off.ts';
import { finish, over } from './finish.ts';
import { type Recorded, recordingOf } from './recording.ts';
import { type Recovery, recoveries, stop, told } from './recovery.ts';
import { attempt, type Call, openScene, type Scene } from './scene.ts';
import { type Story, stories } from './stories.ts';

const recordings = new Map<string, Promise<Recorded[]>>();

/** The cases of every recorded call; only of the story that is asked for by name. */
export async function casesOf(wanted: string | null, make: (recorded: Recorded) => Case[]): Promise<Case[]> {
  const asked = stories.filter(({ name }) => wanted === null || wanted === name || wanted.startsWith(`${name}/`));
  const cases: Case[] = [];
  for (const story of asked) {
    const recording = recordings.get(story.name) ?? recordedAlone(story);
    recordings.set(story.name, recording);
    cases.push(...(await recording).flatMap(make));
  }
  return cases;
}

async function recordedAlone(story: Story): Promise<Recorded[]> {
  const handlers: (() => void | Promise<void>)[] = [];
  try {
    return await recordingOf(story, { onTestFinished: (one) => void handlers.push(one) });
  } finally {
    for (const handler of handlers.reverse()) await handler();
  }
}

/** Cut off once; what Step Functions then asks again has to end as it would have. */
export function cutOff(recorded: Recorded): Case[] {
  return cutsOf(recorded).flatMap((cut) =>
    (['timedOut', 'died'] as const).map((how) => ({
      name: `${pointOf(recorded)}/${nameOf(recorded, cut)}-${how}`,
      run: async (ending) => {
        const scene = await openScene(recorded.story, ending);
        scene.disturb((call) => (isAt(recorded, call) ? runCutOff(scene, call, { ...cut, how }) : call.run()));
        return over(scene, await begin(scene));
      },
    })),
  );
}

/** Cut off at every try, until Step Functions gives up; then a person goes on, or back. */
export function cutOffForGood(recorded: Recorded): Case[] {
  return withRecoveries(cutsOf(recorded).map((cut) => [`${pointOf(recorded)}/${nameOf(recorded, cut)}`, cut])).map(
    ([name, cut, recovery]) => ({
      name,
      run: async (ending) => {
        const scene = await openScene(recorded.story, ending);
        let doomed: string | null = null;
        scene.disturb((call) => {
          const input = JSON.stringify([call.name, call.event]);
          if (isAt(recorded, call)) doomed = input;
          return input === doomed ? runCutOff(scene, call, { ...cut, how: 'died' }) : call.run();
        });
        return finish(scene, await begin(scene), recovery, ending);
      },
    }),
  );
}

const answers = ['in-a-row', 'at-once-first-answers', 'at-once-last-answers'] as const;

/** Called twice with the same input, as when the first call's answer was lost; the other one may still run. */
export function twice(recorded: Recorded): Case[] {
  return answers.map((answer) => ({
    name: `${pointOf(recorded)}/${answer}`,
    run: async (ending) => {
      const scene = await openScene(recorded.story, ending);
      let other: Promise<unknown> = Promise.resolve();
      scene.disturb(async (call) => {
        if (!isAt(recorded, call)) return call.run();
        if (answer === 'in-a-row') {
          await call.run();
          return call.run();
        }
        const environments = [scene.cloud.environment(), scene.cloud.environment()];
        const calls = environments.map(({ functions }) => functions[call.name](call.event, call.context));
        other = Promise.allSettled(calls);
        return answer === 'at-once-first-answers' ? Promise.race(calls) : lastOf(calls);
      });
      const ran = await begin(scene);
      await other;
      // Where the one that failed answers first, a person has to look: the other one's key is there, and kept.
      return ran.status === 'SUCCEEDED' ? over(scene, ran) : finish(scene, ran, 'execution-on', ending);
    },
  }));
}

/** Stopped as it enters this state. */
export function stopped(recorded: Recorded): Case[] {
  const moments = ['before-it-runs', 'it-ends-then-told', 'told-then-it-ends', 'it-runs-after-recovery'] as const;
  return withRecoveries(moments.map((moment) => [`${pointOf(recorded)}/${moment}`, moment])).map(
    ([name, moment, recovery]) => ({
      name,
      run: async (ending) => {
        const scene = await openScene(recorded.story, ending);
        const left: (() => Promise<unknown>)[] = [];
        scene.disturb(async (call) => {
          if (!isAt(recorded, call) || left.length > 0) return call.run();
          left.push(() => call.run().catch(() => {}));
          await stop(scene, executionArn(scene));
          throw new Error('nobody hears of it');
        });
        const ran = await begin(scene);
        if (moment === 'told-then-it-ends') await told(scene, ran.executionArn);
        if (moment === 'it-ends-then-told' || moment === 'told-then-it-ends') await left[0]?.();
        const late = moment === 'it-runs-after-recovery' ? left[0] : undefined;
        return finish(scene, ran, recovery, ending, { late, isTold: moment === 'told-then-it-ends' });
      },
    }),
  );
}

function begin(scene: Scene) {
  return scene.cloud.run(scene.story.input(scene.cloud), attempt(scene, 1));
}

function executionArn(scene: Scene): string {
  return `${scene.cloud.stateMachineArn.replace(':stateMachine:', ':execution:')}:${attempt(scene, 1)}`;
}

function isAt({ name, nth }: Recorded, call: Call): boolean {
  return call.name === name && call.nth === nth;
}

function cutsOf({ operations }: Recorded): Omit<Cut, 'how'>[] {
  const within = operations.flatMap((_, n) => (['before', 'in'] as const).map((when) => ({ request: n + 1, when })));
  return [...within, { request: operations.length, when: 'after' }];
}

function pointOf({ story, name, nth }: Recorded): string {
  return `${story.name}/${name}-${nth}`;
}

function nameOf({ operations }: Recorded, { request, when }: Omit<Cut, 'how'>): string {
  return when === 'after' ? 'answer' : `${request}-${operations[request - 1]}-${when}`;
}

function withRecoveries<What>(points: readonly (readonly [string, What])[]): [string, What, Recovery][] {
  return points.flatMap(([name, what]) =>
    recoveries.map((recovery): [string, What, Recovery] => [`${name}/${recovery}`, what, recovery]),
  );
}

async function lastOf(calls: readonly Promise<unknown>[]): Promise<unknown> {
  let last: () => Promise<unknown> = async () => null;
  await Promise.all(
    calls.map((call) =>
      call.then(
        (output) => {
          last = async () => output;
        },
        (error) => {
          last = () => Promise.reject(error);
        },
      ),
    ),
  );
  return last();
}
