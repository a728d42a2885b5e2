// What a deployment leaves in an account, in the embedded AWS of the demo: the state machine, its functions, the switch, and
// the two parameters by which keyturn finds them. Nothing is installed anywhere.
import { KeyPair } from '../access-key.ts';
import { createAws } from '../aws/clients.ts';
import type { Clock } from '../clock.ts';
import { parameterNames } from '../lambda/contract.ts';
import { createFunctions } from '../lambda/functions.ts';
import { partsOf } from '../lambda/parts.ts';
import { toAsl } from '../machine/asl.ts';
import { rotation } from '../machine/rotation.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { FunctionHandler, Sandbox } from '../sandbox/index.ts';
import { version } from '../version.ts';

/** The functions run on the given clock; `notify` is told what a person would get by mail. */
export function deployStack(
  sandbox: Sandbox,
  { clock, region, notify }: { clock: Clock; region: string; notify(subject: string): void },
): void {
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  const aws = createAws({ clock, version, region, endpointUrl: sandbox.url, credentials });
  const policy = JSON.stringify({ defaults: { quietFor: '48h', grace: '7d', watchLimit: '30d' } });
  const parts = partsOf({
    aws: {
      ...aws,
      topic: () => ({ isHeard: async () => true, publish: async ({ subject }) => notify(subject) }),
      bucket: (name) => ({ ...aws.bucket(name), put: async () => {} }),
    },
    clock,
    deployment: {
      KEYTURN_TOPIC: '',
      KEYTURN_BUCKET: '',
      KEYTURN_SWITCH: parameterNames.switch,
      KEYTURN_VAULT_KEY: '',
      KEYTURN_SEAL_KEY: '',
    },
    region,
    policy: async () => parsePolicy(policy, parameterNames.policy),
    log: () => {},
  });
  for (const [name, handler] of Object.entries(createFunctions(parts))) {
    sandbox.functions.register(name, handler as FunctionHandler);
  }
  const { arn: roleArn } = sandbox.account.createRole({
    name: 'keyturn-machine',
    trusts: ['states.amazonaws.com'],
    policies: [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' } },
    ],
  });
  const functionArn = `arn:aws:lambda:${region}:${sandbox.account.id}:function:$1`;
  const definition = JSON.parse(JSON.stringify(toAsl(rotation)).replace(/\$\{(\w+)\}/g, functionArn));
  const { arn } = sandbox.stateMachines.create({ name: 'keyturn', definition, roleArn, region });
  const written = { [parameterNames.switch]: 'go', [parameterNames.machine]: arn, [parameterNames.policy]: policy };
  for (const [name, value] of Object.entries(written)) {
    sandbox.parameters.create({ name, value, type: 'String', region });
  }
}
