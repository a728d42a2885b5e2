// State machines as things: who may make them, what they say of themselves, and which definitions are refused.
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { refusal } from './open-sandbox.ts';
import { functionArn, openStepFunctions, waiting } from './open-step-functions.ts';

const passing = { StartAt: 'end', States: { end: { Type: 'Succeed' } } };

test('a state machine is made once, described, listed, changed and deleted', async () => {
  const { sfn, clock, role, createMachine } = await openStepFunctions();
  const stateMachineArn = await createMachine(passing);
  const changed = JSON.stringify({ ...passing, Comment: 'changed' });

  expect(stateMachineArn).toBe('arn:aws:states:eu-west-1:123456789012:stateMachine:machine');
  expect(await createMachine(passing)).toBe(stateMachineArn);
  expect((await refusal(createMachine({ ...passing, Comment: 'another' }))).code).toBe('StateMachineAlreadyExists');
  await clock.advance(60_000);
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: changed }));
  expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
    name: 'machine',
    status: 'ACTIVE',
    type: 'STANDARD',
    roleArn: role.arn,
    definition: changed,
    creationDate: new Date('2026-12-06T10:00:00Z'),
  });
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  expect(stateMachines?.map(({ name }) => name)).toEqual(['machine']);
  await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  const gone = sfn.send(new StartExecutionCommand({ stateMachineArn }));
  expect((await refusal(gone)).code).toBe('StateMachineDoesNotExist');
});

test('an execution keeps the definition that it began with', async () => {
  const { sfn, createMachine, start, until } = await openStepFunctions({ functions: { announce: async () => 'told' } });
  const stateMachineArn = await createMachine(waiting('announce'));
  const execution = await start(stateMachineArn);

  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(passing) }));

  const types = (await until(execution, 'TaskSubmitted')).map(({ type }) => type);
  expect(types).toEqual(['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSubmitted']);
});

describe('whoever makes a state machine', () => {
  const definition = JSON.stringify(passing);

  test('needs the permission to pass its role on', async () => {
    const { sfnAs, role, userWith } = await openStepFunctions();
    const { key } = userWith('alice', { Effect: 'Allow', Action: 'states:CreateStateMachine', Resource: '*' });

    const made = sfnAs(key).send(new CreateStateMachineCommand({ name: 'mine', roleArn: role.arn, definition }));

    const { code, message } = await refusal(made);
    expect(code).toBe('AccessDeniedException');
    expect(message).toContain('not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/');
  });

  test('names a role that Step Functions may assume', async () => {
    const { sandbox, sfn } = await openStepFunctions();
    const roleArn = sandbox.account.createRole({ name: 'people' }).arn;

    const made = sfn.send(new CreateStateMachineCommand({ name: 'mine', roleArn, definition }));

    expect((await refusal(made)).code).toBe('AccessDeniedException');
  });
});

test('a sandbox that is closed leaves no execution behind that would keep the process alive', async () => {
  const { sandbox, createMachine, start, until } = await openStepFunctions({
    functions: { announce: async () => 'told' },
  });
  await until(await start(await createMachine(waiting('announce'))), 'TaskSubmitted');
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();

  await sandbox.close();
  await new Promise(setImmediate);

  expect(timers()).toBeLessThan(before);
});

describe('a definition is refused where', () => {
  const task = (more: Record<string, unknown>) => ({
    StartAt: 'call',
    States: { call: { Type: 'Task', Resource: functionArn('any'), End: true, ...more } },
  });

  test.each([
    ['it is for JSONata', { ...passing, QueryLanguage: 'JSONata' }, '/QueryLanguage'],
    ['a state is for JSONata', task({ QueryLanguage: 'JSONata' }), '/States/call/QueryLanguage'],
    ['a state assigns variables', task({ Assign: { a: 1 } }), '/States/call/Assign'],
    ['a state is of another type', { StartAt: 'all', States: { all: { Type: 'Map' } } }, '/States/all/Type'],
    ['a task is for another service', task({ Resource: 'arn:aws:states:::sqs:sendMessage' }), '/States/call/Resource'],
    [
      'a failed task is to be caught',
      task({ Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'call' }] }),
      'ErrorEquals',
    ],
    ['a failure has no name', { StartAt: 'end', States: { end: { Type: 'Fail', Cause: 'why' } } }, '/States/end/Error'],
    [
      'nothing is the result',
      { StartAt: 'a', States: { a: { Type: 'Pass', Result: 0, End: true } } },
      '/States/a/Result',
    ],
    ['a time is a long way off', task({ TimeoutSecondsPath: '$.all[*].seconds' }), '/States/call/TimeoutSecondsPath'],
    ['a task beats', task({ HeartbeatSeconds: 10 }), '/States/call/HeartbeatSeconds'],
    ['it begins nowhere', { ...passing, StartAt: 'nowhere' }, 'MISSING_TRANSITION_TARGET'],
    ['a state leads nowhere', task({ End: undefined, Next: 'nowhere' }), 'MISSING_TRANSITION_TARGET'],
    ['a state has no end', task({ End: undefined }), 'Next or End'],
    ['there are no states', { StartAt: 'end', States: {} }, '/States'],
    ['it is no object', 'text', 'INVALID_JSON_DESCRIPTION'],
  ])('%s', async (_, definition, place) => {
    const { createMachine } = await openStepFunctions();

    const { code, message } = await refusal(createMachine(definition));

    expect(code).toBe('InvalidDefinition');
    expect(message).toContain(place);
  });
});
