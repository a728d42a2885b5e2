// The whole deployment, from an empty account to its end, each test going on where the one before ended: what only shows where
// CloudFormation makes the stack, AWS starts the functions, and each runs under its own role.
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deployment, openDeployment } from './deployment.ts';
import { type Ended, hasEnded, type Machines, machinesIn } from './machines.ts';

const settings = {
  mode: 'rotate',
  userPath: '/machines/',
  policyFile: 'test/deploy/keyturn.yaml',
  places: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app/*',
};

let deployment: Deployment;
let machines: Machines;
/** What the rotation of alice came to. */
let alices: Ended;
let dorasKey: string;

beforeAll(async () => {
  deployment = await openDeployment();
  await deployment.deploy(settings);
  machines = machinesIn(deployment);
  await machines.listen();
  // Due within seconds, but taken up to a minute later: the sweep spreads what it begins.
  dorasKey = (await machines.machine('dora')).accessKeyId;
  await machines.sweepSoon();
}, 300_000);

afterAll(() => deployment?.close());

test('a key in a secret is replaced, deactivated and deleted, and nothing is left', async () => {
  const old = await machines.machine('alice');

  const execution = await machines.start('alice-1', { user: 'alice' });
  await machines.until(execution, ({ entered }) => entered.includes('awaitQuiet'));
  await machines.work('alice');
  alices = await machines.until(execution, hasEnded);

  expect(alices, JSON.stringify(alices.state)).toMatchObject({ status: 'SUCCEEDED', end: 'rotated' });
  const held = await machines.held('alice');
  expect(held.host).toBe('db.example.com');
  expect(held.accessKeyId).not.toBe(old.accessKeyId);
  expect(await machines.keys('alice')).toEqual({ [held.accessKeyId]: 'Active' });
  expect(await machines.claims('alice')).toEqual([]);
  expect(await machines.kept()).not.toContainEqual(expect.stringContaining(rotationOf(alices)));
});

test.each([
  ['of a user who is not of this deployment', 'checkHealth', 'eve', '/people/', 'iam:'],
  ['of a user who is exempt', 'createKey', 'carol', '/machines/', 'iam:TagUser'],
])('AWS denies what would touch the key %s', async (_, activity, user, path, denied) => {
  const { accessKeyId } = await machines.machine(user, path);
  await machines.claim(user, rotationOf(alices), accessKeyId);

  const { error, message } = await invoke(
    activity,
    asIfOf({ user, userId: await machines.userId(user), oldKey: accessKeyId }, alices.state),
  );

  expect({ error, message }).toEqual({ error: 'AccessDeniedError', message: expect.stringContaining(denied) });
  expect(await machines.keys(user)).toEqual({ [accessKeyId]: 'Active' });
});

// Before the update: at one the emulator ends the functions that are at work, and the sweep's wait for up to a minute.
test('the schedule starts a sweep, and that the rotation that is due', async () => {
  const execution = machines.executionArn(`${dorasKey}-1`);
  await machines.until(execution, ({ status }) => status !== 'not begun');
  await machines.work('dora');
  const ended = await machines.until(execution, hasEnded);

  expect(ended, JSON.stringify(ended.state)).toMatchObject({ status: 'SUCCEEDED', end: 'rotated' });
  const { accessKeyId } = await machines.held('dora');
  expect(accessKeyId).not.toBe(dorasKey);
  expect(await machines.keys('dora')).toEqual({ [accessKeyId]: 'Active' });
});

test('an update does not disturb a rotation, nor does a stop, which gives the old key back, stand before a roll back', async () => {
  const old = await machines.machine('bob');
  const execution = await machines.start('bob-1', { user: 'bob' });
  await machines.until(execution, ({ entered }) => entered.includes('awaitQuiet'));
  await machines.work('bob');

  await deployment.deploy({ ...settings, policyFile: 'test/deploy/changed.yaml' });
  const { state } = await machines.until(execution, ({ entered }) => entered.includes('awaitGrace'));
  const made = await machines.held('bob');
  expect(await machines.keys('bob')).toEqual({ [old.accessKeyId]: 'Inactive', [made.accessKeyId]: 'Active' });
  expect(state.claimUser).toMatchObject({ base: { plan: { grace: 3600 } } });

  await machines.stop(execution);
  await expect.poll(() => machines.keys('bob'), { timeout: 60_000 }).toMatchObject({ [old.accessKeyId]: 'Active' });
  const [rotation] = await machines.claims('bob');
  const back = await machines.start('bob-2', { user: 'bob', intent: 'rollBack', rotation });
  const ended = await machines.until(back, hasEnded);

  expect(ended).toMatchObject({ status: 'SUCCEEDED', end: 'rolledBack' });
  expect(await machines.held('bob')).toEqual({ host: 'db.example.com', ...old });
  expect(await machines.keys('bob')).toEqual({ [old.accessKeyId]: 'Active', [made.accessKeyId]: 'Active' });
});

test('what is destroyed leaves the keys of users and the records of rotations', async () => {
  const bucket = await deployment.physicalId('AWS::S3::Bucket');
  const before = await machines.keys('bob');

  const left = await deployment.destroy();

  expect(left).toEqual(['AWS::KMS::Key', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket']);
  const { Functions = [] } = await new LambdaClient(deployment.client()).send(new ListFunctionsCommand({}));
  expect(Functions).toEqual([]);
  const s3 = new S3Client({ ...deployment.client(), forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'records/' }));
  expect(Contents.map(({ Key }) => Key?.split('/').slice(0, 2))).toEqual([
    ['records', 'alice'],
    ['records', 'bob'],
    ['records', 'dora'],
  ]);
  expect(await machines.keys('bob')).toEqual(before);
});

function rotationOf({ state }: Ended): string {
  return (state.claimUser as { base: { rotation: string } }).base.rotation;
}

/** What the function threw. */
async function invoke(activity: string, state: object): Promise<{ error: string; message: string }> {
  const FunctionName = `keyturn-${activity.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const lambda = new LambdaClient(deployment.client());
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(state) }));
  const { errorType: error, errorMessage: message } = JSON.parse(Payload?.transformToString() ?? '{}');
  return { error, message };
}

/** The state of an execution as if it were about another user. */
function asIfOf(other: { user: string; userId: string; oldKey: string }, state: Ended['state']): object {
  const { execution, claimUser, inspectKeys, preflightConsumers, freeSlot, deactivateKey } = structuredClone(
    state,
  ) as Record<string, { base: { plan: object } }>;
  if (claimUser) Object.assign(claimUser.base.plan, other);
  return { execution, claimUser, inspectKeys, preflightConsumers, freeSlot, deactivateKey };
}
