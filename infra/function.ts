// Makes a Lambda function of a bundle: with a role of its own that may do what it is told and nothing else, a log group that
// ends, and an alarm on its errors.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionFiles } from '../src/build-functions.ts';
import { type Deployment, parameterNames, shippedPolicy } from '../src/lambda/contract.ts';
import { createAlarm } from './alarm.ts';
import type { Foundation } from './foundation.ts';
import { functionPrefix } from './names.ts';
import { createRole } from './role.ts';

export interface FunctionSpec {
  /** In kebab-case, like the file in `src/lambda/` that it is made of; the function's name is this with `keyturn-` before it. */
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

/** The files of its bundle, with the policy beside them where it is asked for. Needs neither docker nor a network. */
function codeOf(foundation: Foundation, spec: FunctionSpec): Code {
  const files = filesOf(foundation, spec);
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(JSON.stringify([path, content.toString('base64')]));
  return Code.fromAsset(foundation.functions, {
    // All functions come from one folder, and the CDK would else take them for one asset.
    assetHashType: AssetHashType.CUSTOM,
    assetHash: hash.digest('hex'),
    bundling: {
      // Never asked: what is done here succeeds or throws.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (folder) => {
          for (const [path, content] of files) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), content);
          }
          return true;
        },
      },
    },
  });
}

function filesOf({ functions, policy }: Foundation, { name, withPolicy }: FunctionSpec): [string, Buffer][] {
  const all = JSON.parse(readFileSync(join(functions, 'functions.json'), 'utf8')) as FunctionFiles;
  const [entry, ...chunks] = all[name] ?? [];
  if (!entry) throw new Error(`there is no function ${name} in ${functions}`);
  const read = (file: string) => readFileSync(join(functions, file));
  return [
    ['index.mjs', read(entry)],
    ...chunks.map((file): [string, Buffer] => [file, read(file)]),
    ...(withPolicy ? [[shippedPolicy, Buffer.from(JSON.stringify(policy))] as [string, Buffer]] : []),
  ];
}
