// A sweep and what comes of it: the sweep and the execution that it begins go by the same plan.
import { expect, test } from 'vitest';
import { createSweepFunctions } from '../../src/lambda/sweep/functions.ts';
import { createCloud, region } from '../support/cloud.ts';
import { openSweep } from '../support/sweep.ts';

test('what the sweep begins is rotated to the end, and the next sweep has nothing to do', async () => {
  const cloud = await createCloud();
  const { aws } = cloud.parts;
  const deployment = {
    ...cloud.parts.deployment,
    KEYTURN_STATE_MACHINE: cloud.stateMachineArn,
    KEYTURN_MODE: 'rotate',
  };
  const functions = createSweepFunctions({ ...cloud.parts, deployment });
  const sweep = async (name: string) => {
    const listed = await functions.listUsers({ sweep: name, startedAt: '2026-12-06T10:00:00Z' });
    await functions.decide({ folder: listed.folder, user: { name: 'alice', keys: null } });
    return functions.report(listed);
  };
  const machines = aws.stateMachines(region);

  const first = await sweep('first');
  while ((await machines.list(cloud.stateMachineArn, 'RUNNING')).length > 0);
  const second = await sweep('second');

  expect([first.started, second.started, second.young]).toEqual([1, 0, 1]);
  expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
  expect((await machines.list(cloud.stateMachineArn)).map(({ name, status }) => `${name} ${status}`)).toEqual([
    `${cloud.oldKey}-1 SUCCEEDED`,
  ]);
});

test('three hundred users, while AWS refuses every tenth list of keys as one too many', async () => {
  const { sweep, user, sandbox, executions } = await openSweep();
  for (let number = 0; number < 300; number++) user(`app-${number}`, { age: number % 10 === 0 ? 70 : 20 });
  sandbox.fault({ operation: 'ListAccessKeys', call: (call) => call % 10 === 0, kind: 'throttled' });

  const { report, metrics } = await sweep();

  expect(report.counts).toMatchObject({ started: 30, young: 270, notJudged: 0 });
  expect(report.findings).toEqual([]);
  expect(metrics).toMatchObject({ RotationsOpen: 30, SweepCompleted: 1 });
  expect(await executions()).toHaveLength(30);
});
