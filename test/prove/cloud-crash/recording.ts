// What each function asks of AWS in a story that nobody disturbs: the points at which it can be disturbed.
import type { Ending } from '../../support/cli.ts';
import { attempt, openScene } from './scene.ts';
import type { FunctionName, Story } from './stories.ts';

export interface Recorded {
  story: Story;
  name: FunctionName;
  nth: number;
  /** The operations of its requests, in their order. */
  operations: string[];
}

/** From where the story goes its own way. Throws where, undisturbed, it does not end as it says or breaks a rule. */
export async function recordingOf(story: Story, ending: Ending): Promise<Recorded[]> {
  const scene = await openScene(story, ending);
  const { cloud, checker } = scene;
  const calls: { name: FunctionName; nth: number; accessKeyId: string }[] = [];
  scene.disturb(async ({ name, nth, event, context }) => {
    const { functions, accessKeyId } = cloud.environment();
    calls.push({ name, nth, accessKeyId });
    return functions[name](event, context);
  });

  const { ended } = await cloud.run(story.input(cloud), attempt(scene, 1));

  const broken = [...checker.violations, ...checker.atEnd({ over: true })];
  if (ended !== story.ends) broken.unshift(`undisturbed, ${story.name} ended as ${ended}`);
  if (broken.length > 0) throw new Error(broken.join('\n'));
  const from = calls.findIndex(({ name }) => name === story.from);
  return calls.slice(Math.max(0, from)).map(({ name, nth, accessKeyId }) => ({
    story,
    name,
    nth,
    operations: cloud.sandbox.requests
      .filter((request) => request.accessKeyId === accessKeyId)
      .map(({ operation }) => operation),
  }));
}
