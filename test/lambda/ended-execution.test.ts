// What becomes of a rotation whose execution ended in a way that nothing in it could catch: told, and mended where that is safe.
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { ExecutionState } from '../../src/lambda/contract.ts';
import { make } from '../../src/lambda/ended-execution.ts';
import { type Cloud, createCloud, user } from '../support/cloud.ts';

async function openCloud(options: Parameters<typeof createCloud>[0] = {}) {
  const cloud = await createCloud(options);
  cloud.parts.deployment.KEYTURN_STATE_MACHINE = cloud.stateMachineArn;
  return cloud;
}

/** As EventBridge hands it over (Step Functions Developer Guide, "Standard Workflow event"). */
function statusChange(cloud: Cloud, executionArn: string, status: string) {
  return {
    version: '0',
    id: '315c1398-40ff-a850-213b-158f73e60175',
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: '123456789012',
    time: '2026-12-06T10:00:00Z',
    region: 'us-east-1',
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn: cloud.stateMachineArn,
      name: executionArn.split(':').at(-1),
      status,
      startDate: 1796551200000,
      stopDate: 1796551200001,
      input: '{}',
      inputDetails: { included: true },
      output: null,
      outputDetails: null,
    },
  };
}

type Waits = 'awaitQuiet' | 'awaitGrace';

/** The execution is stopped by somebody as soon as it is in this wait. */
async function stoppedIn(cloud: Cloud, wait: Waits, meanwhile = async () => {}) {
  const own = cloud.functions[wait];
  cloud.sandbox.functions.register(wait, async (event: { context: ExecutionState }) => {
    cloud.sandbox.functions.register(wait, own as never);
    await meanwhile();
    await cloud.sfn.send(new StopExecutionCommand({ executionArn: event.context.execution.id }));
  });
  const { executionArn, state } = await cloud.run();
  const rotation: string = (state.context ?? state).claimUser.base.rotation;
  return { executionArn, rotation };
}

async function reported(cloud: Cloud, executionArn: string, status = 'ABORTED') {
  const before = cloud.sandbox.published.length;
  await make(cloud.parts)(statusChange(cloud, executionArn, status));
  return cloud.sandbox.published.slice(before);
}

const noticeIn = (message: string) => JSON.parse(message.slice(message.indexOf('{')));

test('S2 stopped in the grace: the old key is active again, and how to go on or back is told', async () => {
  const cloud = await openCloud();
  const { executionArn, rotation } = await stoppedIn(cloud, 'awaitGrace');

  const [message, ...more] = await reported(cloud, executionArn);

  expect(cloud.left()).toEqual({
    keys: ['old Active', 'new Active'],
    claims: [`keyturn:claim:${rotation}`],
    secrets: [`keyturn/seal/${rotation}`, `keyturn/vault/${rotation}`],
    place: 'new',
  });
  expect(more).toEqual([]);
  expect(noticeIn(message?.message ?? '')).toMatchObject({
    event: 'stuck',
    user,
    rotation,
    what: expect.stringMatching(/^execution run-1 was stopped; nobody was left to look .* so it is active again$/),
    command: `keyturn resume ${rotation} --engine stepfunctions`,
    details: {
      oldKey: cloud.oldKey,
      newKey: cloud.newKey(),
      undo: `keyturn rollback ${rotation} --engine stepfunctions`,
    },
  });
});

test('told twice, the key is made active once, and the second time only what is true is said', async () => {
  const cloud = await openCloud();
  const { executionArn } = await stoppedIn(cloud, 'awaitGrace');
  await reported(cloud, executionArn);
  const before = cloud.changes().length;

  const [message] = await reported(cloud, executionArn);

  expect(cloud.changes().slice(before)).toEqual([]);
  expect(noticeIn(message?.message ?? '').what).toBe(
    'execution run-1 was stopped; nothing was changed: the old key is active',
  );
});

