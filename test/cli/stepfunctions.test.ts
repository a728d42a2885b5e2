// Rotations that Step Functions runs, begun and steered from the command line: the real functions under the real definition.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import { openDesk } from '../support/cli.ts';
import { openCloudDesk } from '../support/cloud-desk.ts';
import { printed, without } from '../support/printed-policy.ts';
import { remoteShape } from '../support/shape.ts';

const rotate = 'rotate --user alice --engine stepfunctions';
const week = 7 * 24;
const elsewhere = 'arn:aws:states:eu-west-1:210987654321:stateMachine:keyturn';

async function waiting(
  desk: Awaited<ReturnType<typeof openCloudDesk>>,
  park: 'awaitQuiet' | 'awaitGrace' = 'awaitQuiet',
) {
  const { rotation } = (await desk.run(`${rotate} --yes --json`)).json();
  if (park === 'awaitGrace') await desk.run(`proceed ${rotation} --yes`);
  return rotation ?? '';
}

describe('keyturn rotate --engine stepfunctions', () => {
  test('starts an execution and shows it to its first wait', async () => {
    const desk = await openCloudDesk();

    const { code, json, stderr } = await desk.run(`${rotate} --yes --json`);

    expect(code).toBe(0);
    expect(json()).toEqual(remoteShape);
    expect(json()).toMatchObject({
      engine: 'stepfunctions',
      execution: desk.execution(1),
      outcome: 'waiting',
      state: 'awaitQuiet',
      oldKey: desk.ids[0],
      newKey: desk.newKey(),
      consumers: [{ spec: 'secretsmanager:app/alice#region=eu-west-1', state: 'delivered' }],
    });
    expect(stderr).toContain('✔ every place holds the new key');
    expect(desk.held()).toBe(desk.newKey());
    expect(desk.stateFiles()).toBeNull();
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 1 });
  });

  test('is followed to its end with --wait', async () => {
    const short = { quietFor: '20m', grace: '20m', watchLimit: '2h', unproven: 'proceed' };
    const desk = await openCloudDesk({ shipped: short });

    const { code, json } = await desk.run(`${rotate} --yes --wait --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rotated', state: 'rotated', until: null });
    expect(desk.left()).toMatchObject({ keys: ['new Active'], claims: 0 });
    expect(desk.told()?.at(-1)).toBe('rotated');
  });

  test('shows beforehand what the policy there says, and asks', async () => {
    const desk = await openCloudDesk({ shipped: { quietFor: '9d' } });

    const { code, stderr } = await desk.run(rotate, { answers: [['Go on?', 'n\r']] });

    expect(code).toBe(2);
    expect(stderr).toContain('until it was unused for 9 days');
    expect(stderr).toContain(`by the policy that was shipped with ${desk.machine}`);
    expect(desk.changes()).toEqual(expect.not.arrayContaining(['StartExecution']));
  });

  test('--dry-run asks for nothing and starts nothing', async () => {
    const desk = await openCloudDesk();

    const { code, json } = await desk.run(`${rotate} --dry-run --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ engine: 'stepfunctions', outcome: 'planned', rotation: null });
    expect(json().plan?.map(({ state }) => state)).toContain('deliverKey');
    expect(desk.steered()).toEqual([]);
  });

  test('S28 a flag that says something else than the policy there is exit 2, and named', async () => {
    const desk = await openCloudDesk({ shipped: { quietFor: '9d' } });

    const { code, stderr } = await desk.run(
      `${rotate} --yes --quiet-for 9d --grace 2d --vault file --allow-smtp --to ${desk.place}`,
    );

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: the policy that was shipped says otherwise for alice: --grace 2d \(there 7 days\), /,
    );
    expect(stderr).toContain('--vault file (there secretsmanager), --allow-smtp');
    expect(stderr).toContain(`--to ${desk.place} (not there), --to without secretsmanager:app/alice`);
    expect(stderr).not.toContain('--quiet-for');
    expect(desk.steered()).toEqual([]);
  });

  test('a place in the policy there that only a machine of somebody’s own reaches is refused', async () => {
    const desk = await openCloudDesk({ shipped: { consumers: ['credentials-file:default@/root/.aws/credentials'] } });

    const { code, stderr } = await desk.run(`${rotate} --yes`);

    expect(code).toBe(3);
    expect(stderr).toContain('is a place that Step Functions cannot reach');
    expect(stderr).toContain('from there: secretsmanager, ssm');
  });

  test('S33 the next attempt is another execution', async () => {
    const desk = await openCloudDesk();
    await waiting(desk);
    await desk.run('rollback --engine stepfunctions');
    await desk.run(
      `retire --user alice --key ${desk.newKey()} --new-key ${desk.ids[0]} --yes --quiet-for 1s --grace 1s --wait`,
    );

    const { json } = await desk.run(`${rotate} --yes --json`);

    expect(json().execution).toBe(desk.execution(2));
  });

  test('a user who is being rotated there is not rotated again', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk);

    const there = await desk.run(`${rotate} --yes`);
    const here = await desk.run(`rotate --user alice --to ${desk.place} --yes`);

    expect([there.code, here.code]).toEqual([3, 3]);
    expect(there.stderr).toContain(`alice is being rotated already: rotation ${id}`);
    expect(desk.steered()).toEqual(['StartExecution']);
  });

  test('Ctrl-C leaves it running, and says so', async () => {
    const desk = await openCloudDesk();
    const interrupt = new AbortController();
    desk.sandbox.onRequest(({ operation }) => {
      if (operation === 'GetExecutionHistory') interrupt.abort(Object.assign(new Error('no'), { name: 'AbortError' }));
    });

    const { code, json } = await desk.run(`${rotate} --yes --wait --json`, { interrupt });
    await desk.run('status');

    expect(code).toBe(130);
    expect(json()).toMatchObject({ outcome: 'stopped', reason: 'interrupted; it goes on in Step Functions' });
    expect(desk.steered()).toEqual(['StartExecution']);
  });

  test('S17 whoever rotates their own key does not watch it with that key', async () => {
    const desk = await openCloudDesk({ shipped: { administrators: ['alice'] } });
    desk.account.setPolicies('alice', [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    ]);
    desk.env.AWS_ACCESS_KEY_ID = desk.keys[0]?.accessKeyId;
    desk.env.AWS_SECRET_ACCESS_KEY = desk.keys[0]?.secretAccessKey;

    const { code, stderr, json } = await desk.run('rotate --engine stepfunctions --yes --wait --json');

    expect(code).toBe(0);
    expect(stderr).toContain("these credentials are alice's own: look at it with others");
    expect(json()).toMatchObject({ outcome: 'waiting', execution: desk.execution(1) });
  });
});

