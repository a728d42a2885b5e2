// The engine that runs in AWS, as it is seen from here: what is read, told, answered and stopped.
import { describe, expect, onTestFinished, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import type { ExecutionEvent, ExecutionFacts, StateMachines } from '../../src/aws/contract.ts';
import { type Clock, createVirtualClock, instant } from '../../src/clock.ts';
import type { HistoryEntry, RotationRecord } from '../../src/engine/contract.ts';
import {
  answerWait,
  executionArn,
  type FollowOptions,
  followExecution,
  newestAttempt,
  readRemote,
  startExecution,
} from '../../src/engine/stepfunctions.ts';
import { AnswerUnknownError, NoSuchEntityError, RefusedError, ThrottledError } from '../../src/errors.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { deployMachine } from '../support/deployed-machine.ts';
import { failure, newKey, oldKey, type Script, scriptedFunctions } from '../support/scripted-functions.ts';
import { createTideClock } from '../support/tide-clock.ts';

process.env.AWS_DISABLE_CLOCK_SKEW_CORRECTION ??= 'true';
const never = new AbortController().signal;
const week = 7 * 24;

/** One look at an execution of alice's key: what is new in it, or why nothing could be seen. */
type Look = Error | { events?: What<ExecutionEvent>[]; status?: ExecutionFacts['status'] };
type What<Event> = Event extends unknown ? Omit<Event, 'id' | 'at'> : never;

/** Looks at what the script says, one after the other, the last one for good; `slept` is what passed between them. */
function watched(looks: Look[], { since, answered, wait = false, stop = never }: Partial<FollowOptions> = {}) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const slept: number[] = [];
  const told: string[] = [];
  const events: ExecutionEvent[] = [];
  let look: Look | undefined;
  const left = [...looks];
  const machines = {
    describe: async () => {
      const fresh = left.shift();
      look = fresh ?? look;
      if (slept.length > 50) throw new Error('it looks on and on');
      if (look instanceof Error) throw look;
      for (const one of (fresh as typeof look)?.events ?? []) {
        events.push({ ...one, id: events.length + 1, at: instant(clock.now()) });
      }
      return { ...facts, status: look?.status ?? 'RUNNING' };
    },
    history: async (_arn: string, after = 0) => events.filter(({ id }) => id > after),
  } as unknown as StateMachines;
  const sleep: Clock['sleep'] = (ms, signal) => {
    slept.push(ms / 1000);
    return clock.sleep(ms, signal);
  };
  const onStep = ({ state, event }: HistoryEntry) => void told.push(`${state} ${event}`);
  const options = { wait, stop, onStep, since, answered };
  const follow = () => followExecution({ machines, clock: { ...clock, sleep } }, facts.arn, options);
  return { machines, clock, slept, told, follow };
}

const facts: ExecutionFacts = {
  arn: 'arn:aws:states:eu-west-1:123456789012:execution:keyturn:AKIAOLDOLDOLDOLD0001-1',
  machine: 'arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn',
  name: 'AKIAOLDOLDOLDOLD0001-1',
  status: 'RUNNING',
  startedAt: '2026-12-06T10:00:00.000Z',
  input: { user: 'alice', rotation: 'r-1' },
  error: null,
  cause: null,
};
const entered = (state: string) => ({ what: 'entered' as const, state, data: {} });
const answeredBy = (signal: string) => ({
  what: 'left' as const,
  state: 'awaitQuiet',
  data: { awaitQuiet: { signal } },
});
const inQuiet = [entered('awaitQuiet'), { what: 'begun' as const }, { what: 'waiting' as const }];

