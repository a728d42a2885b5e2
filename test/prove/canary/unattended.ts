// The unattended engine: nothing that it leaves behind or passes on holds a secret, whatever AWS does to it. Searched are the
// executions' histories, the records in S3, notices, metrics, logs, the user's tags and the seal.
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { ParkName, Signal } from '../../../src/machine/context.ts';
import type { FaultKind } from '../../../src/sandbox/index.ts';
import { type Cloud, createCloud, user } from '../../support/cloud.ts';
import { leaksIn } from '../../support/leaks.ts';
import type { Case } from '../lane.ts';

const ways: Record<string, Partial<Record<ParkName, Signal[]>>> = {
  rotated: {},
  'rolled-back': { awaitGrace: ['rollBack'] },
  'there-and-back': { awaitQuiet: ['reactivate', 'proceed'], awaitGrace: ['reactivate', 'rollBack'] },
};

/** The operations that carry a secret, there or back, and the ways in which an answer can be broken. */
const carriers = [
  'iam:CreateAccessKey',
  'sts:GetCallerIdentity',
  'secretsmanager:CreateSecret',
  'secretsmanager:PutSecretValue',
  'secretsmanager:GetSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
];
const broken: FaultKind[] = ['garbage', 'error500', 'throttled', 'lostAnswer', 'accessDenied'];

export function unattendedCases(): Case[] {
  return [
    ...Object.entries(ways).map(
      ([name, answers]): Case => ({
        name: `unattended/${name}`,
        run: async (ending) => {
          const cloud = await createCloud({ answers }, ending);
          await cloud.run();
          return search(cloud);
        },
      }),
    ),
    ...carriers.flatMap((operation) =>
      broken.map(
        (kind): Case => ({
          name: `unattended/${operation.replace(':', '.')}-${kind}`,
          run: async (ending) => {
            const cloud = await createCloud({ answers: { awaitGrace: ['rollBack'] } }, ending);
            const callOff = cloud.sandbox.fault({ operation, kind, call: 'every' });
            await cloud.run();
            callOff();
            return search(cloud);
          },
        }),
      ),
    ),
  ];
}

async function search(cloud: Cloud): Promise<number> {
  const { sfn, sandbox, stateMachineArn } = cloud;
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  const places: Record<string, unknown> = {
    notices: sandbox.published,
    metrics: sandbox.metrics,
    logs: cloud.logged,
    tags: cloud.account.tags(user),
    records: await cloud.records(),
    seals: sandbox.inspection.secrets('keyturn/seal/'),
    'names and descriptions': sandbox.secrets.snapshot(),
  };
  for (const { executionArn = '', name } of executions) {
    places[`history of ${name}`] = await cloud.history(executionArn);
    places[`input and output of ${name}`] = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  }
  const found = Object.entries(places).flatMap(([place, what]) =>
    leaksIn(JSON.stringify(what), sandbox.secretsMade).map((spelling) => `${place}, ${spelling}`),
  );
  if (found.length > 0) throw new Error(`a secret has leaked: ${found.join('; ')}`);
  return Object.keys(places).length;
}
