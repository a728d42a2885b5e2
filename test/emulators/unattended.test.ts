// Whole rotations that nobody stays for: the built command asks, somebody else's Step Functions carries the generated machine
// out, and the bundles that are deployed do the work. The clock is real, so the policy that was shipped says seconds.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, type HistoryEvent, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { expectExit } from './built-keyturn.ts';
import { bundleFunctions, type DeployedKeyturn, deployKeyturn } from './deployed-keyturn.ts';
import { type LambdaFront, startFront } from './lambda-front.ts';
import { type RotationJson, rotationsJson } from './rotation-json.ts';
import { clientFor, type Emulator, startMoto } from './servers.ts';
import { openUnattendedDesk, secretOf } from './unattended-desk.ts';

const seconds = 'quietFor: 1s, watchLimit: 3s, grace: 1s';
const hours = 'quietFor: 1h, watchLimit: 2h, grace: 1h';
const times = {
  whole: 'quietFor: 2s, watchLimit: 8s, grace: 1s',
  answered: hours,
  throttled: seconds,
  denied: seconds,
  overtaken: 'quietFor: 1h, watchLimit: 2h, grace: 1s',
  switched: hours,
};
const users = Object.keys(times);
const policy = [
  // moto has no policy simulator, and what cannot be found out counts as if they could.
  `defaults: { unproven: proceed, administrators: [${users}] }`,
  'rules:',
  ...Object.entries(times).map(([user, rule]) => `- { user: ${user}, consumers: ["${placeOf(user)}"], ${rule} }`),
].join('\n');

async function historyOf({ execution }: Pick<RotationJson, 'execution'>): Promise<HistoryEvent[]> {
  const asked = { executionArn: execution ?? '', maxResults: 1000 };
  const { events = [] } = await new SFNClient(clientFor(emulator)).send(new GetExecutionHistoryCommand(asked));
  return events;
}

/** Those that an answer to a wait needs. */
function tokensIn(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ taskScheduledEventDetails }) => {
    const { parameters } = taskScheduledEventDetails ?? {};
    return parameters ? [JSON.parse(parameters).Payload.token] : [];
  });
}

/** The errors that the execution's functions ended with. */
async function errorsIn(ended: RotationJson): Promise<string[]> {
  const events = await historyOf(ended);
  return events.flatMap(({ lambdaFunctionFailedEventDetails }) => lambdaFunctionFailedEventDetails?.error ?? []);
}

/** What stays in the bucket of a rotation that ended. */
async function recordOf({ user, rotation }: RotationJson): Promise<string> {
  const asked = { Bucket: 'keyturn-records', Key: `records/${user}/${rotation}.json` };
  const { Body } = await new S3Client(clientFor(emulator)).send(new GetObjectCommand(asked));
  return Body?.transformToString() ?? '';
}

function placeOf(user: string): string {
  return `secretsmanager:${secretOf(user)}`;
}

let folder: string;
let emulator: Emulator;
let front: LambdaFront;
let keyturn: DeployedKeyturn;
let switched: DeployedKeyturn;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-deployed-'));
  front = await startFront(() => emulator.url);
  emulator = await startMoto(front.port);
  await bundleFunctions(folder);
  const deploy = (name: string) => deployKeyturn({ emulator, front, folder, name, policy });
  keyturn = await deploy('keyturn');
  switched = await deploy('switched');
}, 90_000);

afterAll(async () => {
  front?.close();
  await emulator?.close();
  await rm(folder, { recursive: true, force: true });
});

const desk = (context: TestContext, name: keyof typeof times) => openUnattendedDesk(context, emulator, name);
const rotate = (user: string) => `rotate --engine stepfunctions --yes --user ${user}`;