describe('whoever follows', () => {
  test('looks again soon after news, and less and less often without', async () => {
    const quiet: Look[] = [{}, {}, {}, {}, {}, {}];
    const { follow, slept, told } = watched([
      { events: [entered('claimUser')] },
      ...quiet,
      { events: [entered('inspectKeys')] },
      {},
      { events: inQuiet },
    ]);

    const { ended } = await follow();

    expect(ended).toBe('waiting');
    expect(slept).toEqual([2, 4, 8, 16, 30, 30, 30, 2, 4]);
    expect(told).toEqual(['claimUser started', 'inspectKeys started', 'awaitQuiet waiting']);
  });

  const late = new NoSuchEntityError('there is no such execution');
  const throttled = new ThrottledError('AWS throttled it');
  const unknown = new AnswerUnknownError('no answer came');
  const denied = new RefusedError('it is denied');
  const many = (count: number, error: Error) => Array.from({ length: count }, () => error);
  const news = { events: [entered('claimUser')] };
  const end: Look = { events: [entered('refused')], status: 'SUCCEEDED' };

  test.each<[string, Look[], number[]]>([
    ['that was started just now is shown late', [...many(9, late), end], Array(9).fill(2)],
    ['cannot be seen for a while', [throttled, unknown, ...many(7, throttled), end], Array(9).fill(30)],
    [
      'cannot be seen for a while, and then again',
      [...many(9, unknown), news, ...many(9, unknown), end],
      [...Array(9).fill(30), 2, ...Array(9).fill(30)],
    ],
  ])('waits where an execution %s', async (_what, looks, pauses) => {
    const { follow, slept } = watched(looks);

    expect((await follow()).ended).toBe('refused');

    expect(slept).toEqual(pauses);
  });

  test.each<[string, Look[], Error, number]>([
    ['does not answer ten times', many(11, throttled), throttled, 9],
    ['does not know the execution ten times', many(11, late), late, 9],
    ['knew the execution, and does so no more', [{}, late], late, 1],
    ['refuses', [denied], denied, 0],
  ])('gives up where AWS %s', async (_what, looks, error, pauses) => {
    const { follow, slept } = watched(looks);

    await expect(follow()).rejects.toBe(error);

    expect(slept).toHaveLength(pauses);
  });

  test('does not wait for an answer of AWS once told to stop', async () => {
    const { follow, slept } = watched([unknown], { stop: AbortSignal.abort() });

    await expect(follow()).rejects.toBe(unknown);

    expect(slept).toEqual([]);
  });

  test('may stop between two looks, and looks once more', async () => {
    const stop = new AbortController();
    const { follow, clock, told } = watched([{}, { events: [entered('claimUser')] }], { stop: stop.signal });
    const following = follow();

    await clock.sleep(1_000);
    stop.abort();

    expect((await following).ended).toBe('stopped');
    expect(told).toEqual(['claimUser started']);
  });

  test('hears of a clock that fails by itself', async () => {
    const { machines } = watched([{}]);
    const broken = { ...createVirtualClock('2026-12-06T10:00:00Z'), sleep: () => Promise.reject(new Error('broken')) };

    const following = followExecution({ machines, clock: broken }, facts.arn, { wait: true, stop: never });

    await expect(following).rejects.toThrow('broken');
  });

  test('is told nothing twice: what was read before is known', async () => {
    const first = await watched([{ events: [entered('claimUser'), ...inQuiet] }]).follow();
    const all = [entered('claimUser'), ...inQuiet, answeredBy('rollBack'), entered('rolledBack')];

    const same = watched([{ events: all, status: 'SUCCEEDED' }], { since: first });
    const { record } = await same.follow();
    const other = { ...first, execution: { ...first.execution, arn: `${facts.arn}0` } };
    const another = watched([{ events: all, status: 'SUCCEEDED' }], { since: other });
    await another.follow();

    expect(first.seen).toBe(4);
    expect(same.told).toEqual(['awaitQuiet signal', 'rolledBack ended']);
    expect(another.told).toEqual(['claimUser started', 'awaitQuiet waiting', ...same.told]);
    expect(record.history).toHaveLength(4);
  });

  test('does not take the wait that was answered for the next one, though it is shown for a moment longer', async () => {
    const since = await watched([{ events: inQuiet }]).follow();
    const next = { events: [answeredBy('reactivate'), ...inQuiet] };

    const answered = watched([{ events: [...inQuiet] }, {}, next], { since, answered: true });
    const { ended, record } = await answered.follow();
    const unanswered = await watched([{ events: [...inQuiet] }, {}, next], { since }).follow();

    expect([ended, record.park?.entry, answered.slept]).toEqual(['waiting', 2, [2, 4]]);
    expect(unanswered.record.park?.entry).toBe(1);
  });

  test('who stays is not stopped by a wait', async () => {
    const { follow } = watched([{ events: inQuiet }, { events: [entered('stuck')], status: 'FAILED' }], { wait: true });

    expect((await follow()).ended).toBe('stuck');
  });
});

