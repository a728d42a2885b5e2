// SimulatePrincipalPolicy.
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { type ContractAccount, type ContractCase, refusal } from './account.ts';

export const simulationCases: ContractCase[] = [
  {
    id: 'simulation.decisions',
    promise: 'what a user’s policies allow, deny and do not name is told apart',
    check: async ({ id, iam, makeUser }) => {
      const { name } = await makeUser({
        statements: [
          { Effect: 'Allow', Action: ['iam:CreateAccessKey', 'iam:PutUserPolicy'], Resource: '*' },
          { Effect: 'Deny', Action: 'iam:PutUserPolicy', Resource: '*' },
        ],
      });

      const decisions = await simulate(iam, `arn:aws:iam::${id}:user/${name}`, [
        'iam:CreateAccessKey',
        'iam:PutUserPolicy',
        'iam:AttachUserPolicy',
      ]);

      expect(decisions).toEqual({
        'iam:CreateAccessKey *': 'allowed',
        'iam:PutUserPolicy *': 'explicitDeny',
        'iam:AttachUserPolicy *': 'implicitDeny',
      });
    },
  },
  {
    id: 'simulation.resources',
    promise: 'what is allowed on some resources alone is not allowed on all of them',
    check: async ({ id, iam, makeUser }) => {
      const one = `arn:aws:iam::${id}:user/apps/one`;
      const { name } = await makeUser({
        statements: [{ Effect: 'Allow', Action: 'iam:CreateAccessKey', Resource: `arn:aws:iam::${id}:user/apps/*` }],
      });
      const source = `arn:aws:iam::${id}:user/${name}`;

      const everywhere = await simulate(iam, source, ['iam:CreateAccessKey']);
      const there = await simulate(iam, source, ['iam:CreateAccessKey'], [one]);

      expect(everywhere).toEqual({ 'iam:CreateAccessKey *': 'implicitDeny' });
      expect(there).toEqual({ [`iam:CreateAccessKey ${one}`]: 'allowed' });
    },
  },
  {
    id: 'simulation.role',
    promise: 'a role can be asked about as well',
    check: async ({ id, iam, makeRole }) => {
      const role = await makeRole({
        trusted: `arn:aws:iam::${id}:root`,
        statements: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }],
      });

      expect(await simulate(iam, role, ['iam:CreateAccessKey'])).toEqual({ 'iam:CreateAccessKey *': 'allowed' });
    },
  },
  {
    id: 'simulation.unknown-user',
    promise: 'a user who does not exist cannot be asked about',
    check: async ({ id, iam }) => {
      const refused = await refusal(simulate(iam, `arn:aws:iam::${id}:user/nobody`, ['iam:CreateAccessKey']));

      expect(refused).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    },
  },
  {
    id: 'simulation.permission',
    promise: 'whoever lacks the permission is refused',
    check: async ({ id, makeUser }) => {
      const { name, iam } = await makeUser();

      const refused = await refusal(simulate(iam, `arn:aws:iam::${id}:user/${name}`, ['iam:CreateAccessKey']));

      expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 });
    },
  },
];

/** The decisions by action and resource. */
async function simulate(
  iam: ContractAccount['iam'],
  PolicySourceArn: string,
  ActionNames: string[],
  ResourceArns?: string[],
): Promise<Record<string, string | undefined>> {
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames, ...(ResourceArns ? { ResourceArns } : {}) }),
  );
  return Object.fromEntries(
    EvaluationResults.map((one) => [`${one.EvalActionName} ${one.EvalResourceName ?? '*'}`, one.EvalDecision]),
  );
}