test('a rotation that was mended is finished by another execution', async () => {
  const cloud = await openCloud();
  const { executionArn, rotation } = await stoppedIn(cloud, 'awaitGrace');
  await reported(cloud, executionArn);
  // Somebody uses the new key: silence alone would prove nothing after all this time.
  const told = cloud.functions.awaitQuiet;
  cloud.sandbox.functions.register('awaitQuiet', async (event) => {
    await cloud.clock.advance(3_600_000);
    cloud.account.use(cloud.newKey());
    return told(event as never);
  });

  const { ended } = await cloud.run({ user, rotation }, 'again');

  expect(ended).toBe('rotated');
  expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
});

test('S2 an error that no Catch sees, in the grace, is mended like a stop', async () => {
  const cloud = await openCloud();
  cloud.sandbox.functions.register('checkHealth', async () => ({ verdict: 'healthy' }));

  const { executionArn, status, error } = await cloud.run();
  await reported(cloud, executionArn, 'FAILED');

  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
  expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
});

describe('S8 the old key is left as it is, and that is told, where', () => {
  test('nothing was deactivated yet', async () => {
    const cloud = await openCloud();
    const { executionArn } = await stoppedIn(cloud, 'awaitQuiet');
    const before = cloud.changes().length;

    const [message] = await reported(cloud, executionArn);

    expect(cloud.changes().slice(before)).toEqual([]);
    expect(noticeIn(message?.message ?? '').what).toContain('nothing was changed: the old key is active');
  });

  test('somebody else deactivated it while it was watched', async () => {
    const cloud = await openCloud();
    const { executionArn } = await stoppedIn(cloud, 'awaitQuiet');
    cloud.account.setStatus(cloud.oldKey, 'Inactive');

    const [message] = await reported(cloud, executionArn);

    expect(cloud.left().keys).toEqual(['old Inactive', 'new Active']);
    expect(noticeIn(message?.message ?? '').what).toContain('nothing was changed: no deactivation is recorded');
  });

  test('the execution ended as stuck', async () => {
    const cloud = await openCloud();
    cloud.sandbox.functions.register('awaitGrace', () => Promise.reject(new Error('no')));

    const { executionArn, error } = await cloud.run();
    const [message] = await reported(cloud, executionArn, 'FAILED');

    expect(error).toBe('Stuck');
    expect(cloud.left().keys).toEqual(['old Inactive', 'new Active']);
    const notice = noticeIn(message?.message ?? '');
    expect(notice.what).toContain('judged before it ended');
    expect(notice.details.reactivate).toBe(
      `aws iam update-access-key --user-name alice --access-key-id ${cloud.oldKey} --status Active`,
    );
  });

  test('AWS quarantined the user for a leaked key', async () => {
    const cloud = await openCloud();
    const { executionArn } = await stoppedIn(cloud, 'awaitGrace');
    cloud.account.setAttachedPolicies(user, ['AWSCompromisedKeyQuarantineV3']);

    const [message] = await reported(cloud, executionArn);

    expect(cloud.left().keys).toEqual(['old Inactive', 'new Active']);
    expect(message?.message).toContain('AWS quarantined alice');
  });

  test('a person made it active by hand, and somebody deactivated it again', async () => {
    const cloud = await openCloud();
    const { aws } = cloud.parts;
    let looks = 0;
    const look = cloud.functions.checkHealth;
    cloud.sandbox.functions.register('checkHealth', async (state) => {
      looks += 1;
      if (looks === 2) await aws.setKeyStatus(user, cloud.oldKey, 'Active');
      return look(state as never);
    });
    const watched = cloud.functions.awaitQuiet;
    cloud.sandbox.functions.register('awaitQuiet', async (event: { context: ExecutionState }) => {
      if (looks < 2) {
        await watched(event as never);
        return;
      }
      await aws.setKeyStatus(user, cloud.oldKey, 'Inactive');
      await cloud.sfn.send(new StopExecutionCommand({ executionArn: event.context.execution.id }));
    });
    const { executionArn } = await cloud.run();

    const [message] = await reported(cloud, executionArn);

    expect(looks).toBe(2);
    expect(cloud.left().keys).toEqual(['old Inactive', 'new Active']);
    expect(message?.message).toContain('somebody else deactivated it again since');
  });

  test('another execution goes on with the rotation', async () => {
    const cloud = await openCloud();
    const { executionArn, rotation } = await stoppedIn(cloud, 'awaitGrace');
    cloud.sandbox.functions.register('checkHealth', () => new Promise(() => {}));
    const again = await cloud.begin({ user, rotation }, 'again');
    await cloud.until(again, 'checkHealth');

    const [message] = await reported(cloud, executionArn);

    expect(cloud.left().keys).toEqual(['old Inactive', 'new Active']);
    expect(message?.message).toContain('execution again goes on with it');
  });

  test('seal and claim do not agree', async () => {
    const cloud = await openCloud();
    const { executionArn, rotation } = await stoppedIn(cloud, 'awaitGrace');
    await cloud.parts.seal.remove(rotation);

    const [message] = await reported(cloud, executionArn);

    expect(cloud.left().keys).toEqual(['old Inactive', 'new Active']);
    expect(message?.message).toContain('claim and seal do not agree');
  });
});

