// Executions as Step Functions runs them: what is done, what the history says, and how it ends.
import {
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { createVirtualClock, instant } from '../../src/clock.ts';
import { refusal } from './open-sandbox.ts';
import { functionArn, openStepFunctions, waiting } from './open-step-functions.ts';

const throttled = Object.assign(new Error('slow down'), { name: 'ThrottledError' });

function calling(name: string, more: Record<string, unknown> = {}) {
  return {
    StartAt: 'call',
    States: {
      call: { Type: 'Task', Resource: functionArn(name), ResultPath: '$.result', End: true, ...more },
    },
  };
}

describe('a state machine', () => {
  test('goes from state to state and ends with the output of the last one', async () => {
    const { createMachine, start, until, describe } = await openStepFunctions({
      functions: { double: async (event: { n: number }) => ({ n: event.n * 2 }) },
    });
    const arn = await createMachine({
      StartAt: 'begin',
      States: {
        begin: {
          Type: 'Pass',
          Parameters: {
            'id.$': '$$.Execution.Id',
            'name.$': '$$.Execution.Name',
            'startTime.$': '$$.Execution.StartTime',
          },
          ResultPath: '$.execution',
          Next: 'double',
        },
        double: { Type: 'Task', Resource: functionArn('double'), ResultPath: '$.doubled', Next: 'enough' },
        enough: {
          Type: 'Choice',
          Choices: [{ Variable: '$.doubled.n', NumericEquals: 42, Next: 'done' }],
          Default: 'wrong',
        },
        done: { Type: 'Succeed' },
        wrong: { Type: 'Fail', Error: 'Wrong', Cause: 'not the answer' },
      },
    });

    const execution = await start(arn, { n: 21 }, 'first');
    const events = await until(execution, 'ExecutionSucceeded');

    const { status, output = '', startDate, stopDate } = await describe(execution);
    expect(JSON.parse(output)).toEqual({
      n: 21,
      execution: {
        id: 'arn:aws:states:eu-west-1:123456789012:execution:machine:first',
        name: 'first',
        startTime: '2026-12-06T10:00:00.000Z',
      },
      doubled: { n: 42 },
    });
    expect({ status, startDate, stopDate }).toEqual({
      status: 'SUCCEEDED',
      startDate: new Date('2026-12-06T10:00:00Z'),
      stopDate: new Date('2026-12-06T10:00:00Z'),
    });
    expect(events.map(({ id, previousEventId, type }) => `${previousEventId} ${id} ${type}`)).toEqual([
      '0 1 ExecutionStarted',
      '0 2 PassStateEntered',
      '2 3 PassStateExited',
      '3 4 TaskStateEntered',
      '4 5 LambdaFunctionScheduled',
      '5 6 LambdaFunctionStarted',
      '6 7 LambdaFunctionSucceeded',
      '7 8 TaskStateExited',
      '8 9 ChoiceStateEntered',
      '9 10 ChoiceStateExited',
      '10 11 SucceedStateEntered',
      '11 12 SucceedStateExited',
      '12 13 ExecutionSucceeded',
    ]);
    expect(events[1]).toEqual({
      id: 2,
      previousEventId: 0,
      timestamp: new Date('2026-12-06T10:00:00Z'),
      type: 'PassStateEntered',
      stateEnteredEventDetails: { name: 'begin', input: '{"n":21}', inputDetails: { truncated: false } },
    });
    expect(events[7]?.stateExitedEventDetails).toEqual({ name: 'double', output, outputDetails: { truncated: false } });
    expect(events[6]?.lambdaFunctionSucceededEventDetails).toEqual({
      output: '{"n":42}',
      outputDetails: { truncated: false },
    });
  });

  test('ends as failed with the error and cause of a Fail state', async () => {
    const { createMachine, start, until, describe } = await openStepFunctions();
    const arn = await createMachine({
      StartAt: 'stuck',
      States: { stuck: { Type: 'Fail', Error: 'Stuck', Cause: 'needs a person' } },
    });

    const execution = await start(arn);
    const events = await until(execution, 'ExecutionFailed');

    expect(events.map(({ type }) => type)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
    expect(await describe(execution)).toMatchObject({ status: 'FAILED', error: 'Stuck', cause: 'needs a person' });
  });
});

test('a function that is invoked as a service answers as Lambda does', async () => {
  const { createMachine, start, until, describe } = await openStepFunctions({
    functions: { greet: async ({ name }: { name: string }) => `hello ${name}` },
  });
  const arn = await createMachine({
    StartAt: 'greet',
    States: {
      greet: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: functionArn('greet'), 'Payload.$': '$' },
        ResultSelector: { 'said.$': '$.Payload', 'status.$': '$.StatusCode' },
        ResultPath: '$',
        End: true,
      },
    },
  });

  const execution = await start(arn, { name: 'alice' });
  const events = await until(execution, 'ExecutionSucceeded');

  expect(JSON.parse((await describe(execution)).output ?? '')).toEqual({ said: 'hello alice', status: 200 });
  expect(events.map(({ type }) => type).slice(2, 5)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSucceeded']);
});

describe('a function that fails', () => {
  test('ends the execution by the name of its error where nothing catches it', async () => {
    const { createMachine, start, until, describe } = await openStepFunctions({
      functions: { fail: () => Promise.reject(throttled) },
    });

    const execution = await start(await createMachine(calling('fail')));
    const events = await until(execution, 'ExecutionFailed');

    expect(events.map(({ type }) => type)).toContain('LambdaFunctionFailed');
    const { status, error, cause = '' } = await describe(execution);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'ThrottledError' });
    expect(JSON.parse(cause)).toMatchObject({ errorType: 'ThrottledError', errorMessage: 'slow down' });
  });

  test('is caught with its name and cause', async () => {
    const { createMachine, start, until, describe } = await openStepFunctions({
      functions: { fail: () => Promise.reject(throttled) },
    });
    const { States } = calling('fail', {
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'end' }],
    });

    const execution = await start(
      await createMachine({ StartAt: 'call', States: { ...States, end: { Type: 'Succeed' } } }),
    );
    const events = await until(execution, 'ExecutionSucceeded');

    const { error } = JSON.parse((await describe(execution)).output ?? '');
    expect(error.Error).toBe('ThrottledError');
    expect(JSON.parse(error.Cause).errorMessage).toBe('slow down');
    expect(events.map(({ type }) => type).slice(2, 6)).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionFailed',
      'TaskStateExited',
    ]);
  });

  test('is asked again when the pause has passed on the sandbox’s clock', async () => {
    const clock = createVirtualClock('2026-12-06T10:00:00Z');
    const asked: string[] = [];
    const { createMachine, start, until } = await openStepFunctions({
      clock,
      functions: {
        third: async () => {
          asked.push(instant(clock.now()));
          if (asked.length < 3) throw throttled;
          return 'done';
        },
      },
    });
    const retrier = { ErrorEquals: ['ThrottledError'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6 };

    const execution = await start(await createMachine(calling('third', { Retry: [retrier] })));
    await until(execution, 'ExecutionSucceeded');

    expect(asked).toEqual(['2026-12-06T10:00:00Z', '2026-12-06T10:00:02Z', '2026-12-06T10:00:06Z']);
  });

  test('runs out of its time by the sandbox’s clock, and what it then gives is dropped', async () => {
    const { clock, createMachine, start, until, describe } = await openStepFunctions({
      functions: { hang: () => new Promise(() => {}) },
    });
    const execution = await start(await createMachine(calling('hang', { TimeoutSeconds: 90 })));
    await until(execution, 'LambdaFunctionStarted');

    await clock.advance(90_000);
    const events = await until(execution, 'ExecutionFailed');

    expect(events.map(({ type }) => type).slice(-2)).toEqual(['LambdaFunctionTimedOut', 'ExecutionFailed']);
    expect(await describe(execution)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('by too long a result ends the execution, whatever catches errors', async () => {
    const { createMachine, start, until, describe } = await openStepFunctions({
      functions: { long: async () => 'x'.repeat(262_144) },
    });
    const { States } = calling('long', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'end' }] });

    const execution = await start(
      await createMachine({ StartAt: 'call', States: { ...States, end: { Type: 'Succeed' } } }),
    );
    await until(execution, 'ExecutionFailed');

    expect((await describe(execution)).error).toBe('States.DataLimitExceeded');
  });

  test('that is not there is Lambda.ResourceNotFoundException', async () => {
    const { createMachine, start, until, describe } = await openStepFunctions();

    const execution = await start(await createMachine(calling('nobody')));
    await until(execution, 'ExecutionFailed');

    expect((await describe(execution)).error).toBe('Lambda.ResourceNotFoundException');
  });

  test('may be one that the role may not call', async () => {
    const { sandbox, role, createMachine, start, until, describe } = await openStepFunctions({
      functions: { secret: async () => 'run' },
    });
    const arn = await createMachine(calling('secret'));
    sandbox.account.createRole({ name: 'machines', trusts: ['states.amazonaws.com'] });

    const execution = await start(arn);
    await until(execution, 'ExecutionFailed');

    const { error, cause } = await describe(execution);
    expect(role.arn).toBe('arn:aws:iam::123456789012:role/machines');
    expect(error).toBe('Lambda.AWSLambdaException');
    expect(cause).toContain(
      `User: arn:aws:sts::123456789012:assumed-role/machines/run is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn('secret')}`,
    );
  });
});

