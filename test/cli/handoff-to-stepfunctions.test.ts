// keyturn handoff: a rotation that was begun here waits in Step Functions from then on, and what was delivered from here stays
// this machine's to give back.
import { describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import { type CloudDeskOptions, openCloudDesk } from '../support/cloud-desk.ts';
import { printed } from '../support/printed-policy.ts';
import { remoteShape } from '../support/shape.ts';

const fortnight = 15 * 24;

/** The policy there names no place of alice's: hers is here. */
async function openHanded(options: CloudDeskOptions = {}) {
  const desk = await openCloudDesk({ shipped: { consumers: [] }, ...options });
  const id = await desk.waiting();
  return { ...desk, id, handedOver: () => desk.run(`handoff ${id} --yes --json`) };
}

describe('keyturn handoff', () => {
  test('gives the waits to Step Functions, under the same id', async () => {
    const desk = await openHanded();

    const { code, json, stderr } = await desk.handedOver();

    expect(code).toBe(0);
    expect(json()).toMatchObject({ ...remoteShape, consumers: [{ spec: desk.place, state: 'delivered' }] });
    expect(json()).toMatchObject({
      rotation: desk.id,
      outcome: 'waiting',
      state: 'awaitQuiet',
      execution: desk.execution(1),
      hint: expect.stringContaining('it goes on by itself'),
    });
    expect(json().history.map(({ detail }) => detail)).toContain(`handed over to Step Functions as ${desk.ids[0]}-1`);
    expect(desk.left()).toEqual({
      keys: ['old Active', 'new Active'],
      claims: 1,
      vault: ['new.json', 'old.json'],
      locks: [],
      holds: 'new',
    });
    expect(stderr).toContain('the watch begins anew: until the old key was unused for 7 days');
    expect(stderr).toContain(`nobody there can look at ${desk.place}`);
  });

  test('says in the record what is sent before it is sent', async () => {
    const desk = await openHanded();
    const records: unknown[] = [];
    desk.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' && operation === 'StartExecution') records.push(desk.record(desk.id));
    });

    await desk.handedOver();

    const [old, other] = [desk.ids[0], desk.newKey()];
    expect(records).toMatchObject([
      {
        engine: 'stepfunctions',
        handedOver: {
          machine: desk.machine,
          name: `${old}-1`,
          input: { user: 'alice', from: 'watch', oldKey: old, newKey: other, rotation: desk.id },
        },
      },
    ]);
    expect(records[0]).not.toHaveProperty('execution');
  });

  test('that was cut off sends exactly the same again, and so makes one execution', async () => {
    const desk = await openHanded();
    const mend = desk.sandbox.fault({ operation: 'states:StartExecution', call: 'every', kind: 'lostAnswer' });
    const cut = await desk.handedOver();
    const status = await desk.run(`status ${desk.id} --json`);
    mend();

    const { code, json } = await desk.handedOver();

    expect(cut.code).toBe(3);
    expect(cut.json().error).toMatchObject({ hint: `keyturn handoff ${desk.id} sends exactly the same again` });
    expect(status.json().rotations).toMatchObject([{ engine: 'stepfunctions' }]);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', execution: desk.execution(1) });
  });

  test('that was cut off does not take an execution of that name for its own which it is not', async () => {
    const desk = await openHanded();
    const mend = desk.sandbox.fault({ operation: 'states:StartExecution', call: 'every', kind: 'reset' });
    await desk.handedOver();
    mend();
    await desk.startExecution(1, { user: 'alice' });

    const { code, json } = await desk.handedOver();

    expect(code).toBe(3);
    expect(json().error.message).toBe(`another execution is named ${desk.ids[0]}-1, with another input`);
    expect(desk.record(desk.id)).not.toHaveProperty('execution');
  });

  test('that is denied leaves it here', async () => {
    const desk = await openHanded();
    desk.sandbox.fault({ operation: 'states:StartExecution', call: 'every', kind: 'accessDenied' });
    const before = desk.record(desk.id);

    const { code, stderr } = await desk.handedOver();

    expect(code).toBe(3);
    expect(stderr).toContain(`rotation ${desk.id} was not handed over: states:StartExecution is denied`);
    expect(desk.record(desk.id)).toEqual(before);
  });

  test('that is refused there leaves it here', async () => {
    const desk = await openHanded();
    desk.sandbox.parameters.put('/keyturn/switch', 'stop', 'eu-west-1');

    const { code, json } = await desk.handedOver();
    const resumed = await desk.run(`resume ${desk.id} --json`);

    expect(code).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('Step Functions refused it') });
    expect(desk.record(desk.id)).toMatchObject({ engine: 'local', outcome: null });
    expect(resumed.json()).toMatchObject({ engine: 'local', execution: null, outcome: 'waiting' });
  });

  test('asks first: without a terminal that is --yes', async () => {
    const desk = await openHanded();

    const { code, stderr } = await desk.run(`handoff ${desk.id}`);
    const asked = await desk.run(`handoff ${desk.id}`, { answers: [['Hand it over?', 'n\r']] });

    expect([code, asked.code]).toEqual([2, 2]);
    expect(stderr).toContain('agree beforehand with --yes; nothing was changed');
    expect(desk.steered()).toEqual([]);
  });

  test.each([
    ['in the grace', 'awaitGrace', 'the old key has been deactivated already'],
    ['stuck', 'stuck', 'it is stuck, and a person has to look first'],
  ])('takes nothing that is %s', async (_, where, why) => {
    const desk = await openCloudDesk({ lastUsed: where === 'stuck' ? null : '2026-12-06T09:00:00Z' });
    const rotate = `rotate --user alice --to ${desk.place} --watch-limit 3d --quiet-for 2d`;
    const id = where === 'stuck' ? await untilStuck() : await desk.waiting('awaitGrace');

    const { code, stderr } = await desk.run(`handoff ${id} --yes`);

    expect(code).toBe(3);
    expect(stderr).toContain(why);
    expect(desk.steered()).toEqual([]);

    async function untilStuck() {
      const { rotation } = (await desk.run(`${rotate} --json`, { answers: [['Go on?', '\r']] })).json();
      await desk.pass(4 * 24);
      await desk.run('resume');
      return rotation;
    }
  });

  test('happens once', async () => {
    const desk = await openHanded();
    await desk.handedOver();

    const { code, stderr } = await desk.run(`handoff ${desk.id} --yes`);

    expect(code).toBe(3);
    expect(stderr).toContain('is handed over already');
  });

  test('is offered by the wizard at the first wait, where there is a machine', async () => {
    const desk = await openCloudDesk();

    const { code, stderr } = await desk.run('', {
      answers: [
        ['Whose access key?', 'alice\r'],
        ['These hold the old key', '\r'],
        ['Go on?', '\r'],
        ['Nothing to do for', '\u001b[B\r'],
        ['Hand it over?', '\r'],
      ],
    });

    expect(code).toBe(0);
    expect(stderr).toContain('let Step Functions wait');
    expect(desk.steered()).toEqual(['StartExecution']);
    expect((await desk.run('status --json')).json().rotations).toMatchObject([
      { engine: 'stepfunctions', outcome: 'waiting', execution: desk.execution(1) },
    ]);
  });

  test('needs no more than keyturn policy handoff prints', async () => {
    const policy = await printed('policy handoff --user alice');
    const desk = await openCloudDesk({ policies: [policy as PolicyDocument], shipped: { consumers: [] } });
    await desk.byAdministrator(`rotate --user alice --to ${desk.place} --yes`);

    const { code, stderr } = await desk.run('handoff --yes');

    expect({ code, denied: stderr.includes('denied') }).toEqual({ code: 0, denied: false });
  });
});

