// An account of many users in a process of its own, so that what it keeps in memory is not counted as the sweep's. Every tenth
// call is refused as too many. Prints where it is, and runs until its standard input ends.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { instant, systemClock } from '../src/clock.ts';
import { createSandbox } from '../src/sandbox/index.ts';

export interface SweptAccount {
  url: string;
  accessKeyId: string;
  secretAccessKey: string;
  topic: string;
  machine: string;
  bucket: string;
}

const region = 'eu-west-1';
const users = Number(process.argv[2] ?? 1000);
const sandbox = await createSandbox({ clock: systemClock, seed: 'fleet', functions: { hold: async () => null } });
const { account, credentials } = sandbox;
const ago = (days: number) => instant(systemClock.now() - days * 86_400_000);

for (let number = 0; number < users; number++) {
  // Every tenth key is due.
  const age = number % 10 === 0 ? 70 : number % 50;
  const createdAt = ago(age);
  const { keys } = account.createUser({
    name: `app-${number}`,
    path: '/apps/',
    createdAt: ago(400),
    keys: [{ createdAt }],
  });
  account.use(keys[0]?.accessKeyId ?? '', { at: ago(0.5) });
}

const given = { endpoint: sandbox.url, region, credentials };
const machines = account.createRole({
  name: 'machines',
  trusts: ['states.amazonaws.com'],
  policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' } }],
});
const hold = {
  StartAt: 'hold',
  States: {
    hold: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: 'hold', Payload: { 'token.$': '$$.Task.Token' } },
      End: true,
    },
  },
};
const { stateMachineArn = '' } = await new SFNClient(given).send(
  new CreateStateMachineCommand({ name: 'keyturn', roleArn: machines.arn, definition: JSON.stringify(hold) }),
);
const { TopicArn = '' } = await new SNSClient(given).send(new CreateTopicCommand({ Name: 'keyturn' }));
const bucket = 'keyturn-records';
await new S3Client({ ...given, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }));
sandbox.parameters.create({ name: '/keyturn/switch', type: 'String', value: 'go', region });
sandbox.fault({ operation: '*', call: (call) => call % 10 === 0, kind: 'throttled' });

const told: SweptAccount = { url: sandbox.url, ...credentials, topic: TopicArn, machine: stateMachineArn, bucket };
process.stdout.write(`${JSON.stringify(told)}\n`);
process.stdin.resume().on('end', () => void sandbox.close());
