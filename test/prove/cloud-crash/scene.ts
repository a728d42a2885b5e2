// One story in an embedded AWS of its own, with the checker beside it from the first moment. Each call of a function goes
// through whatever disturbs it.
import { activityNames, parkNames } from '../../../src/machine/context.ts';
import type { FunctionHandler } from '../../../src/sandbox/index.ts';
import type { Ending } from '../../support/cli.ts';
import { type Cloud, createCloud, secret, user } from '../../support/cloud.ts';
import { type Checker, createChecker, secretPlace } from '../checker.ts';
import type { FunctionName, Story } from './stories.ts';

/** One call of a function by Step Functions: the same input once more is another call. */
export interface Call {
  name: FunctionName;
  /** Which call of this function, counted from 1. */
  nth: number;
  event: unknown;
  context: Parameters<FunctionHandler>[1];
  /** Does what the function does. */
  run(): Promise<unknown>;
}

export interface Scene {
  story: Story;
  cloud: Cloud;
  checker: Checker;
  /** From now on every call goes through this. */
  disturb(by: (call: Call) => Promise<unknown>): void;
}

export async function openScene(story: Story, ending: Ending): Promise<Scene> {
  const cloud = await createCloud(story.options, ending);
  cloud.parts.deployment.KEYTURN_STATE_MACHINE = cloud.stateMachineArn;
  const place = secretPlace(cloud.sandbox, secret);
  const checker = createChecker({
    sandbox: cloud.sandbox,
    user,
    places: [place],
    stateFolders: [],
  });
  ending.onTestFinished(() => checker.close());
  for (const name of parkNames) {
    cloud.wrapped(name, (run) => async (event, context) => {
      // The application works on: a silence that proves nothing would be for a person to judge.
      for (const { accessKeyId } of place.read()) use(cloud, accessKeyId);
      return run(event, context);
    });
  }
  return { story, cloud, checker, disturb: (by) => disturbed(cloud, by) };
}

function use({ sandbox, account }: Cloud, accessKeyId: string): void {
  const isThere = sandbox.inspection.keys(user).some(({ id }) => id === accessKeyId);
  if (isThere) account.use(accessKeyId);
}

function disturbed(cloud: Cloud, by: (call: Call) => Promise<unknown>): void {
  const times = new Map<FunctionName, number>();
  for (const name of [...activityNames, ...parkNames]) {
    cloud.wrapped(name, (run) => (event, context) => {
      const nth = (times.get(name) ?? 0) + 1;
      times.set(name, nth);
      return by({ name, nth, event, context, run: () => run(event, context) });
    });
  }
}

/** The name that each execution about this key has (S33). */
export function attempt({ cloud }: Scene, number: number): string {
  return `${cloud.oldKey}-${number}`;
}