test('where nothing waits, nothing is answered, and AWS is not asked', async () => {
  const { follow, machines } = watched([{ events: [entered('rotated')], status: 'SUCCEEDED' }]);

  const answering = answerWait(machines, await follow(), { signal: 'proceed', at: '2026-12-06T10:00:01Z' });

  await expect(answering).rejects.toMatchObject({ message: 'that wait of rotation r-1 was ended already' });
});

test.each([
  ['AKIAOLDOLDOLDOLD0001-9', ['AKIAOLDOLDOLDOLD0001-10', 'AKIAOLDOLDOLDOLD0001-11']],
  ['AKIAOLDOLDOLDOLD0001-11', ['AKIAOLDOLDOLDOLD0001-12']],
  ['first-of-alice-1', ['first-of-alice-2']],
  ['by-hand', []],
  ['-1', []],
  ['by-hand-1b', []],
])('later attempts than %s are looked for by the next numbers', async (name, asked) => {
  const { machines } = watched([{}]);
  const described: string[] = [];
  machines.describe = async (arn) => {
    described.push(arn.split(':').at(-1) ?? '');
    if (arn.endsWith('-10')) return { ...facts, arn };
    throw new NoSuchEntityError('there is no such execution');
  };
  const remote = { record: { rotation: 'r-1' } as RotationRecord, execution: { ...facts, name }, begun: null, seen: 0 };

  const newest = await newestAttempt(machines, remote);

  expect(described).toEqual(asked);
  expect(newest.execution.arn).toBe(asked.length === 2 ? `${facts.arn.slice(0, -1)}10` : facts.arn);
});

test('an execution’s ARN is its machine’s, with its name', () => {
  expect(executionArn(facts.machine, 'AKIAOLDOLDOLDOLD0001-1')).toBe(facts.arn);
});

async function open(script: Script = {}) {
  const clock = createTideClock('2026-12-06T10:00:00Z');
  const sandbox = await createSandbox({ clock, seed: 'remote' });
  onTestFinished(() => sandbox.close());
  const machine = await deployMachine(sandbox, scriptedFunctions(clock.now, script));
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  const aws = createAws({ clock, version: '0.0.0-test', endpointUrl: sandbox.url, credentials });
  const machines = aws.stateMachines('eu-west-1');
  const steps: string[] = [];
  const onStep = ({ state, event }: HistoryEntry) => void steps.push(`${state} ${event}`);
  return {
    clock,
    sandbox,
    machine,
    machines,
    steps,
    begin: (input: { user: string; intent?: 'rollBack'; rotation?: string } = { user: 'alice' }) =>
      startExecution(machines, machine, oldKey, input),
    follow: (arn: string, { wait = false, stop = never } = {}) =>
      followExecution({ machines, clock }, arn, { wait, stop, onStep }),
  };
}

