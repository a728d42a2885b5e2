// The closed vocabulary of the rotation machine. It has nothing else, because every word must mean exactly the same to
// the xstate actor and in Amazon States Language; asl.ts refuses a machine that says more.
import { assign, fromPromise, setup } from 'xstate';
import { blamed } from './blame.ts';
import { type ActivityName, activityNames, type ParkName, parkNames, type RotationContext } from './context.ts';

export type Word = 'begin' | 'run' | 'park' | 'decide' | 'end';

const notProvided = fromPromise<unknown, RotationContext>(async () => {
  throw new Error('this activity was not provided');
});

/** The value at a dotted path, or undefined where a part of it is absent. */
export function at(path: string, value: unknown): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** xstate's setup with the two actions and the one guard there are. */
export const words = setup({
  types: { context: {} as RotationContext, input: {} as RotationContext },
  actors: Object.fromEntries([...activityNames, ...parkNames].map((name) => [name, notProvided])) as Record<
    ActivityName | ParkName,
    typeof notProvided
  >,
  actions: {
    /** Keeps an activity's output in the context under the activity's name; ASL's `ResultPath` does the same. */
    remember: assign(({ event }, params: { as: string }) => ({
      [params.as]: (event as unknown as { output: unknown }).output,
    })),
    /** Keeps an error in the shape that ASL's `Catch` gives it. */
    blame: assign(({ event }) => ({ error: blamed((event as unknown as { error: unknown }).error) })),
  },
  guards: {
    /** String equality and nothing more; an absent path equals nothing. */
    is: ({ context }, params: { path: string; value: string }) => at(params.path, context) === params.value,
  },
});

const failed = (target: string) => ({ target, actions: 'blame' as const });
const done = (activity: string, target: string) => ({
  target,
  actions: { type: 'remember' as const, params: { as: activity } },
});
const invoke = <Name extends string>(activity: Name, next: string, onError: string) => ({
  src: activity,
  input: ({ context }: { context: RotationContext }) => context,
  onDone: done(activity, next),
  onError: failed(onError),
});

/** The first state: the engine has put `execution` (id, name, startTime) into the input; ASL does it here. */
export const begin = (next: string) => ({ tags: 'begin' as const, always: { target: next } });

/** Runs one activity, keeps its output, goes to `next`; what it throws is kept under `error` and goes to `onError`. */
export const run = <Name extends string>(activity: Name, next: string, onError: string) => ({
  tags: 'run' as const,
  invoke: invoke(activity, next, onError),
});

/** Waits for a signal, at most until the `until` that `deadline` (the activity right before) gave out. */
export const park = <Name extends string, Before extends string>(
  activity: Name,
  deadline: Before,
  next: string,
  onError: string,
) => ({
  tags: 'park' as const,
  meta: { deadline },
  invoke: invoke(activity, next, onError),
});

/** Routes on one word of the activity that ran right before. The last branch has no condition. */
export const decide = <Branch>(...branches: Branch[]) => ({ tags: 'decide' as const, always: branches });

export const when = (path: string, value: string, target: string) => ({
  guard: { type: 'is' as const, params: { path, value } },
  target,
});

export const otherwise = (target: string) => ({ target });

export const end = () => ({ tags: 'end' as const, type: 'final' as const });
