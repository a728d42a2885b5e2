// What everything in a deployment stands on: keys, topic, bucket, parameters, the queue of what could not be done, the policy
// and whose keys are meant. Parts of the deployment are functions of a scope and this.
import { fileURLToPath } from 'node:url';
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { parameterNames } from '../src/lambda/contract.ts';
import type { Policy } from '../src/policy/policy.ts';
import { createKeys, type Keys } from './keys.ts';
import { createNotifications, type Notifications } from './notifications.ts';
import type { KeyRotationProps, Places } from './props.ts';
import { parameterOf, readShippedPolicy } from './shipped-policy.ts';
import { type UserScope, userScope } from './users.ts';

export interface Foundation {
  /** Folder with one folder for each function's code. */
  functions: string;
  policy: Policy;
  mode: 'report-only' | 'rotate';
  users: UserScope;
  places: Places;
  keys: Keys;
  notifications: Notifications;
  records: Bucket;
  switch: StringParameter;
  /** What could not be handed to a function or an execution. An alarm tells of anything in it. */
  deadLetters: Queue;
  removalPolicy: RemovalPolicy;
}

const bundled = fileURLToPath(new URL('../dist/functions/', import.meta.url));

export function createFoundation(scope: Construct, props: KeyRotationProps): Foundation {
  const policy = readShippedPolicy(props.policyFile);
  const { mode = 'report-only', removalPolicy = RemovalPolicy.RETAIN, places = {}, subscribers = [] } = props;
  const keys = createKeys(scope, removalPolicy);
  new StringParameter(scope, 'PolicyParameter', {
    parameterName: parameterNames.policy,
    description: 'keyturn: what the shipped policy file says, without its exemptions',
    stringValue: parameterOf(policy),
    tier: ParameterTier.INTELLIGENT_TIERING,
  });
  return {
    functions: props.functions ?? bundled,
    policy,
    mode,
    users: userScope(Stack.of(scope), policy, { ...props, mode }),
    places,
    keys,
    notifications: createNotifications(scope, keys.data, subscribers),
    records: createRecords(scope, keys, removalPolicy),
    switch: new StringParameter(scope, 'Switch', {
      parameterName: parameterNames.switch,
      description: 'keyturn: any other value than go stops every rotation before its next step',
      stringValue: 'go',
    }),
    deadLetters: createDeadLetters(scope),
    removalPolicy,
  };
}

function createDeadLetters(scope: Construct): Queue {
  const queue = new Queue(scope, 'DeadLetters', { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is the queue of dead letters itself.' });
  return queue;
}

function createRecords(scope: Construct, { data }: Keys, removalPolicy: RemovalPolicy): Bucket {
  const records = new Bucket(scope, 'Records', {
    encryption: BucketEncryption.KMS,
    encryptionKey: data,
    bucketKeyEnabled: true,
    versioned: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    removalPolicy,
  });
  Validations.of(records).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Written by functions alone, with versions, and without secrets; CloudTrail data events tell who reads it.',
  });
  return records;
}
