// AWS changes its mind: an action is denied to whoever runs keyturn and allowed again, a service fails until it does not, and
// reads are behind.
import fc from 'fast-check';
import type { FaultKind } from '../../../../src/sandbox/index.ts';
import { allBut } from '../../../support/world-options.ts';
import { type Step, step } from '../step.ts';

const actions = [
  'iam:CreateAccessKey',
  'iam:DeleteAccessKey',
  'iam:UpdateAccessKey',
  'iam:ListAccessKeys',
  'iam:GetAccessKeyLastUsed',
  'iam:TagUser',
  'iam:UntagUser',
  'iam:GetUser',
  'secretsmanager:PutSecretValue',
  'secretsmanager:GetSecretValue',
];
const kinds: FaultKind[] = ['throttled', 'error500', 'reset', 'lostAnswer', 'garbage'];

export const policies: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...actions).map((action) =>
    step({
      name: `${action} is denied`,
      may: ({ denied }) => !denied.includes(action),
      take: (model, { account, operator }) => {
        model.denied = [...model.denied, action];
        account.setPolicies(operator, allBut(...model.denied));
        return undefined;
      },
    }),
  ),
  fc.constant(null).map(() =>
    step({
      name: 'everything is allowed',
      may: ({ denied }) => denied.length > 0,
      take: (model, { account, operator }) => {
        model.denied = [];
        account.setPolicies(operator, allBut());
        return undefined;
      },
    }),
  ),
);

export const troubles: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ operation: fc.constantFrom(...actions), kind: fc.constantFrom(...kinds) }).map(({ operation, kind }) =>
    step({
      name: `every ${operation} is ${kind}`,
      may: ({ denied }) => !denied.includes(operation),
      take: (model, { sandbox }) => {
        model.failing = [...model.failing, operation];
        sandbox.fault({ operation, kind, call: 'every' });
        return undefined;
      },
    }),
  ),
  fc.constant(null).map(() =>
    step({
      name: 'nothing fails any more',
      take: (model, { sandbox }) => {
        model.failing = [];
        sandbox.clearFaults();
        return undefined;
      },
    }),
  ),
  fc.boolean().map((stale) =>
    step({
      name: stale ? 'half of the reads are 4 s behind' : 'reads are fresh',
      take: (_, { sandbox }) =>
        void Object.assign(
          sandbox.settings,
          stale ? { readDelay: 4000, staleReads: 0.5, newKeyDelay: 3000 } : { readDelay: 0, newKeyDelay: 0 },
        ),
    }),
  ),
);
