// One execution of a state machine, from its start to its end: what the interpreter does and what its tasks do becomes
// history; how it ended is said once.
import { createHistory, whole } from './execution-history.ts';
import { createTasks } from './execution-tasks.ts';
import type { Interpret, InterpreterEvent } from './interpreter.ts';
import type { Ending, Execution, StoredStateMachine } from './state-machine.ts';
import type { World } from './world.ts';

const closingEvents = { SUCCEEDED: 'ExecutionSucceeded', FAILED: 'ExecutionFailed', ABORTED: 'ExecutionAborted' };

export function startExecution(
  interpret: Interpret,
  world: World,
  machine: StoredStateMachine,
  { arn, name, input }: Pick<Execution, 'arn' | 'name' | 'input'>,
): Execution {
  const { clock } = world;
  const startedAt = clock.now();
  const history = createHistory(clock);
  const stopping = new AbortController();
  let ending: Ending | null = null;

  const note = (type: string, details?: Record<string, unknown>) => {
    if (!ending) history.add(type, details);
  };
  const end = (status: Ending['status'], told: Pick<Ending, 'output' | 'error' | 'cause'>) => {
    if (ending) return;
    const details = told.output === undefined ? told : { ...told, outputDetails: whole };
    note(closingEvents[status], details);
    ending = { status, at: clock.now(), ...told };
    stopping.abort();
  };

  const tasks = createTasks({ world, machine, sessionName: name.slice(0, 64), note, stopped: stopping.signal });
  const { events, stop } = interpret({
    definition: machine.definition,
    input: JSON.parse(input),
    execution: { Id: arn, Name: name, RoleArn: machine.roleArn, StartTime: new Date(startedAt).toISOString() },
    stateMachine: { Id: machine.arn, Name: machine.name },
    token: tasks.token,
    task: tasks.run,
  });
  stopping.signal.addEventListener('abort', stop);

  const follow = async () => {
    for await (const event of events) {
      if (event.type === 'StateEntered') tasks.entered(event.state.input);
      if (event.type === 'ExecutionSucceeded') end('SUCCEEDED', { output: JSON.stringify(event.output) });
      else if (event.type === 'ExecutionFailed') end('FAILED', { error: event.Error, cause: String(event.Cause) });
      else noteState(event, note);
    }
  };
  note('ExecutionStarted', { input, inputDetails: whole, roleArn: machine.roleArn });
  void follow();

  return {
    arn,
    name,
    machine,
    input,
    startedAt,
    events: history.events,
    get ending() {
      return ending;
    },
    stop: (error, cause) => end('ABORTED', { error, cause }),
  };
}

function noteState(event: InterpreterEvent, note: (type: string, details: Record<string, unknown>) => void): void {
  if (event.type === 'StateEntered') {
    const { name, type, input } = event.state;
    note(`${type}StateEntered`, { name, input: JSON.stringify(input), inputDetails: whole });
  }
  if (event.type === 'StateExited') {
    const { name, type, output } = event.state;
    note(`${type}StateExited`, { name, output: JSON.stringify(output), outputDetails: whole });
  }
}
