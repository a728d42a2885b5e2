// A desk in an account where the stack is deployed: the state machine with the real functions, somebody who listens, and the
// two parameters by which keyturn finds the machine and its policy.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { answerWait, executionArn, readRemote } from '../../src/engine/stepfunctions.ts';
import { createFunctions } from '../../src/lambda/functions.ts';
import { partsOf } from '../../src/lambda/parts.ts';
import type { Signal } from '../../src/machine/context.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { FunctionHandler } from '../../src/sandbox/index.ts';
import { type DeskOptions, type Ending, openDesk, start } from './cli.ts';
import { deployMachine } from './deployed-machine.ts';

export interface CloudDeskOptions extends DeskOptions {
  /** What was shipped, as JSON. */
  shipped?: Record<string, unknown>;
  /** Whether the stack has written its parameters. */
  isFound?: boolean;
}

export const region = 'eu-west-1';
export const secret = 'app/alice';

export async function openCloudDesk(options: CloudDeskOptions = {}, ending?: Ending) {
  const { shipped = {}, isFound = true, ...rest } = options;
  const desk = await openDesk({ tide: true, ...rest }, ending);
  const { sandbox, clock, keys } = desk;
  const [old] = keys;
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const given = { region, endpoint: sandbox.url, credentials: { accessKeyId, secretAccessKey } };
  const sns = new SNSClient({ ...given, disableClockSkewCorrection: true });
  const s3 = new S3Client({ ...given, forcePathStyle: true, disableClockSkewCorrection: true });
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'keyturn' }));
  const Endpoint = `arn:aws:sqs:${region}:123456789012:told`;
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  await s3.send(new CreateBucketCommand({ Bucket: 'keyturn-records' }));
  sns.destroy();
  s3.destroy();
  sandbox.parameters.create({ name: '/keyturn/switch', type: 'String', value: 'go', region });
  const value = { accessKeyId: old?.accessKeyId, secretAccessKey: old?.secretAccessKey };
  sandbox.secrets.create({ name: secret, value: JSON.stringify(value), region });

  const policy = JSON.stringify({ defaults: { consumers: [`secretsmanager:${secret}`], ...shipped } });
  const parts = partsOf({
    aws: createAws({
      clock,
      version: '0.0.0-test',
      region,
      endpointUrl: sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    }),
    clock,
    deployment: {
      KEYTURN_TOPIC: TopicArn,
      KEYTURN_BUCKET: 'keyturn-records',
      KEYTURN_SWITCH: '/keyturn/switch',
      KEYTURN_VAULT_KEY: '',
      KEYTURN_SEAL_KEY: '',
    },
    region,
    policy: async () => parsePolicy(policy, 'policy.json'),
    log: () => {},
  });
  const functions: Record<string, FunctionHandler> = createFunctions(parts) as never;
  const machine = await deployMachine(sandbox, functions);
  if (isFound) {
    sandbox.parameters.create({ name: '/keyturn/state-machine', type: 'String', value: machine, region });
    sandbox.parameters.create({ name: '/keyturn/policy', type: 'String', value: policy, region });
  }

  const machines = parts.aws.stateMachines(region);
  const execution = (attempt: number) => executionArn(machine, `${desk.ids[0]}-${attempt}`);

  return {
    ...desk,
    machine,
    execution,
    /** The key id that the secret holds. */
    held: () => JSON.parse(String(sandbox.secrets.value(secret, { region }))).accessKeyId as string,
    /** Somebody stops it in the console. */
    stopExecution: (attempt: number) => machines.stop(execution(attempt), 'enough'),
    /** Somebody starts one in the console. */
    startExecution: (attempt: number, input: object) => machines.start(machine, `${desk.ids[0]}-${attempt}`, input),
    describe: (attempt: number) => machines.describe(execution(attempt)),
    /** Somebody else answers the wait that it is in. */
    answer: async (attempt: number, signal: Signal) =>
      answerWait(machines, await readRemote(machines, execution(attempt)), { signal, at: start }),
    /** From now on the function never answers; what is returned mends it. */
    hang: (name: string) => {
      sandbox.functions.register(name, () => new Promise(() => {}));
      return () => sandbox.functions.register(name, functions[name] as FunctionHandler);
    },
    /** The same command line by somebody who may do everything. */
    byAdministrator: async (command: string) => {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = desk.env;
      Object.assign(desk.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
      const transcript = await desk.run(command);
      Object.assign(desk.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
      return transcript;
    },
    /** What people were told. */
    told: () => sandbox.published.map(({ attributes }) => attributes.event),
    /** The operations that Step Functions was asked for and that change something. */
    steered: () =>
      sandbox.requests
        .filter(({ service, operation }) => service === 'states' && /^(Start|Stop|Send)/.test(operation))
        .map(({ operation }) => operation),
  };
}
