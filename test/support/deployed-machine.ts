// The state machine as it is deployed, in an embedded AWS: the generated definition with each function's ARN filled in.
import { readFileSync } from 'node:fs';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Credentials, FunctionHandler, Sandbox } from '../../src/sandbox/index.ts';

const definition = readFileSync(new URL('../../statemachine/rotation.asl.json', import.meta.url), 'utf8');

/** Registers the functions and makes the machine that calls them; its ARN. */
export async function deployMachine(
  sandbox: Sandbox,
  functions: Readonly<Record<string, FunctionHandler>>,
  { credentials = sandbox.credentials, region = 'eu-west-1' }: { credentials?: Credentials; region?: string } = {},
): Promise<string> {
  for (const [name, handler] of Object.entries(functions)) sandbox.functions.register(name, handler);
  const { arn: roleArn } = sandbox.account.createRole({
    name: 'keyturn-machine',
    trusts: ['states.amazonaws.com'],
    policies: [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' } },
    ],
  });
  const sfn = new SFNClient({
    endpoint: sandbox.url,
    region,
    credentials,
    disableClockSkewCorrection: true,
  });
  const filled = definition.replace(/\$\{(\w+)\}/g, `arn:aws:lambda:${region}:${sandbox.account.id}:function:$1`);
  const { stateMachineArn = '' } = await sfn.send(
    new CreateStateMachineCommand({ name: 'keyturn', roleArn, definition: filled }),
  );
  sfn.destroy();
  return stateMachineArn;
}
