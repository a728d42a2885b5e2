// keyturn as a deployment leaves it, in an emulator: the generated state machine as it is but for the functions' ARNs, the
// bundles that are deployed, each with its own files and no others, and what stands in their environment.
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { machineName } from '../../infra/names.ts';
import { parameterOf } from '../../infra/shipped-policy.ts';
import { buildFunctions, type FunctionFiles } from '../../src/build-functions.ts';
import { type Deployment, parameterNames, shippedPolicy } from '../../src/lambda/contract.ts';
import { entryOf, needs } from '../../src/lambda/needs.ts';
import { activityNames, parkNames } from '../../src/machine/context.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { LambdaFront } from './lambda-front.ts';
import { clientFor, type Emulator, environmentFor } from './servers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Given {
  emulator: Emulator;
  front: LambdaFront;
  /** For what is bundled and deployed. */
  folder: string;
  /** Of the machine, and what every other name begins with. With the name that a stack has, keyturn finds it by itself. */
  name: string;
  /** keyturn.yaml. */
  policy: string;
}

export interface DeployedKeyturn {
  /** ARN of the state machine. */
  machine: string;
  turnSwitch(word: string): Promise<void>;
}

/** Bundles the functions; once for all deployments in this folder. */
export async function bundleFunctions(folder: string): Promise<void> {
  await buildFunctions(root, join(folder, 'bundles'));
}

/** For the functions of `bundleFunctions`. */
export async function deployKeyturn({ emulator, front, folder, name, policy }: Given): Promise<DeployedKeyturn> {
  const client = clientFor(emulator);
  const [ssm, sns, sfn] = [new SSMClient(client), new SNSClient(client), new SFNClient(client)];
  const put = (Name: string, Value: string) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  const read = parsePolicy(policy, 'keyturn.yaml');
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: front.noticesUrl }));
  await new S3Client(client).send(new CreateBucketCommand({ Bucket: `${name}-records` }));
  const deployment: Deployment = {
    KEYTURN_TOPIC: TopicArn,
    KEYTURN_BUCKET: `${name}-records`,
    KEYTURN_SWITCH: `/${name}/switch`,
    KEYTURN_VAULT_KEY: keyArn(emulator, 'vault'),
    KEYTURN_SEAL_KEY: keyArn(emulator, 'data'),
  };
  await put(deployment.KEYTURN_SWITCH, 'go');
  await put(parameterNames.policy, parameterOf(read));

  const environment = { ...deployment, ...(await sessionOf(emulator, front, `${name}-functions`)) };
  const bundles = join(folder, 'bundles');
  const files: FunctionFiles = JSON.parse(await readFile(join(bundles, 'functions.json'), 'utf8'));
  const arns: Record<string, string> = {};
  for (const activity of [...activityNames, ...parkNames]) {
    const file = basename(entryOf(activity), '.ts');
    const code = join(folder, name, file);
    for (const path of files[file] ?? []) {
      await mkdir(dirname(join(code, path)), { recursive: true });
      await link(join(bundles, path), join(code, path));
    }
    if (needs[activity].plan || needs[activity].halt) await writeFile(join(code, shippedPolicy), JSON.stringify(read));
    front.deploy(`${name}-${file}`, { code, handler: `${file}.handler`, environment });
    arns[activity] = `arn:aws:lambda:us-east-1:${emulator.account}:function:${name}-${file}`;
  }

  const roleArn = await makeRole(emulator, `${name}-machine`, 'lambda:InvokeFunction');
  const text = await readFile(join(root, 'statemachine/rotation.asl.json'), 'utf8');
  const definition = text.replaceAll(/\$\{(\w+)\}/g, (_, activity) => arns[activity] ?? '');
  const { stateMachineArn: machine = '' } = await sfn.send(
    new CreateStateMachineCommand({ name, roleArn, definition }),
  );
  if (name === machineName) await put(parameterNames.machine, machine);
  return {
    machine,
    turnSwitch: async (word) => {
      await put(deployment.KEYTURN_SWITCH, word);
    },
  };
}

/** Credentials as a function has them: a session's. */
async function sessionOf(emulator: Emulator, { url }: LambdaFront, role: string): Promise<Record<string, string>> {
  const RoleArn = await makeRole(emulator, role, '*');
  const sts = new STSClient(clientFor(emulator));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: role }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const pair = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  return { ...environmentFor({ ...emulator, url }, pair), AWS_SESSION_TOKEN: SessionToken };
}

async function makeRole(emulator: Emulator, RoleName: string, Action: string): Promise<string> {
  const iam = new IAMClient(clientFor(emulator));
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = document({ Effect: 'Allow', Action, Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'permissions', PolicyDocument }));
  return Role?.Arn ?? '';
}

function keyArn({ account }: Emulator, name: string): string {
  return `arn:aws:kms:us-east-1:${account}:key/${name}`;
}
