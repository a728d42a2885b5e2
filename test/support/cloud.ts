// Arranges the unattended engine as it is deployed: the generated definition and the real functions in the Step Functions and
// Lambda of the embedded AWS, a topic that somebody listens to, the switch, the bucket, and one user whose key a secret holds.
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { onTestFinished } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { type Clock, createVirtualClock, instant } from '../../src/clock.ts';
import type { Deployment, ParkMessage } from '../../src/lambda/contract.ts';
import { createFunctions } from '../../src/lambda/functions.ts';
import { partsOf } from '../../src/lambda/parts.ts';
import { type ActivityName, type ParkName, parkNames, type Signal } from '../../src/machine/context.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import {
  type Credentials,
  createSandbox,
  type FunctionHandler,
  type KeyArrangement,
  type PolicyDocument,
  type Settings,
} from '../../src/sandbox/index.ts';
import type { Ending } from './cli.ts';
import { deployMachine } from './deployed-machine.ts';
import { mustHoldNoSecret, outletsOf } from './outlets.ts';

process.env.AWS_DISABLE_CLOCK_SKEW_CORRECTION ??= 'true';
process.env.AWS_CONFIG_FILE = '/dev/null';
process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';

export const region = 'us-east-1';
export const user = 'alice';
export const secret = 'app/alice';

export interface CloudOptions {
  keys?: readonly KeyArrangement[];
  /** Which of them the place holds. Default: the first, which is the old key. */
  holds?: number;
  /** The instant at which the old key was last used; null for never. */
  lastUsed?: string | null;
  policies?: readonly PolicyDocument[];
  /** keyturn.yaml as it was shipped. */
  policy?: string;
  settings?: Partial<Settings>;
  /** How many have confirmed that they want to be told. Default: 1. */
  listeners?: number;
  /** What a person answers at each wait, in this order; then nothing more. */
  answers?: Partial<Record<ParkName, Signal[]>>;
}

export type Cloud = Awaited<ReturnType<typeof createCloud>>;

