// The engine that runs in AWS, as it is seen from here: what is read, told, answered and stopped.
import { describe, expect, onTestFinished, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import type { HistoryEntry } from '../../src/engine/contract.ts';
import {
  answerWait,
  executionArn,
  followExecution,
  newestAttempt,
  readRemote,
  startExecution,
} from '../../src/engine/stepfunctions.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { deployMachine } from '../support/deployed-machine.ts';
import { failure, newKey, oldKey, type Script, scriptedFunctions } from '../support/scripted-functions.ts';
import { createTideClock } from '../support/tide-clock.ts';

process.env.AWS_DISABLE_CLOCK_SKEW_CORRECTION ??= 'true';
const never = new AbortController().signal;
const week = 7 * 24;

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

  test('is looked at again where AWS did not answer, and given up after some time', async () => {
    const { begin, follow, sandbox } = await open();
    const arn = await begin();
    const mend = sandbox.fault({ operation: 'states:DescribeExecution', call: (call) => call <= 6, kind: 'throttled' });

    const { ended } = await follow(arn);
    mend();
    sandbox.fault({ operation: 'states:DescribeExecution', call: 'every', kind: 'throttled' });
    const never = follow(arn);

    expect(ended).toBe('waiting');
    await expect(never).rejects.toThrow('AWS throttled states:DescribeExecution');
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
