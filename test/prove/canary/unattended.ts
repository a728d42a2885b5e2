// The unattended engine: nothing that it leaves behind or passes on holds a secret, whatever AWS does to it. Searched are the
// executions' histories, the records in S3, notices, metrics, logs, the user's tags and the seal.
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { ParkName, Signal } from '../../../src/machine/context.ts';
import type { FaultKind } from '../../../src/sandbox/index.ts';
import { type Cloud, createCloud } from '../../support/cloud.ts';
import { mustHoldNoSecret, outletsOf } from '../../support/outlets.ts';
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
  const outlets: Record<string, unknown> = {
    logs: cloud.logged,
    records: await cloud.records(),
    ...outletsOf(sandbox),
  };
  for (const { executionArn = '', name } of executions) {
    outlets[`history of ${name}`] = await cloud.history(executionArn);
    outlets[`input and output of ${name}`] = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  }
  mustHoldNoSecret(outlets, sandbox.secretsMade);
  return Object.keys(outlets).length;
}
