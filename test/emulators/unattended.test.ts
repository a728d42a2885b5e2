// Whole rotations that nobody stays for: the built command asks, somebody else's Step Functions carries the generated machine
// out, and the bundles that are deployed do the work. The clock is real, so the policy that was shipped says seconds.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, type HistoryEvent, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { expectExit, nothingLeft } from './built-keyturn.ts';
import { bundleFunctions, type DeployedKeyturn, deployKeyturn } from './deployed-keyturn.ts';
import { type LambdaFront, startFront } from './lambda-front.ts';
import { type RotationJson, rotationsJson } from './rotation-json.ts';
import { clientFor, type Emulator, startMoto } from './servers.ts';
import { openUnattendedDesk, secretOf } from './unattended-desk.ts';

const hours = 'quietFor: 1h, watchLimit: 2h, grace: 1h';
const hoursThenSeconds = 'quietFor: 1h, watchLimit: 2h, grace: 1s';
const times = {
  whole: 'quietFor: 2s, watchLimit: 8s, grace: 1s',
  answered: hours,
  refused: 'quietFor: 1s, watchLimit: 3s, grace: 1s',
  overtaken: hoursThenSeconds,
  handed: hoursThenSeconds,
  switched: hours,
};
const users = Object.keys(times);
const policy = [
  // moto has no policy simulator, and what cannot be found out counts as if they could.
  `defaults: { unproven: proceed, administrators: [${users}] }`,
  'rules:',
  ...Object.entries(times).map(([user, rule]) => `- { user: ${user}, ${consumersOf(user)}${rule} }`),
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

/** The place of the one who is handed over is out of reach there. */
function consumersOf(user: string): string {
  return user === 'handed' ? '' : `consumers: ["${placeOf(user)}"], `;
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
  emulator = await startMoto({ lambdaPort: front.port });
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
    expect(await seen.standing(rotation)).toEqual({ ...nothingLeft({ [held.accessKeyId]: 'Active' }), secrets: [] });
    expect(await seen.callerAs(held)).toBe(`arn:aws:iam::${emulator.account}:user/${user}`);
    expect(await seen.callerAs(old)).toBe('InvalidClientTokenId');
    const events = await historyOf(ended.json());
    expect(events.map(({ type }) => type)).toContain('TaskTimedOut');
    const told = front.notices().filter((notice) => notice.rotation === rotation);
    expect(told.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['started', 'waiting', 'aboutToDeactivate', 'aboutToDelete', 'rotated']),
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
      ...nothingLeft(both),
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
    expect(await seen.standing(rotation)).toEqual({ ...nothingLeft(both), secrets: [] });
    const tokens = tokensIn(await historyOf(last.json()));
    const told = JSON.stringify(front.notices()) + front.printed() + (await recordOf(last.json()));
    expect(tokens).toHaveLength(2);
    expect(tokens.filter((token) => told.includes(token))).toEqual([]);
  });

  test('what AWS denies is left as it stands; what it throttles is tried again, and not done twice', async (context) => {
    const { user, old, run, ...seen } = await desk(context, 'refused');
    const deactivation = { Action: 'UpdateAccessKey', UserName: user, Status: 'Inactive' };

    front.refuse(deactivation, 'AccessDenied', 1);
    const denied = await run(`${rotate(user)} --wait`);
    const { rotation, newKey, execution } = denied.json();
    const stuck = await seen.standing(rotation);
    // The SDK sends it three times before the function fails.
    front.refuse(deactivation, 'Throttling', 3);
    const resumed = await run(`resume ${execution} --wait`);

    expectExit(denied, 5);
    expect(denied.json()).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('iam:UpdateAccessKey') });
    expect(await errorsIn(denied.json())).toEqual(['AccessDeniedError']);
    expect(stuck).toMatchObject({
      keys: { [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' },
      claims: [`keyturn:claim:${rotation}`],
    });
    expectExit(resumed, 0);
    expect(resumed.json()).toMatchObject({ rotation, outcome: 'rotated', newKey });
    expect(await errorsIn(resumed.json())).toEqual(['ThrottledError']);
    expect(await seen.standing(rotation)).toEqual({ ...nothingLeft({ [newKey ?? '']: 'Active' }), secrets: [] });
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
    expect(await seen.standing(rotation)).toEqual({ ...nothingLeft({ [newKey ?? '']: 'Active' }), secrets: [] });
  });

  test('a rotation that was begun here, with a place that only this machine reaches, is handed over', async (context) => {
    const { user, old, place, run, ...seen } = await desk(context, 'handed');
    const { rotation, newKey } = (await run(`rotate --user ${user} --to ${place} --yes`)).json();

    const handed = await run(`handoff ${rotation} --yes`);
    const ended = await run(`proceed ${rotation} --yes --wait`);

    expectExit(handed, 0);
    expect(handed.json()).toMatchObject({
      rotation,
      engine: 'stepfunctions',
      execution: expect.stringContaining(`:execution:keyturn:${old.accessKeyId}-1`),
      outcome: 'waiting',
      state: 'awaitQuiet',
      newKey,
    });
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ rotation, outcome: 'rotated', newKey });
    expect((await seen.held()).accessKeyId).toBe(newKey);
    expect(await seen.standing(rotation)).toEqual({ ...nothingLeft({ [newKey ?? '']: 'Active' }), secrets: [] });
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
    expect(untouched).toEqual({ ...nothingLeft({ [old.accessKeyId]: 'Active' }), secrets: [] });
    expectExit(heldUp, 5);
    expect(heldUp.json()).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('/switched/switch') });
    expect(keys).toEqual({ [old.accessKeyId]: 'Active', [newKey ?? '']: 'Active' });
    expectExit(ended, 0);
    expect(ended.json()).toMatchObject({ rotation, outcome: 'waiting', state: 'awaitQuiet', newKey });
  });
});
