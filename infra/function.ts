// Makes a Lambda function of a bundle: with a role of its own that may do what it is told and nothing else, a log group that
// ends, and an alarm on its errors.
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Deployment, shippedPolicy } from '../src/lambda/contract.ts';
import { createAlarm } from './alarm.ts';
import type { Foundation } from './foundation.ts';
import { functionPrefix, parameterNames } from './names.ts';
import { createRole } from './role.ts';

export interface FunctionSpec {
  /** In kebab-case: the folder of its bundle; the function's name is this with `keyturn-` before it. */
  name: string;
  description: string;
  statements: PolicyStatement[];
  /** Whether the policy lies beside its code. */
  withPolicy?: boolean;
  /** Besides what every function is told. */
  environment?: Partial<Deployment>;
}

/** A function whose role is `role`. */
export function createFunction(
  scope: Construct,
  id: string,
  foundation: Foundation,
  spec: FunctionSpec,
): LambdaFunction {
  const { keys, notifications, records, removalPolicy } = foundation;
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.ONE_MONTH,
    encryptionKey: keys.data,
    removalPolicy,
  });
  const role = createRole(scope, `${id}Role`, 'lambda.amazonaws.com', [
    new PolicyStatement({
      sid: 'Log',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
    ...spec.statements,
  ]);
  const deployment: Deployment = {
    KEYTURN_TOPIC: notifications.topic.topicArn,
    KEYTURN_BUCKET: records.bucketName,
    KEYTURN_SWITCH: parameterNames.switch,
    KEYTURN_VAULT_KEY: keys.vault.keyArn,
    KEYTURN_SEAL_KEY: keys.data.keyArn,
  };
  const made = new LambdaFunction(scope, id, {
    functionName: `${functionPrefix}${spec.name}`,
    description: spec.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: codeOf(foundation, spec),
    handler: 'index.handler',
    memorySize: 512,
    timeout: Duration.minutes(5),
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    environment: { ...deployment, ...spec.environment },
  });
  createAlarm(scope, `${id}Errors`, foundation, {
    what: `keyturn: ${spec.name} ends with errors`,
    metric: made.metricErrors({ period: Duration.hours(1) }),
    threshold: 1,
  });
  return made;
}

/** The bundle, with the policy beside it where it is asked for. Needs neither docker nor a network. */
function codeOf({ functions, policy }: Foundation, { name, withPolicy }: FunctionSpec): Code {
  const bundle = join(functions, name);
  if (!withPolicy) return Code.fromAsset(bundle);
  return Code.fromAsset(bundle, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never asked: what is done here always succeeds or throws.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (folder) => {
          cpSync(bundle, folder, { recursive: true });
          writeFileSync(join(folder, shippedPolicy), JSON.stringify(policy));
          return true;
        },
      },
    },
  });
}
