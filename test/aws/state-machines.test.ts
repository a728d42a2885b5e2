// Step Functions in keyturn's own words, against an embedded AWS.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { AccessDeniedError, NoSuchEntityError } from '../../src/errors.ts';
import { functionArn, openStepFunctions, waiting } from '../sandbox/open-step-functions.ts';

const nowhere = 'arn:aws:states:eu-west-1:123456789012:stateMachine:nowhere';
const notExecuted = 'arn:aws:states:eu-west-1:123456789012:execution:machine:nobody';

async function open(functions: Record<string, (event: never) => Promise<unknown>> = {}) {
  const tokens: string[] = [];
  const tell = async ({ token }: { token: string }) => void tokens.push(token);
  const opened = await openStepFunctions({ functions: { tell, ...functions } as never });
  const awsAs = ({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }) =>
    createAws({
      clock: opened.clock,
      version: '0.0.0-test',
      endpointUrl: opened.sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    }).stateMachines('eu-west-1');
  return { ...opened, tokens, awsAs, machines: awsAs(opened.sandbox.credentials) };
}

describe('an execution', () => {
  test('is started once: the same again is the same one, another input or a name that is used up is none', async () => {
    const { machines, createMachine, until } = await open();
    const arn = await createMachine(waiting('tell'));

    const first = await machines.start(arn, 'AKIAOLD-1', { user: 'alice' });
    const again = await machines.start(arn, 'AKIAOLD-1', { user: 'alice' });
    const other = await machines.start(arn, 'AKIAOLD-1', { user: 'bob' });
    await machines.stop(first ?? '', 'enough');
    await until(first ?? '', 'ExecutionAborted');
    const late = await machines.start(arn, 'AKIAOLD-1', { user: 'alice' });

    expect(first).toBe('arn:aws:states:eu-west-1:123456789012:execution:machine:AKIAOLD-1');
    expect([again, other, late]).toEqual([first, null, null]);
    expect(await machines.describe(first ?? '')).toEqual({
      arn: first,
      name: 'AKIAOLD-1',
      machine: arn,
      status: 'ABORTED',
      startedAt: '2026-12-06T10:00:00.000Z',
      input: { user: 'alice' },
      error: 'Stopped',
      cause: 'enough',
    });
    expect(await machines.list(arn)).toMatchObject([{ name: 'AKIAOLD-1', status: 'ABORTED' }]);
    expect(await machines.list(arn, 'RUNNING')).toEqual([]);
  });

  test('tells its history as states, tasks and failures, and from an event on only the rest', async () => {
    const fail = () => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottledError' }));
    const { machines, createMachine, until } = await open({ fail });
    const call = {
      Type: 'Task',
      Resource: functionArn('fail'),
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'done' }],
      Next: 'done',
    };
    const arn = await createMachine({ StartAt: 'call', States: { call, done: { Type: 'Succeed' } } });
    const execution = (await machines.start(arn, 'one', { n: 1 })) ?? '';
    await until(execution, 'ExecutionSucceeded');

    const events = await machines.history(execution);
    const failed = events.find((event) => event.what === 'failed');
    const rest = await machines.history(execution, failed?.id);

    expect(events[0]).toEqual({ id: 2, at: '2026-12-06T10:00:00Z', what: 'entered', state: 'call', data: { n: 1 } });
    expect(failed).toMatchObject({ error: 'ThrottledError', cause: expect.stringContaining('slow down') });
    expect(rest).toEqual(events.slice(events.indexOf(failed as never) + 1));
    expect(rest.at(-1)).toMatchObject({ state: 'done' });
  });

  test('that waits is answered by the event that began its task, once', async () => {
    const { machines, createMachine, until } = await open();
    const arn = await createMachine(waiting('tell'));
    const execution = (await machines.start(arn, 'one', {})) ?? '';
    await until(execution, 'TaskSubmitted');
    const begun = (await machines.history(execution)).find(({ what }) => what === 'begun')?.id ?? 0;

    const answers = [
      await machines.answer(execution, begun + 1, { signal: 'proceed' }),
      await machines.answer(execution, begun, { signal: 'proceed' }),
      await machines.answer(execution, begun, { signal: 'proceed' }),
    ];

    expect(answers).toEqual([false, true, false]);
    const events = await until(execution, 'ExecutionSucceeded');
    expect(events.at(-1)?.executionSucceededEventDetails?.output).toBe('{"signal":"proceed"}');
  });

  test("whose history is told never tells a task's token", async () => {
    const { machines, createMachine, until, tokens } = await open();
    const arn = await createMachine(waiting('tell'));
    const execution = (await machines.start(arn, 'one', {})) ?? '';
    await until(execution, 'TaskSubmitted');

    const told = JSON.stringify(await machines.history(execution));

    expect(tokens).toHaveLength(1);
    expect(told).not.toContain(tokens[0]);
  });
});

describe('what is refused says so', () => {
  test('a machine or an execution that is not there', async () => {
    const { machines } = await open();

    await expect(machines.start(nowhere, 'one', {})).rejects.toThrow(NoSuchEntityError);
    await expect(machines.list(nowhere)).rejects.toThrow(NoSuchEntityError);
    await expect(machines.describe(notExecuted)).rejects.toThrow(NoSuchEntityError);
    await expect(machines.history(notExecuted)).rejects.toThrow(NoSuchEntityError);
    await expect(machines.stop(notExecuted, 'enough')).rejects.toThrow(NoSuchEntityError);
  });

  test('a call for which the permission is missing', async () => {
    const { awsAs, userWith, createMachine } = await open();
    const arn = await createMachine(waiting('tell'));
    const machines = awsAs(userWith('nobody').key);

    await expect(machines.start(arn, 'one', {})).rejects.toThrow(AccessDeniedError);
    await expect(machines.start(arn, 'one', {})).rejects.toThrow('states:StartExecution is denied');
    await expect(machines.list(arn)).rejects.toThrow('states:ListExecutions is denied');
  });
});
