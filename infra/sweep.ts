// The daily sweep: a schedule, the state machine of statemachine/sweep.asl.json, and its three functions.
import { readFileSync } from 'node:fs';
import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { createAlarm } from './alarm.ts';
import type { Foundation } from './foundation.ts';
import { createFunction, type FunctionSpec } from './function.ts';
import { sweepName, sweepPrefix } from './names.ts';
import { allow, machineArn, useKey } from './permissions.ts';
import { createRole } from './role.ts';
import { sweepPermissions } from './sweep-permissions.ts';

const definition = new URL('../statemachine/sweep.asl.json', import.meta.url);

/** At three in the morning, UTC, or up to an hour later: whoever begins with everybody else is throttled with them. */
const daily = { expression: 'cron(0 3 * * ? *)', window: 60 };

export function createSweep(scope: Construct, foundation: Foundation): StateMachine {
  foundation.records.addLifecycleRule({
    prefix: sweepPrefix,
    expiration: Duration.days(30),
    noncurrentVersionExpiration: Duration.days(1),
  });
  const machine = createMachine(scope, foundation, createFunctions(scope, foundation));
  createSchedule(scope, foundation, machine);
  const failed = { what: 'keyturn: a sweep failed', metric: machine.metricFailed({ period: Duration.hours(1) }) };
  createAlarm(scope, 'SweepFailed', foundation, { ...failed, threshold: 1 });
  const late = {
    what: 'keyturn: a sweep took too long',
    metric: machine.metricTimedOut({ period: Duration.hours(1) }),
  };
  createAlarm(scope, 'SweepTimedOut', foundation, { ...late, threshold: 1 });
  return machine;
}

function createFunctions(scope: Construct, foundation: Foundation): Record<string, string> {
  const { mode, users, notifications } = foundation;
  const statements = sweepPermissions(foundation);
  const KEYTURN_STATE_MACHINE = machineArn(Stack.of(scope));
  const scoped = {
    KEYTURN_STATE_MACHINE,
    KEYTURN_MODE: mode,
    KEYTURN_USER_PATH: users.path,
    ...(users.tag ? { KEYTURN_USER_TAG: `${users.tag.key}=${users.tag.value}` } : {}),
  };
  const make = (id: keyof typeof statements, spec: Omit<FunctionSpec, 'statements'>) =>
    createFunction(scope, id, foundation, { ...spec, statements: statements[id] });
  const listUsers = make('listUsers', {
    name: 'list-users',
    description: 'keyturn: who has a key that the sweep has to look at',
    withPolicy: true,
    environment: scoped,
  });
  const decide = make('decide', {
    name: 'decide',
    description: 'keyturn: what the sweep does about the keys of one user',
    withPolicy: true,
    environment: scoped,
  });
  const report = make('report', { name: 'report', description: 'keyturn: what the sweep found, kept and told' });
  if (report.role) notifications.letPublish(report.role);
  return { listUsers: listUsers.functionArn, decide: decide.functionArn, report: report.functionArn };
}

/** Its role alone may invoke the functions. A turn is an execution of the same machine, which is why it may start itself. */
function createMachine(scope: Construct, foundation: Foundation, functions: Record<string, string>): StateMachine {
  const { keys, records, removalPolicy } = foundation;
  const stack = Stack.of(scope);
  const own = machineArn(stack, sweepName);
  const turns = `${own.replace(':stateMachine:', ':execution:')}/decide:*`;
  const role = createRole(scope, 'SweepMachineRole', 'states.amazonaws.com', [
    allow('Invoke', ['lambda:InvokeFunction'], Object.values(functions)),
    allow('List', ['s3:GetObject'], [records.arnForObjects(`${sweepPrefix}*`)]),
    useKey('ListKey', stack, keys.data.keyArn, 's3', false),
    allow('Turns', ['states:StartExecution'], [own]),
    allow('WatchTurns', ['states:DescribeExecution', 'states:StopExecution'], [turns]),
  ]);
  const machine = new StateMachine(scope, 'SweepMachine', {
    stateMachineName: sweepName,
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromString(definitionText()),
    definitionSubstitutions: { partition: Aws.PARTITION, ...functions },
    role,
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'SweepLog', {
        retention: RetentionDays.ONE_MONTH,
        encryptionKey: keys.data,
        removalPolicy,
      }),
      level: LogLevel.ERROR,
      includeExecutionData: false,
    },
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

/** A start that AWS refuses for six hours ends among the dead letters. */
function createSchedule(scope: Construct, { deadLetters }: Foundation, machine: StateMachine): void {
  const role = createRole(scope, 'ScheduleRole', 'scheduler.amazonaws.com', [
    allow('Start', ['states:StartExecution'], [machine.stateMachineArn]),
    allow('DeadLetters', ['sqs:SendMessage'], [deadLetters.queueArn]),
  ]);
  new CfnSchedule(scope, 'Schedule', {
    name: sweepName,
    description: 'keyturn: looks at everybody’s keys once a day',
    scheduleExpression: daily.expression,
    scheduleExpressionTimezone: 'UTC',
    flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: daily.window },
    target: {
      arn: machine.stateMachineArn,
      roleArn: role.roleArn,
      input: '{}',
      deadLetterConfig: { arn: deadLetters.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: Duration.hours(6).toSeconds(), maximumRetryAttempts: 24 },
    },
  });
}

function definitionText(): string {
  const text = readFileSync(definition, 'utf8').replaceAll('"arn:aws:states:::', `"arn:\${partition}:states:::`);
  return JSON.stringify(JSON.parse(text));
}
