// Which definitions are taken, and what they mean where nothing fits.
import { expect } from 'vitest';
import { type MachineCase, refusal } from './account.ts';

export const definitionCases: MachineCase[] = [
  {
    id: 'definition.dangling-next',
    promise: 'a state that leads nowhere is refused',
    check: async ({ make }) => {
      const refused = await refusal(make({ first: { Type: 'Pass', Next: 'nowhere' } }));

      expect(refused).toMatchObject({ code: 'InvalidDefinition', status: 400 });
    },
  },
  {
    id: 'choice.none-matched',
    promise: 'where no choice fits and there is no default the execution fails by that name',
    check: async ({ make, run }) => {
      const Choices = [{ Variable: '$.user', StringEquals: 'bob', Next: 'done' }];
      const machine = await make({ which: { Type: 'Choice', Choices }, done: { Type: 'Succeed' } });

      expect(await run(machine)).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    },
  },
  {
    id: 'choice.absent',
    promise: 'what is absent is asked for before it is compared',
    check: async ({ make, run }) => {
      const And = [
        { Variable: '$.verdict', IsPresent: true },
        { Variable: '$.verdict', StringEquals: 'quiet' },
      ];
      const machine = await make({
        which: { Type: 'Choice', Choices: [{ And, Next: 'quiet' }], Default: 'busy' },
        quiet: { Type: 'Succeed' },
        busy: { Type: 'Fail', Error: 'Busy', Cause: 'not quiet' },
      });

      expect(await run(machine, {})).toMatchObject({ status: 'FAILED', error: 'Busy', cause: 'not quiet' });
      expect(await run(machine, { verdict: 'quiet' })).toMatchObject({ status: 'SUCCEEDED' });
    },
  },
  {
    id: 'choice.path-missing',
    promise: 'comparing what is absent ends the execution',
    check: async ({ make, run }) => {
      const Choices = [{ Variable: '$.verdict', StringEquals: 'quiet', Next: 'done' }];
      const machine = await make({ which: { Type: 'Choice', Choices, Default: 'done' }, done: { Type: 'Succeed' } });

      expect(await run(machine)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    },
  },
];