describe('moto', { concurrent: true }, () => {
  test('a rotation whose waits all end by themselves leaves the new key alone, in its place', async (context) => {
    const { user, old, run, ...seen } = await desk(context, 'whole');

    const ended = await run(`${rotate(user)} --wait`);

    const held = await seen.inSecret();
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({
      engine: 'stepfunctions',
      execution: expect.stringContaining(`:execution:keyturn:${old.accessKeyId}-1`),
      outcome: 'rotated',
      state: 'rotated',
      oldKey: old.accessKeyId,
      newKey: held.accessKeyId,
      until: null,
      hint: null,
      consumers: [{ spec: expect.stringContaining(placeOf(user)), state: 'delivered' }],
      keys: [{ id: held.accessKeyId, status: 'Active' }],
    });
    const { rotation } = ended.json();
    expect(held).toMatchObject({ host: 'db.example.com' });
    expect(await seen.standing(rotation)).toEqual({
      keys: { [held.accessKeyId]: 'Active' },
      claims: [],
      secrets: [],
    });
    expect(await seen.callerAs(held)).toBe(`arn:aws:iam::${emulator.account}:user/${user}`);
    expect(await seen.callerAs(old)).toBe('InvalidClientTokenId');
    const events = await historyOf(ended.json());
    expect(events.map(({ type }) => type)).toContain('TaskTimedOut');
    const told = front.notices().filter((notice) => notice.rotation === rotation);
    expect(told.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['started', 'stillUsed', 'aboutToDeactivate', 'aboutToDelete', 'rotated']),
    );
    const record = await recordOf(ended.json());
    expect(JSON.parse(record)).toMatchObject({ verdict: 'rotated' });
    const kept = JSON.stringify([events, told]) + front.printed() + record;
    for (const { secretAccessKey } of [old, held]) expect(kept.includes(secretAccessKey)).toBe(false);
  });

  test('a person skips the first wait and goes back in the second', async (context) => {
    const { user, old, run, ...seen } = await desk(context, 'answered');

    const first = await run(rotate(user));
    const { rotation, newKey } = first.json();
    const atTheWait = await seen.standing(rotation);
    const status = await run(`status --engine stepfunctions --user ${user}`);
    const second = await run(`proceed ${rotation} --yes`);
    const inGrace = await seen.standing(rotation);
    const last = await run(`rollback ${rotation}`);

    const both = { [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' };
    expectExit(first, 0);
    expect(first.json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet', until: expect.any(String) });
    expect(atTheWait).toEqual({
      keys: both,
      claims: [`keyturn:claim:${rotation}`],
      secrets: [`keyturn/seal/${rotation}`, `keyturn/vault/${rotation}`],
    });
    expectExit(status, 0);
    expect(rotationsJson(status.stdout, status.stderr)).toMatchObject([
      { rotation, outcome: 'waiting', state: 'awaitQuiet', until: first.json().until },
    ]);
    expectExit(second, 0);
    expect(second.json()).toMatchObject({ rotation, outcome: 'waiting', state: 'awaitGrace' });
    expect(inGrace.keys).toEqual({ ...both, [old.accessKeyId]: 'Inactive' });
    expectExit(last, 0);
    expect(last.json()).toMatchObject({ rotation, outcome: 'rolledBack', hint: expect.stringContaining('retire') });
    expect(await seen.inSecret()).toMatchObject(old);
    expect(await seen.standing(rotation)).toEqual({ keys: both, claims: [], secrets: [] });
    const tokens = tokensIn(await historyOf(last.json()));
    const told = JSON.stringify(front.notices()) + front.printed() + (await recordOf(last.json()));
    expect(tokens).toHaveLength(2);
    expect(tokens.filter((token) => told.includes(token))).toEqual([]);
  });

  test('what AWS throttles is tried again, and nothing is done twice', async (context) => {
    const { user, run, ...seen } = await desk(context, 'throttled');
    // The SDK sends it three times before the function fails.
    front.refuse({ Action: 'UpdateAccessKey', UserName: user, Status: 'Inactive' }, 'Throttling', 3);

    const ended = await run(`${rotate(user)} --wait`);

    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ outcome: 'rotated' });
    expect(await errorsIn(ended.json())).toEqual(['ThrottledError']);
    expect((await seen.standing()).keys).toEqual({ [(await seen.inSecret()).accessKeyId]: 'Active' });
  });

  test('what AWS denies is not tried again; it stands as it was, and is gone on with', async (context) => {
    const { user, old, run, ...seen } = await desk(context, 'denied');
    front.refuse({ Action: 'UpdateAccessKey', UserName: user, Status: 'Inactive' }, 'AccessDenied', 1);

    const ended = await run(`${rotate(user)} --wait`);
    const { rotation, newKey, execution } = ended.json();
    const stuck = await seen.standing(rotation);
    const resumed = await run(`resume ${execution} --wait`);

    expectExit(ended, 5);
    expect(ended.json()).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('iam:UpdateAccessKey') });
    expect(await errorsIn(ended.json())).toEqual(['AccessDeniedError']);
    expect(stuck).toMatchObject({
      keys: { [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' },
      claims: [`keyturn:claim:${rotation}`],
    });
    expectExit(resumed, 0);
    expect(resumed.json()).toMatchObject({ rotation, outcome: 'rotated', newKey });
    expect(await seen.standing(rotation)).toEqual({ keys: { [newKey ?? '']: 'Active' }, claims: [], secrets: [] });
  });

  test('S10 an execution that another one overtook stops before it changes anything', async (context) => {
    const { user, old, run, ...seen } = await desk(context, 'overtaken');
    const { rotation, newKey, execution } = (await run(rotate(user))).json();
    const input = JSON.stringify({ user, rotation });
    const sfn = new SFNClient(clientFor(emulator));
    const other = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: keyturn.machine, name: `${old.accessKeyId}-2`, input }),
    );
    expectExit(await run(`resume ${other.executionArn}`), 0);

    const overtaken = await run(`proceed ${execution} --yes`);
    const untouched = await seen.standing(rotation);
    const ended = await run(`proceed ${other.executionArn} --yes --wait`);

    expectExit(overtaken, 5);
    expect(untouched).toMatchObject({
      keys: { [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' },
      claims: [`keyturn:claim:${rotation}`],
    });
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ rotation, outcome: 'rotated', newKey });
    expect(await seen.standing(rotation)).toEqual({ keys: { [newKey ?? '']: 'Active' }, claims: [], secrets: [] });
  });

  test('S34 nothing begins and nothing is deactivated while the switch is off', async (context) => {
    const { user, old, run, ...seen } = await desk(context, 'switched');
    const there = `--state-machine ${switched.machine}`;

    await switched.turnSwitch('stop');
    const refused = await run(`${rotate(user)} ${there}`);
    const untouched = await seen.standing();
    await switched.turnSwitch('go');
    const { rotation, newKey } = (await run(`${rotate(user)} ${there}`)).json();
    await switched.turnSwitch('stop');
    const heldUp = await run(`proceed ${rotation} ${there} --yes`);
    const { keys } = await seen.standing();
    await switched.turnSwitch('go');
    const ended = await run(`resume ${rotation} ${there}`);

    expectExit(refused, 3);
    expect(refused.json()).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('/switched/switch') });
    expect(untouched).toEqual({ keys: { [old.accessKeyId]: 'Active' }, claims: [], secrets: [] });
    expectExit(heldUp, 5);
    expect(heldUp.json()).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('/switched/switch') });
    expect(keys).toEqual({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' });
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ rotation, outcome: 'waiting', state: 'awaitQuiet', newKey });
  });
});
