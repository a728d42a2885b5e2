// What a person does about an execution that did not end by itself: has another one go on, or back, or does that from a
// terminal. Where nothing was begun yet, or nothing is left, there is nothing to recover.
import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { rotationOf } from '../../../src/lambda/contract.ts';
import { make as makeEnded } from '../../../src/lambda/ended-execution.ts';
import { readCause } from '../../../src/machine/blame.ts';
import type { Ending } from '../../support/cli.ts';
import { type Cloud, user } from '../../support/cloud.ts';
import { attempt, type Scene } from './scene.ts';
import { atTerminal } from './terminal.ts';

export const recoveries = ['execution-on', 'execution-back', 'terminal-on', 'terminal-back'] as const;
export type Recovery = (typeof recoveries)[number];

export type Ran = Awaited<ReturnType<Cloud['run']>>;

/** The execution is ended from outside. */
export async function stop({ cloud }: Scene, executionArn: string): Promise<void> {
  await cloud.sfn.send(new StopExecutionCommand({ executionArn, cause: 'enough' }));
}

/** EventBridge tells of an execution that did not succeed. */
export async function told({ cloud }: Scene, executionArn: string): Promise<void> {
  await makeEnded(cloud.parts)({ detail: { executionArn } });
}

export interface Settled {
  /** The end that the rotation came to, as the machine names it, or what the terminal said instead of starting anything. */
  ended: string;
  why: string;
}

/** Null where nothing was open: then there is nothing to settle, and whatever was said of it is right. */
export async function recover(
  scene: Scene,
  ran: Ran,
  recovery: Recovery,
  ending: Ending,
  number = 2,
): Promise<Settled | null> {
  const { claims, secrets } = scene.cloud.left();
  const settled = await recovered(scene, ran, { recovery, number, ending });
  return claims.length === 0 && secrets.length === 0 ? null : settled;
}

async function recovered(
  scene: Scene,
  { executionArn }: Ran,
  { recovery, number, ending }: { recovery: Recovery; number: number; ending: Ending },
): Promise<Settled> {
  const { cloud } = scene;
  const isBack = recovery.endsWith('back');
  if (recovery.startsWith('execution')) {
    const rotation = await rotationIn(cloud, executionArn);
    const input = { user, rotation, intent: isBack ? 'rollBack' : 'forward' };
    return settledBy(await cloud.run(input, attempt(scene, number)));
  }
  const said = await atTerminal(scene, `${isBack ? 'rollback' : 'resume'} ${executionArn} --json`, ending);
  const arn = await newest(cloud);
  if (arn !== executionArn) return settledBy(await cloud.watched(arn));
  const { outcome = `exit ${said.code}` } = JSON.parse(said.stdout || '{}');
  return { ended: outcome, why: said.stderr };
}

function settledBy(ran: Ran): Settled {
  return { ended: ran.ended ?? '', why: whyOf(ran) };
}

/** What an ended execution says of why. */
export function whyOf({ state, entered }: Ran): string {
  const { Error: name, Cause = '' } = state.error ?? {};
  if (name) return `${name}: ${readCause(Cause).message}`;
  const judged = entered.findLast((one) => state[one]?.reason !== undefined);
  return judged ? `${judged}: ${state[judged].reason}` : '';
}

async function rotationIn({ sfn }: Cloud, executionArn: string): Promise<string> {
  const { name = '', startDate } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return rotationOf({ id: executionArn, name, startTime: startDate?.toISOString() ?? '', input: {} });
}

async function newest({ sfn, stateMachineArn }: Cloud): Promise<string> {
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions[0]?.executionArn ?? '';
}
