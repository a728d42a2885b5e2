// Looks after executions that ended in a way that nothing in them could catch: from outside, by EventBridge.
import { Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import { activityPermissions } from '../src/activities/permissions.ts';
import { quarantinePermissions } from '../src/activities/quarantine.ts';
import type { Needs } from '../src/lambda/needs.ts';
import type { Foundation } from './foundation.ts';
import { createFunction } from './function.ts';
import { machineArn, needed } from './permissions.ts';
import { onUsers } from './users.ts';

const needs: Needs = { seal: 'read', notify: true, executions: 'look' };

/** It only ever goes back, so it is denied nobody (S1). What it could not do ends among the dead letters. */
export function createEndedExecutions(scope: Construct, foundation: Foundation): LambdaFunction {
  const machine = machineArn(Stack.of(scope));
  const made = createFunction(scope, 'endedExecution', foundation, {
    name: 'ended-execution',
    description:
      'keyturn: tells what is true after an execution failed, timed out or was stopped, and mends what is safe to',
    statements: [
      ...onUsers(foundation.users, [...activityPermissions.reactivateKey, ...quarantinePermissions]),
      ...needed(foundation, needs, { puts: false }),
    ],
    environment: { KEYTURN_STATE_MACHINE: machine },
  });
  if (made.role) foundation.notifications.letPublish(made.role);
  made.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(foundation.deadLetters) });
  new Rule(scope, 'EndedExecutions', {
    description: 'keyturn: executions that ended as failed, timed out or stopped',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
    targets: [
      new FunctionTarget(made, {
        deadLetterQueue: foundation.deadLetters,
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
    ],
  });
  return made;
}
