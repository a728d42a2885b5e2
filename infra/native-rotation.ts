// The function for Secrets Manager's own rotation of a secret: the console's button, `rotate-secret` and a schedule call it.
import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { activityPermissions } from '../src/activities/permissions.ts';
import type { Needs } from '../src/lambda/needs.ts';
import type { Foundation } from './foundation.ts';
import { createFunction } from './function.ts';
import { machineArn, needed } from './permissions.ts';
import { denials, onUsers } from './users.ts';

/** It does what these activities do, and leaves the rest to the state machine. */
const activities = ['claimUser', 'createKey', 'verifyNewKey', 'deliverKey', 'releaseUser'] as const;

const needs: Needs = {
  vault: 'use',
  seal: 'read',
  places: 'change',
  halt: true,
  notify: 'mustBeHeard',
  plan: true,
  executions: 'start',
};

export function createNativeRotation(scope: Construct, foundation: Foundation): LambdaFunction {
  const made = createFunction(scope, 'rotateSecret', foundation, {
    name: 'rotate-secret',
    description: 'keyturn: the rotation function of secrets that Secrets Manager rotates',
    statements: [
      ...onUsers(foundation.users, [
        ...activities.flatMap((name) => activityPermissions[name]),
        'iam:GetAccessKeyLastUsed',
      ]),
      ...needed(foundation, needs, { puts: true }),
      ...denials(foundation.users),
    ],
    withPolicy: true,
    environment: { KEYTURN_STATE_MACHINE: machineArn(Stack.of(scope)) },
  });
  made.addPermission('SecretsManager', {
    principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
    sourceAccount: Aws.ACCOUNT_ID,
  });
  if (made.role) {
    foundation.keys.letUseVault(made.role);
    foundation.notifications.letPublish(made.role);
  }
  new CfnOutput(scope, 'RotationFunction', {
    description: 'keyturn: for aws secretsmanager rotate-secret --rotation-lambda-arn',
    value: made.functionArn,
  });
  return made;
}