test('S1 where nobody can be told the key is active again all the same, and the failure is Lambda’s to repeat', async () => {
  const cloud = await openCloud();
  const { executionArn } = await stoppedIn(cloud, 'awaitGrace');
  cloud.sandbox.fault({ operation: 'sns:*', call: 'every', kind: 'accessDenied' });

  await expect(reported(cloud, executionArn)).rejects.toThrow('sns:Publish');

  expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
});

test('a reactivation that is refused is told with the command for it, and repeated', async () => {
  const cloud = await openCloud();
  const { executionArn } = await stoppedIn(cloud, 'awaitGrace');
  const off = cloud.sandbox.fault({ operation: 'UpdateAccessKey', call: 'every', kind: 'accessDenied' });
  const before = cloud.sandbox.published.length;

  await expect(reported(cloud, executionArn)).rejects.toThrow('iam:UpdateAccessKey');

  expect(cloud.sandbox.published.slice(before).map(({ message }) => noticeIn(message).details.reactivate)).toEqual([
    `aws iam update-access-key --user-name alice --access-key-id ${cloud.oldKey} --status Active`,
  ]);
  off();
  await reported(cloud, executionArn);
  expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
});

test('an execution that never got as far as a user is told, too', async () => {
  const cloud = await openCloud();

  const { executionArn } = await cloud.run({ user: 'nobody' });
  const [message] = await reported(cloud, executionArn, 'FAILED');

  expect(noticeIn(message?.message ?? '')).toMatchObject({
    user: null,
    what: expect.stringContaining('it never got as far as a user'),
  });
});

test('one that succeeded, or belongs to another machine, is nobody’s business here', async () => {
  const cloud = await openCloud();
  const { executionArn } = await cloud.run();

  const succeeded = await reported(cloud, executionArn, 'FAILED');
  cloud.parts.deployment.KEYTURN_STATE_MACHINE = `${cloud.stateMachineArn}-other`;
  const other = await reported(cloud, executionArn, 'FAILED');

  expect([succeeded, other]).toEqual([[], []]);
});

test('an execution that died while it emptied the vault: told that the rotation is over, and what takes the rest away', async () => {
  const cloud = await openCloud();
  cloud.once('releaseUser', () => cloud.sandbox.fault({ operation: 'DeleteSecret', call: 'every', kind: 'error500' }));
  const { executionArn, state } = await cloud.run();
  cloud.sandbox.clearFaults();

  const [told] = await reported(cloud, executionArn, 'FAILED');

  const { rotation } = state.claimUser.base;
  expect(told?.message).toContain('the rotation is over (rotated), but for what it left in the vault');
  expect(told?.message).toContain(`to copy: keyturn resume ${rotation} --engine stepfunctions`);
  expect(told?.message).not.toContain('keyturn rollback');
});