describe('a rotation that Step Functions runs', () => {
  test('is followed to its first wait, with the record in the shape of a local one', async () => {
    const { begin, follow, steps } = await open();

    const { record, ended } = await follow(await begin());

    expect(ended).toBe('waiting');
    expect(steps.slice(0, 4)).toEqual([
      'claimUser started',
      'claimUser done',
      'inspectKeys started',
      'inspectKeys done',
    ]);
    expect(steps.slice(-3)).toEqual(['checkOldKeyUse started', 'checkOldKeyUse done', 'awaitQuiet waiting']);
    expect(record).toMatchObject({
      rotation: 'sfn-1',
      engine: 'stepfunctions',
      execution: `arn:aws:states:eu-west-1:123456789012:execution:keyturn:${oldKey}-1`,
      createdAt: '2026-12-06T10:00:00Z',
      state: 'awaitQuiet',
      running: false,
      park: { state: 'awaitQuiet', entry: 1, until: '2026-12-13T10:00:00Z' },
      outcome: null,
    });
    expect(record.context).toMatchObject({
      rotation: 'sfn-1',
      plan: { user: 'alice', consumers: ['ssm:/app/key'] },
      createKey: { newKey },
      deliverKey: { verdict: 'delivered' },
      interruptions: [],
    });
    expect(record.context.claimUser).not.toHaveProperty('base');
    expect(record.history.at(-1)).toEqual({
      at: expect.stringMatching(/^2026-12-06T10:00:/),
      state: 'awaitQuiet',
      event: 'waiting',
      detail: 'until 2026-12-13T10:00:00Z: the old key was used',
    });
  });

  test('is read the same later on, and to its end', async () => {
    const { begin, follow, clock, machines } = await open();
    const arn = await begin();
    const first = await follow(arn);

    const second = await readRemote(machines, arn);
    await clock.pass(week);
    const grace = await readRemote(machines, arn);
    await clock.pass(week);
    const last = await readRemote(machines, arn);

    expect(second.record).toEqual(first.record);
    expect(grace.record.park).toMatchObject({ state: 'awaitGrace', entry: 2 });
    expect(grace.record.context.awaitQuiet).toEqual({ signal: 'elapsed' });
    expect(last.record).toMatchObject({ outcome: 'rotated', state: 'rotated', park: null, running: false });
    expect(last.record.history.at(-1)).toMatchObject({ at: expect.stringMatching(/^2026-12-20T10:/), event: 'ended' });
    expect(last.record.context.error).toBeUndefined();
  });

  test('is followed through its waits where somebody stays', async () => {
    const short = { verdict: 'busy', reason: 'used', until: '2026-12-06T11:00:00Z', seconds: 3_600 };
    const { begin, follow, steps } = await open({
      checkOldKeyUse: [short, { ...short, verdict: 'quiet' }],
      checkHealth: [{ ...short, verdict: 'passed' }],
    });

    const { ended } = await follow(await begin(), { wait: true });

    expect(ended).toBe('rotated');
    expect(steps.filter((step) => !/started|done/.test(step))).toEqual(['awaitQuiet waiting', 'rotated ended']);
  });

  test('may be shown a moment after it was started', async () => {
    const { begin, follow, machine } = await open();

    const following = follow(executionArn(machine, `${oldKey}-1`));
    await begin();
    const { ended } = await following;

    expect(ended).toBe('waiting');
  });

  test('is left running by whoever stops to watch', async () => {
    const { begin, follow, machines } = await open();
    const stop = new AbortController();
    const arn = await begin();
    stop.abort();

    const { ended } = await follow(arn, { wait: true, stop: stop.signal });

    expect(ended).toBe('stopped');
    expect((await machines.describe(arn)).status).toBe('RUNNING');
  });

  test('has been stuck where an activity failed: its words are the reason, and it counts as cut off there', async () => {
    const hinted = failure('UnexpectedStateError', 'someone else deactivated it\nhint: make it active again');
    const { begin, follow } = await open({ deliverKey: hinted });

    const { record, ended } = await follow(await begin());

    expect(ended).toBe('stuck');
    expect(record.context.interruptions).toEqual([
      { activity: 'deliverKey', at: expect.stringMatching(/^2026-12-06T10:/) },
    ]);
    expect(record.context.error).toMatchObject({ Error: 'UnexpectedStateError' });
    expect(record.history.slice(-2)).toMatchObject([
      { state: 'deliverKey', event: 'failed', detail: expect.stringContaining('someone else deactivated it') },
      { state: 'stuck', event: 'ended' },
    ]);
  });

  test('does not count a failure after which it was tried again', async () => {
    const { begin, follow } = await open({
      createKey: [failure('ThrottledError', 'slow down'), { counter: 2, newKey, createdAt: '2026-12-06T10:00:02Z' }],
    });

    const { record } = await follow(await begin());

    expect(record.park?.state).toBe('awaitQuiet');
    expect(record.context.interruptions).toEqual([]);
    expect(record.history.filter(({ event }) => event === 'failed')).toEqual([]);
  });

  test('S28 believes no outcome that stands in its input', async () => {
    const forged = { user: 'alice', deliverKey: { verdict: 'failed' }, error: { Error: 'Forged', Cause: '' } };
    const { machines, machine, follow } = await open({ inspectKeys: { verdict: 'refused', reason: 'no', keys: [] } });
    const arn = (await machines.start(machine, 'forged', forged)) ?? '';

    const { record } = await follow(arn);

    expect(record.outcome).toBe('refused');
    expect(record.context.deliverKey).toBeUndefined();
    expect(record.context.error).toBeUndefined();
  });

  test('that somebody stopped needs a person', async () => {
    const { begin, follow, machines } = await open();
    const arn = await begin();
    await follow(arn);

    await machines.stop(arn, 'enough');
    const { record } = await readRemote(machines, arn);

    expect(record).toMatchObject({ outcome: 'stuck', state: 'awaitQuiet', park: null });
    expect(record.history.at(-1)).toMatchObject({ event: 'failed', detail: 'the execution was stopped: enough' });
  });
});

