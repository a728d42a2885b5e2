// Arranges a sweep as it is deployed: its definition and its functions over the embedded AWS, and in place of the rotation a
// machine whose executions wait until the test ends them. The interpreter that carries the definition out knows no lists in
// buckets, so the items are handed to it.
import { readFileSync } from 'node:fs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock, instant } from '../../src/clock.ts';
import type { Deployment } from '../../src/lambda/contract.ts';
import { partsOf } from '../../src/lambda/parts.ts';
import { type ListedUser, reportKey } from '../../src/lambda/sweep/contract.ts';
import { createSweepFunctions } from '../../src/lambda/sweep/functions.ts';
import type { SweepReport } from '../../src/lambda/sweep/sweep-report.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { Settings } from '../../src/sandbox/index.ts';
import { openStepFunctions, waiting } from '../sandbox/open-step-functions.ts';

export const definition = JSON.parse(
  readFileSync(new URL('../../statemachine/sweep.asl.json', import.meta.url), 'utf8'),
);

const region = 'eu-west-1';
const bucketName = 'keyturn-records';
const topicName = 'keyturn';
const start = '2026-12-06T10:00:00Z';

export interface SweepOptions {
  /** keyturn.yaml as it was shipped. */
  policy?: string;
  deployment?: Partial<Deployment>;
  settings?: Partial<Settings>;
}

export type Sweep = Awaited<ReturnType<typeof openSweep>>;

/** Everybody's key goes to one parameter each, which nobody looks at: the executions do nothing. */
export const somewhere = 'defaults:\n  consumers: ["ssm:/app/key"]\n';

export async function openSweep({ policy = somewhere, deployment = {}, settings = {} }: SweepOptions = {}) {
  const clock = createVirtualClock(start);
  const waits = new Map<string, string>();
  const hold = async (event: unknown) => {
    const { token, context } = event as { token: string; context: { oldKey: string } };
    waits.set(context.oldKey, token);
    return null;
  };
  const opened = await openStepFunctions({ clock, seed: 'sweep', functions: { hold }, ...settings });
  const { sandbox, connect, sfn } = opened;
  const { account } = sandbox;
  // The sandbox's own administrator is no part of the account that is swept.
  account.setTags('administrator', {});
  const machine = await opened.createMachine(waiting('hold'), 'keyturn');
  const { TopicArn = '' } = await connect(SNSClient).send(new CreateTopicCommand({ Name: topicName }));
  const Endpoint = `arn:aws:sqs:${region}:${account.id}:told`;
  await connect(SNSClient).send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  await connect(S3Client).send(new CreateBucketCommand({ Bucket: bucketName }));
  const turn = sandbox.parameters.create({ name: '/keyturn/switch', type: 'String', value: 'go', region });

  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  const aws = createAws({ clock, version: '0.0.0-test', region, endpointUrl: sandbox.url, credentials });
  const logged: Record<string, unknown>[] = [];
  const shipped = parsePolicy(policy, 'keyturn.yaml');
  const parts = partsOf({
    aws,
    clock,
    region,
    policy: async () => shipped,
    log: (line) => logged.push(line),
    deployment: {
      KEYTURN_TOPIC: TopicArn,
      KEYTURN_BUCKET: bucketName,
      KEYTURN_SWITCH: '/keyturn/switch',
      KEYTURN_VAULT_KEY: '',
      KEYTURN_SEAL_KEY: '',
      KEYTURN_STATE_MACHINE: machine,
      KEYTURN_MODE: 'rotate',
      KEYTURN_USER_PATH: '/apps/',
      ...deployment,
    },
  });
  const bucket = aws.bucket(bucketName);
  let sweeps = 0;

  const read = async <T>(key: string): Promise<T> => JSON.parse((await bucket.get(key)) ?? 'null');
  const answered = async (oldKey: string) => {
    while (!waits.has(oldKey)) await new Promise(setImmediate);
    const token = waits.get(oldKey);
    waits.delete(oldKey);
    return token;
  };

  return {
    ...opened,
    clock,
    account,
    machine,
    parts,
    logged,
    turn,
    bucket,
    /** A user below the path of the deployment, by default with one key that is due and in use. */
    user: (name: string, ...keys: { age: number; unused?: true; status?: 'Active' | 'Inactive' }[]) => {
      const ago = (days: number) => instant(clock.now() - days * 86_400_000);
      const made = account.createUser({
        name,
        path: '/apps/',
        createdAt: ago(1000),
        keys: (keys.length > 0 ? keys : [{ age: 70 }]).map(({ age, status = 'Active' }) => ({
          createdAt: ago(age),
          changedAt: ago(age),
          status,
        })),
      });
      for (const [index, { accessKeyId: id }] of made.keys.entries()) {
        if (!keys[index]?.unused) account.use(id, { at: ago(Math.min(keys[index]?.age ?? 70, 1)) });
      }
      return made.keys.map((key) => key.accessKeyId) as [string, ...string[]];
    },
    /** Ends the execution about that key as the rotation would. */
    end: async (oldKey: string, how: 'SUCCEEDED' | 'FAILED') => {
      const taskToken = await answered(oldKey);
      if (how === 'SUCCEEDED') await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
      else await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'Stuck', cause: 'it needs a person' }));
      const isOver = async () =>
        (await aws.stateMachines(region).list(machine, 'RUNNING')).every(({ name }) => !name.startsWith(oldKey));
      while (!(await isOver()));
    },
    executions: async () =>
      (await aws.stateMachines(region).list(machine)).map(({ name, status }) => `${name} ${status}`).sort(),
    /** One whole sweep; another one is another day's. */
    sweep: async () => {
      if (sweeps > 0) await clock.advance(86_400_000);
      const before = { told: sandbox.published.length, logged: logged.length };
      const message = { sweep: `sweep-${++sweeps}`, startedAt: instant(clock.now()) };
      const ended = await interpret(createSweepFunctions(parts), message, async ({ users }) =>
        read<ListedUser[]>(users),
      );
      const report = await read<SweepReport>(reportKey(message.startedAt));
      const line = logged.slice(before.logged).find((one) => '_aws' in one) ?? {};
      return {
        ended,
        report,
        outcome: (user: string) => report.outcomes.find((one) => one.user === user),
        kinds: Object.fromEntries(report.outcomes.map(({ user, kind }) => [user, kind])),
        told: sandbox.published.slice(before.told).map(({ message: text, attributes }) => {
          const { event, user: about, rotation } = attributes;
          return { text, event, user: about, rotation };
        }),
        metrics: Object.fromEntries(Object.entries(line).filter(([name]) => name !== '_aws')),
      };
    },
  };
}