describe('the state machine', () => {
  test('is asked for where there is no parameter', async () => {
    const desk = await openCloudDesk({ isFound: false });

    const { code, stderr } = await desk.run(`${rotate} --yes`);

    expect(code).toBe(2);
    expect(stderr).toContain('which state machine? there is no parameter /keyturn/state-machine in eu-west-1');
    expect(stderr).toContain('--state-machine');
  });

  test('is the flag’s, or that of a policy file which is named, before the parameter', async () => {
    const desk = await openCloudDesk();
    writeFileSync(join(desk.cwd, 'mine.yaml'), `defaults:\n  stateMachine: ${elsewhere}\n`, { mode: 0o600 });

    const byFile = await desk.run(`${rotate} --yes --config mine.yaml`);
    const byFlag = await desk.run(`${rotate} --dry-run --config mine.yaml --state-machine ${desk.machine}`);

    expect(byFile.code).toBe(3);
    expect(byFile.stderr).toContain(
      'these credentials belong to account 123456789012, the state machine to 210987654321',
    );
    expect(byFlag.code).toBe(0);
  });

  test('S30 is not taken from a policy file that was only found', async () => {
    const desk = await openCloudDesk();
    writeFileSync(join(desk.cwd, 'keyturn.yaml'), `defaults:\n  stateMachine: ${elsewhere}\n`, { mode: 0o600 });

    const { code, stderr } = await desk.run(`${rotate} --yes`);

    expect(code).toBe(2);
    expect(stderr).toContain('a state machine in a file that was only found');
  });

  test('S9 is not the one of another account', async () => {
    const desk = await openCloudDesk();

    const { code, stderr } = await desk.run(`${rotate} --yes --state-machine ${elsewhere}`);

    expect(code).toBe(3);
    expect(stderr).toContain('nothing was changed');
  });
});