describe('an answer', () => {
  const at = '2026-12-06T10:00:01Z';

  test('S4 ends the wait that it was given for, and no other', async () => {
    const { begin, follow, machines } = await open();
    const arn = await begin();
    const quiet = await follow(arn);

    await answerWait(machines, quiet, { signal: 'proceed', at });
    const grace = await follow(arn);
    const again = answerWait(machines, quiet, { signal: 'proceed', at });

    await expect(again).rejects.toMatchObject({
      name: 'RefusedError',
      message: 'that wait of rotation sfn-1 was ended already',
      hint: 'nothing was changed; keyturn status sfn-1 shows where it is now',
    });
    expect(grace.record.park).toMatchObject({ state: 'awaitGrace', entry: 2 });
    expect((await readRemote(machines, arn)).record).toEqual(grace.record);
  });

  test('S37 that ends a wait early stands in the plan as an exception', async () => {
    const { begin, follow, machines } = await open();
    const arn = await begin();

    await answerWait(machines, await follow(arn), { signal: 'proceed', at });
    const { record } = await follow(arn);

    expect(record.context.plan.overrides).toMatchObject([{ what: 'proceed', why: 'keyturn proceed at awaitQuiet' }]);
    expect(record.history).toContainEqual({
      at: expect.any(String),
      state: 'awaitQuiet',
      event: 'signal',
      detail: 'proceed',
    });
  });

  test('sends it back', async () => {
    const { begin, follow, machines } = await open();
    const arn = await begin();

    await answerWait(machines, await follow(arn), { signal: 'rollBack', at });
    const { ended, record } = await follow(arn);

    expect(ended).toBe('rolledBack');
    expect(record.context.plan.overrides).toEqual([]);
  });
});

describe('an execution’s name', () => {
  test('S33 is the next attempt where earlier ones have ended', async () => {
    const { begin, follow, machines } = await open({ inspectKeys: { verdict: 'refused', reason: 'no', keys: [] } });

    const first = await begin();
    await follow(first);
    const second = await begin();
    await follow(second);
    const newest = await newestAttempt(machines, await readRemote(machines, first));

    expect([first, second].map((arn) => arn.split(':').at(-1))).toEqual([`${oldKey}-1`, `${oldKey}-2`]);
    expect(newest.execution.arn).toBe(second);
  });

  test('S33 that is another rotation’s is no later attempt at this one', async () => {
    const { begin, follow, machines } = await open({ inspectKeys: { verdict: 'refused', reason: 'no', keys: [] } });
    const first = await begin();
    await follow(first);
    const second = await begin({ user: 'alice', rotation: 'another' });
    await follow(second);

    const newest = await newestAttempt(machines, await readRemote(machines, first));

    expect([(await readRemote(machines, second)).record.rotation, newest.execution.arn]).toEqual(['another', first]);
  });

  test('tells what AWS answers, where later attempts cannot be looked for', async () => {
    const { begin, follow, machines, sandbox } = await open();
    const remote = await follow(await begin());
    sandbox.fault({ operation: 'states:DescribeExecution', call: 'every', kind: 'accessDenied' });

    await expect(newestAttempt(machines, remote)).rejects.toThrow('states:DescribeExecution is denied');
  });

  test('S33 that runs is refused to another input, and is the same execution to the same', async () => {
    const { begin } = await open();
    const first = await begin();

    const same = await begin();
    const other = begin({ user: 'alice', intent: 'rollBack' });

    expect(same).toBe(first);
    await expect(other).rejects.toMatchObject({
      name: 'RefusedError',
      message: `the key is being rotated already: execution ${oldKey}-1 runs`,
      hint: `nothing was changed; keyturn status ${first} shows it`,
    });
  });
});