type Functions = ReturnType<typeof createSweepFunctions>;

/** Runs the definition; what it says of tolerated failures is put into words that this interpreter knows. */
async function interpret(
  functions: Functions,
  message: { sweep: string; startedAt: string },
  itemsOf: (listed: { users: string }) => Promise<ListedUser[]>,
): Promise<unknown> {
  const { decideForEach, ...States } = definition.States;
  const { ItemReader: _, ToleratedFailurePercentage, ItemProcessor, ...map } = decideForEach;
  const decide = { ...ItemProcessor.States.decide };
  const tolerant = ToleratedFailurePercentage === 100;
  const states = tolerant
    ? {
        decide: { ...decide, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'failed' }] },
        failed: { Type: 'Pass', End: true },
      }
    : { decide };
  const written = {
    StartAt: definition.StartAt,
    States: {
      ...States,
      decideForEach: { ...map, ItemsPath: '$.items', ItemProcessor: { StartAt: 'decide', States: states } },
    },
  };
  const text = JSON.stringify(written).replaceAll('$$.Execution.', () => '$$.Run.');
  const passed = <T>(value: T): T => JSON.parse(JSON.stringify(value ?? null));
  const handlers = {
    listUsers: async (event: unknown) => {
      const listed = await functions.listUsers(passed(event) as never);
      return { ...passed(listed), items: await itemsOf(listed) };
    },
    decide: async (event: unknown) => passed(await functions.decide(passed(event) as never)),
    report: async (event: unknown) => passed(await functions.report(passed(event) as never)),
  };
  const options = {
    context: { Run: { Name: message.sweep, StartTime: message.startedAt } },
    overrides: {
      taskResourceLocalHandlers: handlers,
      retryIntervalOverrides: { listUsers: 0, decide: 0, report: 0 },
    },
  } as unknown as RunOptions;
  const machine = new StateMachine(JSON.parse(text) as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  return machine.run({}, options).result;
}
