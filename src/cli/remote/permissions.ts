// What it takes to begin, watch and steer rotations that Step Functions runs. What those do to keys is allowed to their own
// functions, not to whoever asks for it.
import type { Permission, Surroundings } from '../../consumers/contract.ts';
import { partitionOfRegion } from '../../consumers/place-in-aws.ts';
import { parameterNames } from '../../lambda/contract.ts';
import type { Flags } from '../options.ts';

interface Needs {
  /** On the state machine, and on its executions. */
  machine: readonly string[];
  executions: readonly string[];
  /** A token stands for a resource, so these have none. */
  tokens?: readonly string[];
  parameters: readonly (keyof typeof parameterNames)[];
  /** On the user. */
  user: readonly string[];
}

const show = ['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys'];
const lookAtUser = [...show, 'iam:GetUser', 'iam:ListUserTags'];
const watch = ['states:DescribeExecution', 'states:GetExecutionHistory'];
const [start, list, send] = ['states:StartExecution', 'states:ListExecutions', 'states:SendTaskSuccess'];

const begin: Needs = { machine: [start], executions: watch, parameters: ['machine', 'policy'], user: lookAtUser };
const steer = { executions: watch, parameters: ['machine'], user: show } as const;

/** Commands that can have to do with Step Functions; of these alone `handoff` always has. */
const commandNeeds: Readonly<Record<string, Needs>> = {
  rotate: begin,
  retire: begin,
  handoff: begin,
  status: { ...steer, machine: [list] },
  resume: { ...steer, machine: [list, start] },
  proceed: { ...steer, machine: [list], tokens: [send] },
  rollback: {
    ...steer,
    machine: [list, start],
    executions: [...watch, 'states:StopExecution'],
    tokens: [send],
    user: [...show, 'iam:UpdateAccessKey'],
  },
};

/** What is needed on the user instead of what the same command needs here; undefined where it never runs there. */
export function remoteUserActions(command: string): readonly string[] | undefined {
  return commandNeeds[command]?.user;
}

export function machinePermissions(
  command: string,
  { stateMachine }: Pick<Flags, 'stateMachine'>,
  { region = '*' }: Pick<Surroundings, 'region'>,
): Permission[] {
  const needs = commandNeeds[command];
  if (!needs) return [];
  const partition = partitionOfRegion(region === '*' ? undefined : region);
  const machine = stateMachine ?? `arn:${partition}:states:${region}:*:stateMachine:*`;
  const execution = `${machine.replace(':stateMachine:', ':execution:')}:*`;
  const named = needs.parameters.map((name) => `arn:${partition}:ssm:${region}:*:parameter${parameterNames[name]}`);
  // A machine that is named by a flag is looked up nowhere.
  const parameters = stateMachine ? named.filter((arn) => !arn.endsWith(parameterNames.machine)) : named;
  return [
    { actions: needs.machine, resources: [machine] },
    { actions: needs.executions, resources: [execution] },
    ...(needs.tokens ? [{ actions: needs.tokens, resources: ['*'] }] : []),
    ...(parameters.length > 0 ? [{ actions: ['ssm:GetParameter'], resources: parameters }] : []),
  ];
}