describe('keyturn status', () => {
  test('shows what runs there beside what runs here', async () => {
    const desk = await openCloudDesk();
    const there = await waiting(desk);
    const bob = desk.account.createUser({ name: 'bob', keys: [{ createdAt: '2026-06-01T08:00:00Z' }] }).keys[0];
    if (bob) desk.addProfile('bob', bob);
    const here = (await desk.run(`rotate --user bob --to credentials-file:bob --yes --json`)).json();

    const { code, json } = await desk.run('status --json');

    expect(code).toBe(0);
    expect(json().rotations.map(({ rotation, engine, outcome }) => [rotation, engine, outcome])).toEqual([
      [here.rotation, 'local', 'waiting'],
      [there, 'stepfunctions', 'waiting'],
    ]);
    expect((await desk.run('status --user bob --json')).json().rotations).toHaveLength(1);
    expect((await desk.run('status --engine local --json')).json().rotations).toHaveLength(1);
  });

  test.each([
    ['its id', ({ rotation }: { rotation: string }) => rotation],
    ['the beginning of its id', ({ rotation }: { rotation: string }) => rotation.slice(0, 8)],
    ['its execution’s ARN', ({ arn }: { arn: string }) => arn],
    ['its execution’s name', ({ arn }: { arn: string }) => arn.split(':').at(-1)],
  ])('finds one by %s, while it runs and when it has ended', async (_, named) => {
    const desk = await openCloudDesk();
    const id = named({ rotation: await waiting(desk), arn: desk.execution(1) });

    const running = (await desk.run(`status ${id} --json`)).json().rotations;
    await desk.run(`rollback ${id}`);
    const ended = (await desk.run(`status ${id} --json`)).json().rotations;

    expect([running[0]?.outcome, ended[0]?.outcome]).toEqual(['waiting', 'rolledBack']);
  });

  test('--all shows the ended ones there as well, where it is asked for them', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk);
    await desk.run(`rollback ${id}`);

    const plain = (await desk.run('status --all --json')).json().rotations;
    const asked = (await desk.run('status --all --engine stepfunctions --json')).json().rotations;

    expect(plain).toEqual([]);
    expect(asked).toMatchObject([{ rotation: id, outcome: 'rolledBack', execution: desk.execution(1) }]);
  });

  test('is none the worse where nobody may look there, unless that was asked for', async () => {
    const desk = await openCloudDesk();
    await waiting(desk);
    desk.sandbox.fault({ operation: 'ssm:GetParameter', call: 'every', kind: 'accessDenied' });

    const plain = await desk.run('status');
    const asked = await desk.run('status --engine stepfunctions');

    expect(plain).toMatchObject({ code: 0, stdout: 'no open rotations\n', stderr: '' });
    expect(asked.code).toBe(3);
    expect(asked.stderr).toContain('ssm:GetParameter is denied');
  });

  test('says which ids there are where there is none of that id', async () => {
    const desk = await openCloudDesk();

    const { code, stderr } = await desk.run('status rot-nobody');

    expect(code).toBe(2);
    expect(stderr).toContain('no rotation has the id rot-nobody');
  });
});

