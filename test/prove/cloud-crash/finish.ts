// How a disturbed rotation has to end: by itself as it would have, or through what a person does; with nothing of it left, no
// rule broken, and the place working.
import type { Ending } from '../../support/cli.ts';
import { type Ran, type Recovery, recover, told, whyOf } from './recovery.ts';
import type { Scene } from './scene.ts';

/** It has ended by itself as if nothing had happened. */
export function over(scene: Scene, ran: Ran): number {
  const { story } = scene;
  const wrong = ran.ended === story.ends ? [] : [`it ended as ${ran.ended} (${whyOf(ran)}), not ${story.ends}`];
  return judged(scene, wrong);
}

interface Left {
  /** What still runs of the execution, and ends after all. */
  late?: (() => unknown) | undefined;
  isTold?: boolean;
}

/** It has ended by itself, or does so once somebody has it go on, or back. */
export async function finish(
  scene: Scene,
  ran: Ran,
  recovery: Recovery,
  ending: Ending,
  { late, isTold = false }: Left = {},
): Promise<number> {
  if (ran.status === 'SUCCEEDED') return judged(scene, []);
  if (!isTold) await told(scene, ran.executionArn);
  const settled = [await recover(scene, ran, recovery, ending)];
  // Too late to go back: a person does what the terminal says, and goes on.
  if (settled[0]?.ended === 'exit 3') settled.push(await recover(scene, ran, 'terminal-on', ending));
  if (late) {
    await late();
    // What it did after all may be open again, and then has to come to an end as well.
    settled.push(await recover(scene, ran, recovery, ending, 3));
  }
  const stuck = settled.filter((one) => one?.ended === 'stuck');
  return judged(
    scene,
    stuck.map((one) => `after ${recovery} it is stuck: ${one?.why}`),
  );
}

function judged({ cloud, checker }: Scene, wrong: readonly string[]): number {
  checker.atEnd({ over: true });
  const { claims } = cloud.left();
  const all = [...wrong, ...claims.map((tag) => `the tag ${tag} is left`), ...checker.violations];
  if (all.length > 0) throw new Error(all.join('\n'));
  return 1;
}
