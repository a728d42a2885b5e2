// A rotation by the unattended engine in a process under test: the machine as it is deployed in a Step Functions of this process,
// and the real functions, which work on the AWS that all processes have in common. Time is the test's for both.
import { KeyPair } from '../../../src/access-key.ts';
import { createAws } from '../../../src/aws/clients.ts';
import { exitCodeOf } from '../../../src/cli/exit-codes.ts';
import type { Clock } from '../../../src/clock.ts';
import { followExecution } from '../../../src/engine/stepfunctions.ts';
import { createFunctions } from '../../../src/lambda/functions.ts';
import { partsOf } from '../../../src/lambda/parts.ts';
import { toAsl } from '../../../src/machine/asl.ts';
import { rotation } from '../../../src/machine/rotation.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { createSandbox, type FunctionHandler, type Sandbox } from '../../../src/sandbox/index.ts';
import type { Unattended } from './messages.ts';

const version = '0.0.0-proof';

/** Runs the execution to its end, prints what came of it as JSON, and resolves to the exit code that `keyturn resume` would have. */
export async function rotateUnattended(
  { name, input, policy, topic, bucket }: Unattended,
  { env, clock, print }: { env: Readonly<Record<string, string>>; clock: Clock; print(text: string): void },
): Promise<number> {
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = env;
  const parts = partsOf({
    aws: createAws({
      clock,
      version,
      region,
      endpointUrl,
      credentials: new KeyPair(env.AWS_ACCESS_KEY_ID ?? '', env.AWS_SECRET_ACCESS_KEY ?? ''),
    }),
    clock,
    deployment: {
      KEYTURN_TOPIC: topic,
      KEYTURN_BUCKET: bucket,
      KEYTURN_SWITCH: '/keyturn/switch',
      KEYTURN_VAULT_KEY: '',
      KEYTURN_SEAL_KEY: '',
    },
    region,
    policy: async () => parsePolicy(policy, 'policy.json'),
    log: () => {},
  });
  const host = await createSandbox({ clock });
  try {
    for (const [given, handler] of Object.entries(createFunctions(parts)))
      host.functions.register(given, handler as FunctionHandler);
    const { accessKeyId, secretAccessKey } = host.credentials;
    const credentials = new KeyPair(accessKeyId, secretAccessKey);
    const machines = createAws({ clock, version, region, endpointUrl: host.url, credentials }).stateMachines(region);
    const arn = (await machines.start(deployed(host, region), name, input)) ?? '';
    const stop = new AbortController().signal;
    const { record, ended } = await followExecution({ machines, clock }, arn, { wait: true, stop });
    const { error, releaseUser } = record.context;
    print(JSON.stringify({ rotation: record.rotation, outcome: ended, reason: releaseUser?.reason, error }));
    return exitCodeOf[ended];
  } finally {
    await host.close();
  }
}

function deployed({ account, stateMachines }: Sandbox, region: string): string {
  const { arn: roleArn } = account.createRole({
    name: 'keyturn-machine',
    trusts: ['states.amazonaws.com'],
    policies: [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' } },
    ],
  });
  const functionArn = `arn:aws:lambda:${region}:${account.id}:function:$1`;
  const definition = JSON.parse(JSON.stringify(toAsl(rotation)).replace(/\$\{(\w+)\}/g, functionArn));
  return stateMachines.create({ name: 'keyturn', definition, roleArn, region }).arn;
}
