// The state machine of the rotation: what statemachine/rotation.asl.json says, with the functions in their places.
import { readFileSync } from 'node:fs';
import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { parameterNames } from '../src/lambda/contract.ts';
import type { Functions } from './activities.ts';
import type { Foundation } from './foundation.ts';
import { machineName } from './names.ts';
import { createRole } from './role.ts';

const definition = new URL('../statemachine/rotation.asl.json', import.meta.url);

/** Its role alone may invoke the functions (S28). */
export function createStateMachine(scope: Construct, foundation: Foundation, functions: Functions): StateMachine {
  const { keys, removalPolicy } = foundation;
  const role = createRole(scope, 'MachineRole', 'states.amazonaws.com', [
    new PolicyStatement({
      sid: 'Invoke',
      actions: ['lambda:InvokeFunction'],
      resources: Object.values(functions).map(({ functionArn }) => functionArn),
    }),
  ]);
  const machine = new StateMachine(scope, 'Machine', {
    stateMachineName: machineName,
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromString(definitionText()),
    definitionSubstitutions: {
      partition: Aws.PARTITION,
      ...Object.fromEntries(Object.entries(functions).map(([name, { functionArn }]) => [name, functionArn])),
    },
    role,
    encryptionConfiguration: new CustomerManagedEncryptionConfiguration(keys.data),
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'MachineLog', {
        retention: RetentionDays.ONE_MONTH,
        encryptionKey: keys.data,
        removalPolicy,
      }),
      level: LogLevel.ERROR,
      includeExecutionData: false,
    },
  });
  new StringParameter(scope, 'MachineParameter', {
    parameterName: parameterNames.machine,
    description: 'keyturn: the state machine that rotates',
    stringValue: machine.stateMachineArn,
  });
  Validations.of(machine).acknowledge({
    id: 'AwsSolutions-SF1',
    reason: 'The history of every execution is kept for 90 days anyway; the log is for what went wrong.',
  });
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'AWS knows no resource for sending traces and for the delivery of logs (Step Functions Developer Guide)',
  });
  return machine;
}

/** The generated file names the partition that most accounts are in. */
function definitionText(): string {
  const text = readFileSync(definition, 'utf8').replaceAll('"arn:aws:states:::', `"arn:\${partition}:states:::`);
  return JSON.stringify(JSON.parse(text));
}