describe('a task with a token', () => {
  const told: { token?: string } = {};
  const functions = {
    announce: async ({ token }: { token: string }) => {
      told.token = token;
      return 'announced';
    },
  };

  test('waits for the answer, and the token stands in the history', async () => {
    const { sfn, createMachine, start, until, describe } = await openStepFunctions({ functions });
    const execution = await start(await createMachine(waiting('announce')), { user: 'alice' });
    const events = await until(execution, 'TaskSubmitted');
    const scheduled = events.find(({ type }) => type === 'TaskScheduled')?.taskScheduledEventDetails;
    const { Payload } = JSON.parse(scheduled?.parameters ?? '{}');

    await sfn.send(new SendTaskSuccessCommand({ taskToken: Payload.token, output: '{"signal":"goOn"}' }));
    const all = await until(execution, 'ExecutionSucceeded');

    expect(Payload).toEqual({ token: told.token, context: { user: 'alice' } });
    expect(scheduled).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke.waitForTaskToken',
      region: 'eu-west-1',
    });
    expect(all.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect((await describe(execution)).output).toBe('{"signal":"goOn"}');
  });

  test('takes the answer even before the function that announced it is done', async () => {
    const { sfn, createMachine, start, until } = await openStepFunctions({
      functions: {
        answer: async ({ token: taskToken }: { token: string }) => {
          await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '"early"' }));
          await new Promise(() => {});
        },
      },
    });

    const execution = await start(await createMachine(waiting('answer')));
    const events = await until(execution, 'ExecutionSucceeded');

    expect(events.at(-1)?.executionSucceededEventDetails?.output).toBe('"early"');
  });

  test('that is tried again has another token', async () => {
    const tokens: string[] = [];
    const clock = createVirtualClock('2026-12-06T10:00:00Z');
    const { sfn, createMachine, start, until } = await openStepFunctions({
      clock,
      functions: { twice: async ({ token }: { token: string }) => tokens.push(token) },
    });
    const machine = waiting('twice', { Retry: [{ ErrorEquals: ['NotYet'], IntervalSeconds: 60, MaxAttempts: 1 }] });
    const execution = await start(await createMachine(machine));
    await until(execution, 'TaskSubmitted');

    await sfn.send(new SendTaskFailureCommand({ taskToken: tokens[0], error: 'NotYet' }));
    while (tokens.length < 2) await until(execution, 'TaskFailed');

    expect(new Set(tokens).size).toBe(2);
    expect(instant(clock.now())).toBe('2026-12-06T10:01:00Z');
    await sfn.send(new SendTaskSuccessCommand({ taskToken: tokens[1], output: '{}' }));
    await until(execution, 'ExecutionSucceeded');
  });

  test('ends by the failure that is sent', async () => {
    const { sfn, createMachine, start, until, describe } = await openStepFunctions({ functions });
    const execution = await start(await createMachine(waiting('announce')));
    await until(execution, 'TaskSubmitted');

    await sfn.send(new SendTaskFailureCommand({ taskToken: told.token, error: 'NoPatience', cause: 'too slow' }));
    await until(execution, 'TaskFailed');

    await until(execution, 'ExecutionFailed');
    expect(await describe(execution)).toMatchObject({ status: 'FAILED', error: 'NoPatience', cause: 'too slow' });
  });

  test('is timed out by the sandbox’s clock, weeks later, as its input says', async () => {
    const { sfn, clock, createMachine, start, until, history } = await openStepFunctions({ functions });
    const machine = waiting('announce', { TimeoutSecondsPath: '$.grace.seconds' });
    const execution = await start(await createMachine(machine), { grace: { seconds: 2_592_000 } });
    await until(execution, 'TaskSubmitted');

    await clock.advance(2_591_999_999);
    const before = (await history(execution)).map(({ type }) => type);
    await clock.advance(1);
    const events = await until(execution, 'ExecutionFailed');

    expect(before.at(-1)).toBe('TaskSubmitted');
    expect(events.find(({ type }) => type === 'TaskTimedOut')).toMatchObject({
      timestamp: new Date('2027-01-05T10:00:00Z'),
      taskTimedOutEventDetails: { error: 'States.Timeout' },
    });
    const late = sfn.send(new SendTaskSuccessCommand({ taskToken: told.token, output: '{}' }));
    expect((await refusal(late)).code).toBe('TaskTimedOut');
  });

  test('takes one answer, and none for a token that nobody was given', async () => {
    const { sfn, createMachine, start, until } = await openStepFunctions({ functions });
    const execution = await start(await createMachine(waiting('announce')));
    await until(execution, 'TaskSubmitted');
    const answer = (taskToken = 'made up') => sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));

    await answer(told.token);

    expect((await refusal(answer(told.token))).code).toBe('TaskTimedOut');
    expect((await refusal(answer())).code).toBe('InvalidToken');
  });
});