describe('a rotation that was handed over', () => {
  test('is run there alone: resume here only looks', async () => {
    const desk = await openHanded();
    await desk.handedOver();
    const from = desk.sandbox.requests.length;

    const one = await desk.run(`resume ${desk.id} --json`);
    const all = await desk.run('resume --all --json');

    expect(one.json()).toMatchObject({ engine: 'stepfunctions', outcome: 'waiting' });
    expect(all.json()).toEqual({ rotations: [] });
    expect(desk.changes(from).filter((one) => !/^Describe/.test(one))).toEqual([]);
  });

  test('is steered from here', async () => {
    const desk = await openHanded();
    await desk.handedOver();

    const { code, json } = await desk.run(`proceed ${desk.id} --yes --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace', engine: 'stepfunctions' });
    expect(desk.left().keys).toEqual(['old Inactive', 'new Active']);
  });

  test.each(['status', 'resume --all', 'resume'])('has ended there: %s empties the vault here', async (command) => {
    const desk = await openHanded();
    await desk.handedOver();
    await desk.run(`proceed ${desk.id} --yes`);
    await desk.pass(fortnight);
    for (;;) {
      if ((await desk.describe(1)).status !== 'RUNNING') break;
    }

    const { code, stdout } = await desk.run(`${command} --json`);
    const again = await desk.run('status --json');

    expect(code).toBe(0);
    expect(stdout).toContain('"outcome": "rotated"');
    expect(desk.left()).toEqual({ keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' });
    expect(again.json().rotations).toEqual([]);
  });

  test('that was stopped there goes on there, and is not due again and again before that', async () => {
    const desk = await openHanded();
    await desk.handedOver();
    await desk.stopExecution(1);

    const first = await desk.run('resume --all --json');
    const second = await desk.run('resume --all --json');
    const { code, json } = await desk.run(`resume ${desk.id} --json`);

    expect([first.code, first.json().rotations.length]).toEqual([5, 1]);
    expect([second.code, second.json().rotations.length]).toEqual([0, 0]);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet', execution: desk.execution(2) });
    expect(desk.record(desk.id)).toMatchObject({ outcome: null, execution: desk.execution(2) });
  });

  test('S17 of the key that signs is looked at with its successor', async () => {
    const desk = await openCloudDesk({ shipped: { administrators: ['alice'], consumers: [] } });
    desk.account.setPolicies('alice', [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    ]);
    const [own] = desk.keys;
    Object.assign(desk.env, { AWS_ACCESS_KEY_ID: own?.accessKeyId, AWS_SECRET_ACCESS_KEY: own?.secretAccessKey });
    await desk.run(`rotate --to ${desk.place} --yes`);
    const from = desk.sandbox.requests.length;

    await desk.run('handoff --yes');
    await desk.run('status');
    const { code } = await desk.run('proceed --yes');

    expect(code).toBe(0);
    expect(desk.sandbox.requests.slice(from).map(({ accessKeyId }) => accessKeyId)).not.toContain(own?.accessKeyId);
  });

  test.each(['awaitQuiet', 'awaitGrace'])('goes back from %s: there the key, here the places', async (park) => {
    const desk = await openHanded();
    await desk.handedOver();
    if (park === 'awaitGrace') await desk.run(`proceed ${desk.id} --yes`);

    const { code, json } = await desk.run(`rollback ${desk.id} --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({
      outcome: 'rolledBack',
      consumers: [{ spec: desk.place, state: 'restored' }],
      hint: expect.stringContaining('keyturn retire'),
    });
    expect(desk.left()).toEqual({ keys: ['old Active', 'new Active'], claims: 0, vault: [], locks: [], holds: 'old' });
    expect((await desk.describe(1)).status).toBe('SUCCEEDED');
  });

  test('that went back there by itself is not over here: the places are named, and given back by rollback', async () => {
    const desk = await openHanded();
    await desk.handedOver();
    await desk.answer(1, 'rollBack');
    for (;;) {
      if ((await desk.describe(1)).status !== 'RUNNING') break;
    }

    const status = (await desk.run('status --json')).json().rotations[0];
    const { code } = await desk.run('rollback --json');

    expect(status).toMatchObject({ outcome: 'stuck', consumers: [{ spec: desk.place, state: 'delivered' }] });
    expect(status?.hint).toContain(`keyturn rollback ${desk.id}`);
    expect(code).toBe(0);
    expect(desk.left()).toMatchObject({ claims: 0, vault: [], holds: 'old' });
  });

  test('S1 is reactivated even where Step Functions cannot be asked', async () => {
    const desk = await openHanded();
    await desk.handedOver();
    await desk.run(`proceed ${desk.id} --yes`);
    const mend = desk.sandbox.fault({ operation: 'states:*', call: 'every', kind: 'accessDenied' });

    const { code, json } = await desk.run(`rollback ${desk.id} --json`);
    const between = desk.left();
    mend();
    const again = await desk.run(`rollback ${desk.id} --json`);

    expect(code).toBe(5);
    expect(json().reason).toContain('the old key is active; Step Functions could not be told');
    expect(between.keys).toEqual(['old Active', 'new Active']);
    expect(again.code).toBe(0);
    expect(desk.left()).toMatchObject({ claims: 0, holds: 'old' });
  });

  test('that never arrived there goes back from here, once it can not arrive any more', async () => {
    const desk = await openHanded();
    desk.sandbox.fault({ operation: 'states:StartExecution', call: 'every', kind: 'reset' });
    await desk.handedOver();

    const early = await desk.run(`rollback ${desk.id} --json`);
    await desk.pass(1);
    const late = await desk.run(`rollback ${desk.id} --json`);

    expect(early.code).toBe(5);
    expect(early.json().reason).toContain('may still arrive');
    expect(late).toMatchObject({ code: 0 });
    expect(late.json()).toMatchObject({ outcome: 'rolledBack', engine: 'local' });
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0, vault: [], holds: 'old' });
  });
});

test('keyturn demo --engine stepfunctions shows it, with nothing installed', async () => {
  const desk = await openCloudDesk();
  const from = desk.sandbox.requests.length;

  const { code, json, stderr } = await desk.run('demo --engine stepfunctions --json');

  expect(code).toBe(0);
  expect(json()).toMatchObject({ outcome: 'rotated', engine: 'stepfunctions', user: 'shop' });
  expect(stderr).toContain('This machine could be switched off now.');
  expect(stderr).toContain('keyturn aboutToDelete: shop');
  expect(desk.sandbox.requests.slice(from)).toEqual([]);
  expect(desk.stateFiles()).toBeNull();
});