describe('keyturn proceed', () => {
  test('ends the watch there', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk);

    const { code, json } = await desk.run(`proceed ${id} --yes --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace' });
    expect(desk.left().keys).toEqual(['old Inactive', 'new Active']);
  });

  test('S4 ends the grace only with --delete-now', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk, 'awaitGrace');

    const without = await desk.run(`proceed ${id} --yes`);
    const before = desk.left();
    const withIt = await desk.run(`proceed ${id} --yes --delete-now --json`);

    expect(without.code).toBe(2);
    expect(before.keys).toEqual(['old Inactive', 'new Active']);
    expect(withIt.json().outcome).toBe('rotated');
    expect(desk.left()).toMatchObject({ keys: ['new Active'], claims: 0 });
  });

  test('S4 a wait that ended in the meantime is not another one’s', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk);
    desk.sandbox.onRequest(async ({ phase, operation }) => {
      if (phase !== 'before' || operation !== 'SendTaskSuccess') return;
      await desk.pass(week + 6);
    });

    const { code, stderr } = await desk.run(`proceed ${id} --yes`);

    expect(code).toBe(3);
    expect(stderr).toContain(`that wait of rotation ${id} was ended already`);
  });
});

describe('keyturn rollback', () => {
  test('goes back there', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk, 'awaitGrace');

    const { code, json } = await desk.run(`rollback ${id} --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rolledBack', engine: 'stepfunctions' });
    expect(desk.held()).toBe(desk.ids[0]);
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0 });
  });

  test('S1 makes the old key active before anything else', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk, 'awaitGrace');
    const from = desk.sandbox.requests.length;

    await desk.run(`rollback ${id}`);

    expect(desk.changes(from).filter((one) => one !== 'DescribeExecution')[0]).toBe('UpdateAccessKey');
  });

  test('--only-reactivate sends it back to watching', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk, 'awaitGrace');

    const { code, json } = await desk.run(`rollback ${id} --only-reactivate --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
    expect(desk.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('waits for the step in hand to end, and stops one that never ends', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk);
    const mend = desk.hang('checkHealth');
    await desk.answer(1, 'proceed');
    while ((await desk.run(`status ${id} --json`)).json().rotations[0]?.state !== 'checkHealth');
    desk.sandbox.onRequest(({ operation }) => {
      if (operation === 'StopExecution') mend();
    });

    const { code, json, stderr } = await desk.run(`rollback ${id} --json`);

    expect(code).toBe(0);
    expect(stderr).toContain('it is at checkHealth; waiting for that to end');
    expect(json()).toMatchObject({ outcome: 'rolledBack', execution: desk.execution(2) });
    expect((await desk.describe(1)).status).toBe('ABORTED');
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0 });
  });

  test('is too late once the old key is deleted', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk, 'awaitGrace');
    await desk.run(`proceed ${id} --yes --delete-now`);

    const { code, stderr } = await desk.run(`rollback ${id}`);

    expect(code).toBe(3);
    expect(stderr).toContain('is over: rotated');
  });
});

describe('keyturn resume', () => {
  test('goes on with what was stopped, as another execution', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk);
    await desk.stopExecution(1);

    const stopped = (await desk.run(`status ${id} --json`)).json().rotations[0];
    const { code, json } = await desk.run(`resume ${id} --json`);

    expect(stopped).toMatchObject({ outcome: 'stuck', reason: 'the execution was stopped: enough' });
    expect(code).toBe(0);
    expect(json()).toMatchObject({ rotation: id, outcome: 'waiting', execution: desk.execution(2) });
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 1 });
  });

  test.each(['resume', 'rollback'])(
    'or rollback knows one by its claim whose claimUser never answered: %s',
    async (command) => {
      const desk = await openCloudDesk();
      desk.sandbox.onRequest(async ({ phase, operation }) => {
        if (phase === 'after' && operation === 'TagUser') await desk.stopExecution(1);
      });
      const begun = await desk.run(`${rotate} --yes --json`);

      const { code, json } = await desk.run(`${command} ${desk.execution(1)} --json`);

      expect(begun.code).toBe(5);
      expect(code).toBe(0);
      expect(json()).toMatchObject({ outcome: command === 'resume' ? 'waiting' : 'rolledBack' });
      expect(json().rotation).toBe(begun.json().rotation);
    },
  );

  test('takes no exceptions: what holds there is in the policy', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk);

    const { code, stderr } = await desk.run(`resume ${id} --watch-limit 60d`);

    expect(code).toBe(2);
    expect(stderr).toContain('--watch-limit cannot be kept in Step Functions');
  });

  test('a stopped one can go back, too', async () => {
    const desk = await openCloudDesk();
    const id = await waiting(desk, 'awaitGrace');
    await desk.stopExecution(1);

    const { code, json } = await desk.run(`rollback ${id} --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rolledBack', execution: desk.execution(2) });
    expect(desk.held()).toBe(desk.ids[0]);
  });
});

