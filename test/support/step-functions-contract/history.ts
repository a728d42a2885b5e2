// What an execution's history says, and in which order.
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { type MachineCase, passing } from './account.ts';

export const historyCases: MachineCase[] = [
  {
    id: 'history.events',
    promise: 'each state is entered and left, with what went in and what came out',
    check: async ({ make, run, sfn }) => {
      const { executionArn } = await run(await make(passing({ word: 'made' })));

      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));

      expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(events.map(({ type }) => type)).toEqual([
        'ExecutionStarted',
        'PassStateEntered',
        'PassStateExited',
        'SucceedStateEntered',
        'SucceedStateExited',
        'ExecutionSucceeded',
      ]);
      const [, entered, left] = events;
      expect(entered?.stateEnteredEventDetails).toMatchObject({ name: 'first' });
      expect(JSON.parse(entered?.stateEnteredEventDetails?.input ?? '')).toEqual({ user: 'alice' });
      expect(JSON.parse(left?.stateExitedEventDetails?.output ?? '')).toEqual({
        user: 'alice',
        made: { word: 'made' },
      });
    },
  },
  {
    id: 'history.reverse',
    promise: 'it is told from its end where that is asked for',
    check: async ({ make, run, sfn }) => {
      const { executionArn } = await run(await make(passing({ word: 'made' })));

      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }));

      expect(events.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1]);
    },
  },
  {
    id: 'history.pages',
    promise: 'it comes in pages of the size that was asked for',
    check: async ({ make, run, sfn }) => {
      const { executionArn } = await run(await make(passing({ word: 'made' })));

      const first = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 4 }));
      const { nextToken } = first;
      const last = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 4, nextToken }));

      expect(first.events?.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
      expect(last.events?.map(({ id }) => id)).toEqual([5, 6]);
      expect(last.nextToken).toBeUndefined();
    },
  },
];
