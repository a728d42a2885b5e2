// How executions are started, named, listed, stopped and told of.
import { DescribeExecutionCommand, ListExecutionsCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { type MachineCase, passing, refusal } from './account.ts';

export const executionCases: MachineCase[] = [
  {
    id: 'execution.output',
    promise: 'an execution that succeeded is told of with its input and its output',
    check: async ({ make, run }) => {
      const found = await run(await make(passing({ 'name.$': '$$.Execution.Input.user' })));

      expect(found).toMatchObject({ status: 'SUCCEEDED', startDate: expect.any(Date), stopDate: expect.any(Date) });
      expect(JSON.parse(found.input ?? '')).toEqual({ user: 'alice' });
      expect(JSON.parse(found.output ?? '')).toEqual({ user: 'alice', made: { name: 'alice' } });
    },
  },
  {
    id: 'execution.start-time',
    promise: 'its start is a text in what it makes, and the same instant that is told of it',
    check: async ({ make, run }) => {
      const found = await run(await make(passing({ 'at.$': '$$.Execution.StartTime' })));

      const { made } = JSON.parse(found.output ?? '');
      expect(made.at).toBe(found.startDate?.toISOString());
    },
  },
  {
    id: 'start.same-again',
    promise: 'the same name with the same input is the same execution while it runs',
    check: async ({ endless, make, start }) => {
      const machine = await make(endless);
      const first = await start(machine, 'only');

      expect(await start(machine, 'only')).toBe(first);
    },
  },
  {
    id: 'start.other-input',
    promise: 'the same name with another input is refused',
    check: async ({ endless, make, start }) => {
      const machine = await make(endless);
      await start(machine, 'only');

      const refused = await refusal(start(machine, 'only', { user: 'bob' }));

      expect(refused).toMatchObject({ code: 'ExecutionAlreadyExists', status: 400 });
    },
  },
  {
    id: 'start.ended',
    promise: 'the name of an execution that has ended is taken',
    check: async ({ endless, make, start, stop }) => {
      const machine = await make(endless);
      await stop(await start(machine, 'only'));

      const refused = await refusal(start(machine, 'only'));

      expect(refused).toMatchObject({ code: 'ExecutionAlreadyExists', status: 400 });
    },
  },
  {
    id: 'stop.told',
    promise: 'one that was stopped says by what and why',
    check: async ({ endless, make, start, stop }) => {
      const found = await stop(await start(await make(endless)));

      expect(found).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by hand' });
    },
  },
  {
    id: 'list.newest-first',
    promise: 'executions are listed from the newest, and by their status',
    check: async ({ endless, make, start, stop, sfn }) => {
      const stateMachineArn = await make(endless);
      const stopped = await start(stateMachineArn, 'stopped');
      await stop(stopped);
      const running = await start(stateMachineArn, 'running');

      const all = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      const some = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));

      expect(all.executions?.map((one) => one.executionArn)).toEqual([running, stopped]);
      expect(some.executions?.map((one) => one.executionArn)).toEqual([running]);
    },
  },
  {
    id: 'describe.unknown',
    promise: 'an execution that there is none of has its own refusal',
    check: async ({ endless, make, sfn }) => {
      const executionArn = `${(await make(endless)).replace(':stateMachine:', ':execution:')}:none`;

      const refused = await refusal(sfn.send(new DescribeExecutionCommand({ executionArn })));

      expect(refused).toMatchObject({ code: 'ExecutionDoesNotExist', status: 400 });
    },
  },
  {
    id: 'token.unknown',
    promise: 'an answer with a token that is none is refused',
    check: async ({ sfn }) => {
      const refused = await refusal(sfn.send(new SendTaskSuccessCommand({ taskToken: 'none', output: '{}' })));

      expect(refused).toMatchObject({ code: 'InvalidToken', status: 400 });
    },
  },
];