export async function createCloud(options: CloudOptions = {}, ending: Ending = { onTestFinished }) {
  const clock = createVirtualClock('2026-12-06T09:00:00Z');
  const sandbox = await createSandbox({ clock, seed: 'cloud', ...options.settings });
  ending.onTestFinished(() => sandbox.close());
  const { account } = sandbox;
  const alice = account.createUser({
    name: user,
    createdAt: '2020-02-02T00:00:00Z',
    policies: options.policies ?? [],
    keys: options.keys ?? [{ createdAt: '2026-06-01T08:00:00Z' }],
  });
  const [oldKey] = alice.keys;
  if (!oldKey) throw new Error('alice needs a key');
  await clock.advance(3_600_000);
  const lastUsed = options.lastUsed === undefined ? '2026-12-06T09:00:00Z' : options.lastUsed;
  if (lastUsed) account.use(oldKey.accessKeyId, { at: lastUsed });
  const { accessKeyId: held, secretAccessKey: heldSecret } = alice.keys[options.holds ?? 0] ?? oldKey;
  const value = { host: 'db.example.com', accessKeyId: held, secretAccessKey: heldSecret };
  sandbox.secrets.create({ name: secret, value: JSON.stringify(value, null, 2), region });

  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const given = { region, endpoint: sandbox.url, credentials: { accessKeyId, secretAccessKey } };
  const sfn = new SFNClient(given);
  const sns = new SNSClient(given);
  const s3 = new S3Client({ ...given, forcePathStyle: true });
  const ssm = new SSMClient(given);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'keyturn' }));
  if (options.listeners !== 0)
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${region}:${account.id}:told` }),
    );
  await s3.send(new CreateBucketCommand({ Bucket: 'keyturn-records' }));
  sandbox.parameters.create({ name: '/keyturn/switch', type: 'String', value: 'go', region });

  const deployment: Deployment = {
    KEYTURN_TOPIC: TopicArn,
    KEYTURN_BUCKET: 'keyturn-records',
    KEYTURN_SWITCH: '/keyturn/switch',
    KEYTURN_VAULT_KEY: '',
    KEYTURN_SEAL_KEY: '',
  };
  const policy = parsePolicy(
    options.policy ?? `defaults:\n  consumers: [secretsmanager:${secret}]\n  administrators: [alice]\n`,
    'keyturn.yaml',
  );
  const logged: Record<string, unknown>[] = [];
  ending.onTestFinished(() => mustHoldNoSecret({ logs: logged, ...outletsOf(sandbox) }, sandbox.secretsMade));
  const partsFor = (own: Credentials, time: Clock) =>
    partsOf({
      aws: createAws({
        clock: time,
        version: '0.0.0-test',
        region,
        endpointUrl: sandbox.url,
        credentials: new KeyPair(own.accessKeyId, own.secretAccessKey),
      }),
      clock: time,
      deployment,
      region,
      policy: async () => policy,
      log: (line) => logged.push(line),
    });
  const script = structuredClone(options.answers ?? {});
  /** The functions, after whose waits somebody answers. */
  const answered = (functions: ReturnType<typeof createFunctions>) => {
    const handlers = functions as unknown as Record<ActivityName | ParkName, FunctionHandler>;
    const waits = parkNames.map((name): [ParkName, FunctionHandler] => [
      name,
      async (event, context) => {
        await handlers[name](event, context);
        const signal = script[name]?.shift();
        if (!signal) return;
        const output = JSON.stringify({ signal, at: instant(clock.now()) });
        const { token: taskToken } = event as ParkMessage;
        await sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
      },
    ]);
    return { ...handlers, ...(Object.fromEntries(waits) as Record<ParkName, FunctionHandler>) };
  };
  const parts = partsFor(sandbox.credentials, clock);
  const functions = createFunctions(parts);
  const registered = new Map<string, FunctionHandler>(Object.entries(answered(functions)));
  const stateMachineArn = await deployMachine(sandbox, Object.fromEntries(registered), { region });
  let environments = 0;

  const begin = async (input: unknown = { user }, name = 'run-1') => {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
    );
    return executionArn;
  };
  const history = async (executionArn: string) => {
    const events = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    return events;
  };
  /** To its end. */
  const watched = async (executionArn: string) => {
    for (;;) {
      const { status, output, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (status === 'RUNNING') {
        // To look is dear, and what is looked at happens in this process.
        for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
        continue;
      }
      const events = await history(executionArn);
      const entered = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
      const state = JSON.parse(
        events.findLast((one) => one.stateEnteredEventDetails)?.stateEnteredEventDetails?.input ?? '{}',
      );
      return { executionArn, status, output, error, cause, events, entered, ended: entered.at(-1), state };
    }
  };
  const names = new Map(alice.keys.map((key, index) => [key.accessKeyId, index === 0 ? 'old' : 'other']));
  const called = (id: string) => {
    if (!names.has(id)) names.set(id, [...names.values()].includes('new') ? 'another new' : 'new');
    return names.get(id) as string;
  };

  const wrapped = (name: ActivityName | ParkName, wrap: (run: FunctionHandler) => FunctionHandler) => {
    const run = registered.get(name);
    if (!run) throw new Error(`there is no function ${name}`);
    const wrapping = wrap(run);
    registered.set(name, wrapping);
    sandbox.functions.register(name, wrapping);
  };
  const arranged = sandbox.requests.length;
  return {
    clock,
    sandbox,
    /** The names of the operations that changed something since all was arranged. */
    changes: () =>
      sandbox.requests
        .slice(arranged)
        .flatMap(({ operation }) => (/^(?:Create|Update|Put|Delete|Tag|Untag)/.test(operation) ? [operation] : [])),
    account,
    /** Puts something around a function. */
    wrapped,
    /** Another environment of Lambda: the same functions, which sign with a key of their own. */
    environment: (time: Clock = clock) => {
      environments += 1;
      const [own] = account.createUser({
        name: `functions-${environments}`,
        policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
        keys: [{ createdAt: '2015-04-22T00:00:00Z' }],
      }).keys;
      if (!own) throw new Error('functions need a key');
      return { functions: answered(createFunctions(partsFor(own, time))), accessKeyId: own.accessKeyId };
    },
    sfn,
    sns,
    parts,
    functions,
    logged,
    stateMachineArn,
    oldKey: oldKey.accessKeyId,
    ids: alice.keys.map((key) => key.accessKeyId),
    turnSwitch: async (word: string) => {
      await ssm.send(new PutParameterCommand({ Name: '/keyturn/switch', Value: word, Overwrite: true }));
    },
    /** Something happens while the function runs for the n-th time, before it does its work. */
    nth: (name: ActivityName | ParkName, n: number, happens: () => unknown) => {
      let times = 0;
      wrapped(name, (run) => async (event, context) => {
        times += 1;
        if (times === n) await happens();
        return run(event, context);
      });
    },
    once(name: ActivityName | ParkName, happens: () => unknown) {
      this.nth(name, 1, happens);
    },
    /** Every event that a wait is sent. */
    heard: (hear: (event: unknown) => unknown) => {
      for (const name of parkNames) {
        wrapped(name, (run) => (event, context) => {
          hear(event);
          return run(event, context);
        });
      }
    },
    /** The function's first run ends without an answer, as when its time is up. */
    cutOff: (name: ActivityName, when: 'before' | 'after') => {
      let times = 0;
      wrapped(name, (run) => async (event, context) => {
        times += 1;
        if (times > 1) return run(event, context);
        if (when === 'after') await run(event, context);
        throw Object.assign(new Error('RequestId: 1 Error: Task timed out after 300.00 seconds'), {
          name: 'Sandbox.Timedout',
        });
      });
    },
    records: async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'keyturn-records' }));
      return Promise.all(Contents.map(({ Key = '' }) => parts.aws.bucket('keyturn-records').get(Key)));
    },
    /** From here on, every secret access key that lies in a secret at the time of some request. */
    secretsSeen: () => {
      const seen = new Set<string>();
      sandbox.onRequest(() => {
        const values = JSON.stringify(sandbox.secrets.snapshot({ values: true }));
        for (const [, found = ''] of values.matchAll(/secretAccessKey\\*":\s*\\*"([^"\\]+)/g)) seen.add(found);
      });
      return seen;
    },
    /** The key that was made last. */
    newKey: () => account.snapshot()[user]?.keys.at(-1)?.id ?? '',
    begin,
    history,
    /** Resolves once the execution has entered this state. */
    until: async (executionArn: string, state: string) => {
      for (;;) {
        const events = await history(executionArn);
        if (events.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state)) return;
      }
    },
    /** Runs an execution to its end. */
    run: async (input: unknown = { user }, name = 'run-1') => watched(await begin(input, name)),
    watched,
    /** Everything that a rotation may leave behind. */
    left: () => ({
      keys: (account.snapshot()[user]?.keys ?? []).map(({ id, status }) => `${called(id)} ${status}`),
      claims: Object.keys(account.tags(user)).filter((key) => key.startsWith('keyturn:')),
      secrets: Object.keys(sandbox.secrets.snapshot())
        .filter((name) => name.startsWith('keyturn/'))
        .sort(),
      place: called(JSON.parse(String(sandbox.secrets.value(secret, { region }))).accessKeyId),
    }),
    told: () => sandbox.published.map(({ attributes }) => attributes.event),
  };
}
