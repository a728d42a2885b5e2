// What each function of the sweep may do. None may change a user, a key, a place or a secret; one may begin an execution, where
// the deployment rotates.
import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { permissions as reportPermissions } from '../src/audit/credential-report.ts';
import type { Foundation } from './foundation.ts';
import { recordPrefix, reportPrefix, sweepPrefix } from './names.ts';
import { allow, machineArn, needed, useKey } from './permissions.ts';

type SweepFunction = 'listUsers' | 'decide' | 'report';

export function sweepPermissions(foundation: Foundation): Record<SweepFunction, PolicyStatement[]> {
  const { keys, records, users, mode } = foundation;
  const stack = Stack.of(records);
  const machine = machineArn(stack);
  const executions = `${machine.replace(':stateMachine:', ':execution:')}:*`;
  const [inSweep, inRecords, inReports] = [sweepPrefix, recordPrefix, reportPrefix].map((prefix) =>
    records.arnForObjects(`${prefix}*`),
  ) as [string, string, string];
  const objects = (sid: string, action: string, ...resources: string[]) => allow(sid, [`s3:${action}`], resources);
  // Without it an object that is not there is answered like one that must not be read.
  const tellAbsent = allow('TellAbsent', ['s3:ListBucket'], [records.bucketArn]);
  const bucketKey = useKey('BucketKey', stack, keys.data.keyArn, 's3', true);
  const machineKey = (starts: boolean) => useKey('MachineKey', stack, keys.data.keyArn, 'states', starts);
  const starts = mode === 'rotate';
  return {
    listUsers: [
      ...reportPermissions.map((action) => allow(action.replace('iam:', ''), [action], ['*'])),
      allow('ListExecutions', ['states:ListExecutions'], [machine]),
      allow('Executions', ['states:DescribeExecution'], [executions]),
      machineKey(false),
      objects('Lists', 'PutObject', inSweep),
      bucketKey,
      ...needed(foundation, { halt: true }, { puts: false }),
    ],
    decide: [
      // Whether users have the tag is looked at here, so that those without it can be told apart from those denied.
      allow(
        'Look',
        [
          'iam:GetAccessKeyLastUsed',
          'iam:GetUser',
          'iam:ListAccessKeys',
          'iam:ListUserTags',
          'iam:SimulatePrincipalPolicy',
        ],
        users.users,
      ),
      allow('ListSecrets', ['secretsmanager:ListSecrets'], ['*']),
      ...(starts ? [allow('Start', ['states:StartExecution'], [machine])] : []),
      allow('Executions', ['states:DescribeExecution'], [executions]),
      machineKey(starts),
      objects('Read', 'GetObject', inSweep, inRecords),
      objects('Outcomes', 'PutObject', inSweep),
      tellAbsent,
      bucketKey,
      ...needed(foundation, { halt: true }, { puts: false }),
    ],
    report: [
      objects('Read', 'GetObject', inSweep),
      objects('Reports', 'PutObject', inReports),
      tellAbsent,
      bucketKey,
      ...needed(foundation, { notify: true }, { puts: false }),
    ],
  };
}