test('keyturn release leaves the claim of a rotation that runs there, and clears it once that was stopped', async () => {
  const desk = await openCloudDesk();
  const id = await waiting(desk);

  const running = await desk.run(`release ${id} --user alice --yes`);
  await desk.stopExecution(1);
  const stopped = await desk.run(`release ${id} --user alice --yes`);

  expect(running.code).toBe(3);
  expect(running.stderr).toContain(`Step Functions runs rotation ${id}, so its claim is not dead`);
  expect(stopped.code).toBe(0);
  expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0 });
});

test('keyturn retire runs its second half there', async () => {
  const desk = await openCloudDesk({
    keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-11-01T08:00:00Z' }],
    shipped: { consumers: [] },
  });
  const [old, other] = desk.ids;

  const { code, json } = await desk.run(
    `retire --user alice --key ${old} --new-key ${other} --engine stepfunctions --yes --json`,
  );

  expect(code).toBe(0);
  expect(json()).toMatchObject({ engine: 'stepfunctions', outcome: 'waiting', state: 'awaitQuiet', newKey: other });
});

describe('keyturn policy … --engine stepfunctions', () => {
  const arrange = async (document: PolicyDocument, begun: boolean) => {
    const desk = await openCloudDesk({ policies: [document] });
    if (begun) await desk.byAdministrator(`${rotate} --yes`);
    return desk;
  };

  test.each([
    ['rotate', `${rotate} --yes`],
    ['status', 'status --engine stepfunctions'],
    ['resume', 'resume --engine stepfunctions'],
    ['proceed', 'proceed --engine stepfunctions --yes'],
    ['rollback', 'rollback --engine stepfunctions'],
  ])('is enough to %s', async (name, command) => {
    const policy = await printed(`policy ${name} --engine stepfunctions --user alice`);
    const desk = await arrange(policy as PolicyDocument, name !== 'rotate');

    const { code, stderr } = await desk.run(command);

    expect({ code, stderr: stderr.includes('denied') }).toEqual({ code: 0, stderr: false });
  });

  test('has no action that is not needed', async () => {
    const policy = await printed('policy rotate --engine stepfunctions --user alice');
    const actions = policy.Statement.flatMap(({ Action }) => Action).filter((one) => /^(?:states|ssm):/.test(one));

    for (const action of actions) {
      const desk = await arrange(without(action, policy), false);
      const { stderr } = await desk.run(`${rotate} --yes`);
      expect(stderr).toContain(`${action} is denied`);
    }
    expect(actions).toHaveLength(4);
  });

  test('names the machine where it is given', async () => {
    const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn';

    const { Statement } = await printed(`policy rotate --engine stepfunctions --state-machine ${machine}`);

    expect(Statement.filter(({ Sid }) => Sid.startsWith('Machine'))).toEqual([
      { Sid: 'Machine1', Effect: 'Allow', Action: ['states:StartExecution'], Resource: [machine] },
      {
        Sid: 'Machine2',
        Effect: 'Allow',
        Action: ['states:DescribeExecution', 'states:GetExecutionHistory'],
        Resource: ['arn:aws:states:eu-west-1:123456789012:execution:keyturn:*'],
      },
      {
        Sid: 'Machine3',
        Effect: 'Allow',
        Action: ['ssm:GetParameter'],
        Resource: ['arn:aws:ssm:eu-west-1:*:parameter/keyturn/policy'],
      },
    ]);
  });

  test('has nothing to say of a command that never goes there', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run('policy find --engine stepfunctions');

    expect(code).toBe(2);
    expect(stderr).toContain('--engine stepfunctions adds nothing for keyturn find');
  });
});