describe('an execution', () => {
  const functions = { announce: async () => 'announced' };

  test('is stopped at once, and its task takes no answer any more', async () => {
    const { sfn, createMachine, start, until, describe } = await openStepFunctions({ functions });
    const execution = await start(await createMachine(waiting('announce')));
    const [, , scheduled] = await until(execution, 'TaskSubmitted');
    const { Payload } = JSON.parse(scheduled?.taskScheduledEventDetails?.parameters ?? '{}');

    await sfn.send(new StopExecutionCommand({ executionArn: execution, error: 'Enough', cause: 'a person said so' }));

    expect(await describe(execution)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'a person said so' });
    expect((await until(execution, 'ExecutionAborted')).at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Enough', cause: 'a person said so' },
    });
    const late = sfn.send(new SendTaskSuccessCommand({ taskToken: Payload.token, output: '{}' }));
    expect((await refusal(late)).code).toBe('TaskTimedOut');
  });

  test('that has ended cannot be stopped any more', async () => {
    const { sfn, clock, createMachine, start, until, describe, history } = await openStepFunctions();
    const execution = await start(await createMachine({ StartAt: 'end', States: { end: { Type: 'Succeed' } } }));
    const before = await until(execution, 'ExecutionSucceeded');
    await clock.advance(60_000);

    const { stopDate } = await sfn.send(new StopExecutionCommand({ executionArn: execution }));

    expect(stopDate).toEqual(new Date('2026-12-06T10:00:00Z'));
    expect((await describe(execution)).status).toBe('SUCCEEDED');
    expect(await history(execution)).toEqual(before);
  });

  test('that is stopped lets a function in flight finish, and drops its result', async () => {
    let finish = (_: string) => {};
    const result = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const { sfn, createMachine, start, until, describe, history } = await openStepFunctions({
      functions: { slow: () => result },
    });
    const execution = await start(await createMachine(calling('slow')));
    await until(execution, 'LambdaFunctionStarted');

    await sfn.send(new StopExecutionCommand({ executionArn: execution }));
    finish('done');
    await result;

    expect((await describe(execution)).status).toBe('ABORTED');
    expect((await history(execution)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'ExecutionAborted',
    ]);
  });

  test('is started once for the same name and input as long as it runs', async () => {
    const { sfn, clock, createMachine, start } = await openStepFunctions({ functions });
    const arn = await createMachine(waiting('announce'));
    const execution = await start(arn, { n: 1 });
    await clock.advance(5_000);
    const again = (name: string, input: string) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: arn, name, input }));

    expect(await again('run', '{"n":1}')).toMatchObject({
      executionArn: execution,
      startDate: new Date('2026-12-06T10:00:00Z'),
    });
    expect((await refusal(again('run', '{"n":2}'))).code).toBe('ExecutionAlreadyExists');
    await sfn.send(new StopExecutionCommand({ executionArn: execution }));
    expect((await refusal(again('run', '{"n":1}'))).code).toBe('ExecutionAlreadyExists');
    expect((await refusal(again('a name', '{}'))).code).toBe('InvalidName');
    expect((await refusal(again('other', '{'))).code).toBe('InvalidExecutionInput');
  });

  test('is listed with its state machine, newest first and by status', async () => {
    const { sfn, createMachine, start } = await openStepFunctions({ functions });
    const arn = await createMachine(waiting('announce'));
    const first = await start(arn, {}, 'first');
    await start(arn, {}, 'second');
    await start(arn, {}, 'third');
    await sfn.send(new StopExecutionCommand({ executionArn: first }));

    const page = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    const rest = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: 'RUNNING', nextToken: page.nextToken }),
    );

    expect([...(page.executions ?? []), ...(rest.executions ?? [])].map(({ name }) => name)).toEqual([
      'third',
      'second',
    ]);
    expect(rest.nextToken).toBeUndefined();
  });

  test('tells its history in pages, backwards, or without what went in and out', async () => {
    const { sfn, createMachine, start, until } = await openStepFunctions();
    const execution = await start(await createMachine({ StartAt: 'end', States: { end: { Type: 'Succeed' } } }), {
      n: 1,
    });
    await until(execution, 'ExecutionSucceeded');

    const ids: (number | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn: execution, reverseOrder: true, maxResults: 3, nextToken }),
      );
      ids.push(...(page.events ?? []).map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken);
    const bare = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn: execution, includeExecutionData: false }),
    );

    expect(ids).toEqual([4, 3, 2, 1]);
    expect(bare.events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'end', inputDetails: { truncated: false } });
  });
});
