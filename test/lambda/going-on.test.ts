// Going on and going back with what an execution left: a new execution, which believes the seal and the claim and nothing else.
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { Claimed } from '../../src/lambda/contract.ts';
import type { ActivityName, ParkName } from '../../src/machine/context.ts';
import { type Cloud, createCloud, user } from '../support/cloud.ts';

/** Ends the execution from outside as soon as it is in this wait; resolves to the rotation. */
async function stoppedIn(cloud: Cloud, where: ActivityName | ParkName, input: object = { user }) {
  const name = `stopped-in-${where}`;
  const executionArn = `${cloud.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  cloud.once(where, async () => {
    await cloud.sfn.send(new StopExecutionCommand({ executionArn }));
    throw new Error('the function is ended with it');
  });
  const { status, state } = await cloud.run(input, name);
  expect(status).toBe('ABORTED');
  return (state.claimUser ?? state.context.claimUser).base.rotation as string;
}

test('stopped while it watched, the rotation is finished by another execution', async () => {
  const cloud = await createCloud();
  const rotation = await stoppedIn(cloud, 'awaitQuiet');

  const { ended } = await cloud.run({ user, rotation }, 'again');

  expect(ended).toBe('rotated');
  expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
});

describe('where reads are behind what the stopped execution wrote last', () => {
  const late = (cloud: Cloud) => {
    const { settings } = cloud.sandbox;
    Object.assign(settings, { readDelay: 8_000, staleReads: 1 });
    for (const name of ['checkOldKeyUse', 'restoreConsumers'] as const)
      cloud.once(name, () => Object.assign(settings, { readDelay: 0 }));
  };

  test('it is finished all the same: the seal', async () => {
    const cloud = await createCloud();
    const rotation = await stoppedIn(cloud, 'verifyNewKey');
    late(cloud);

    const { ended } = await cloud.run({ user, rotation }, 'again');

    expect(ended).toBe('rotated');
    expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
  });

  test('it is rolled back all the same: that the place was offered the new key', async () => {
    const cloud = await createCloud();
    const rotation = await stoppedIn(cloud, 'checkOldKeyUse');
    late(cloud);

    const { ended } = await cloud.run({ user, rotation, intent: 'rollBack' }, 'back');

    expect(ended).toBe('rolledBack');
    expect(cloud.left()).toEqual({ keys: ['old Active', 'new Active'], claims: [], secrets: [], place: 'old' });
  });
});

test('stopped in the grace, the grace ends when it would have ended', async () => {
  const cloud = await createCloud();
  const rotation = await stoppedIn(cloud, 'awaitGrace');
  const [{ graceUntil }] = [await claimed(cloud)];

  const { ended, state } = await cloud.run({ user, rotation }, 'again');

  expect(ended).toBe('rotated');
  expect(state.deleteKey.at >= graceUntil).toBe(true);
  expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
});

/** What the claim says of the deactivation, a week of grace later. */
async function claimed(cloud: Cloud) {
  const [claim = ''] = Object.values(cloud.account.tags(user)).filter((value) => value.includes('off='));
  const off = /off=(\S+)/.exec(claim)?.[1] ?? '';
  return { graceUntil: new Date(Date.parse(off) + 7 * 86_400_000).toISOString().replace('.000', '') };
}

test('S7 stopped in the grace and made active by hand, the old key is not deactivated again by itself', async () => {
  const cloud = await createCloud();
  const rotation = await stoppedIn(cloud, 'awaitGrace');
  await cloud.parts.aws.setKeyStatus(user, cloud.oldKey, 'Active');
  await cloud.clock.advance(3_600_000);
  cloud.account.use(cloud.newKey());

  const { ended, state } = await cloud.run({ user, rotation }, 'again');

  expect(ended).toBe('stuck');
  expect(state.checkOldKeyUse).toMatchObject({ verdict: 'overdue', reason: expect.stringContaining('by hand') });
  expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
});

test('S10 an execution that was overtaken stops before it changes anything', async () => {
  const cloud = await createCloud();
  const told = cloud.functions.awaitQuiet;
  cloud.sandbox.functions.register('awaitQuiet', async (event: { context: { claimUser: Claimed } }) => {
    const { rotation } = event.context.claimUser.base;
    await stoppedIn(cloud, 'awaitQuiet', { user, rotation });
    await told(event as never);
  });

  const { ended, state } = await cloud.run({ user }, 'overtaken');

  expect(ended).toBe('stuck');
  expect(state.error).toMatchObject({ Error: 'RecordError', Cause: expect.stringContaining('is behind its claim') });
  expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
});

test('S10 nor where the one that overtook it has not changed anything yet either', async () => {
  const cloud = await createCloud();
  const told = cloud.functions.awaitQuiet;
  cloud.sandbox.functions.register('awaitQuiet', async (event: { context: { claimUser: Claimed } }) => {
    const { rotation } = event.context.claimUser.base;
    await stoppedIn(cloud, 'inspectKeys', { user, rotation });
    await told(event as never);
  });

  const { ended, state } = await cloud.run({ user }, 'overtaken');

  expect([ended, state.error?.Error]).toEqual(['stuck', 'RecordError']);
  expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
});

test('a stopped rotation is rolled back by another execution: the place gets the old pair, the offered key is left', async () => {
  const cloud = await createCloud();
  const rotation = await stoppedIn(cloud, 'awaitGrace');

  const { ended } = await cloud.run({ user, rotation, intent: 'rollBack' }, 'back');

  expect(ended).toBe('rolledBack');
  expect(cloud.left()).toEqual({ keys: ['old Active', 'new Active'], claims: [], secrets: [], place: 'old' });
});

test.each(['awaitQuiet', 'awaitGrace'] as const)('a roll back is a signal to whoever is in %s', async (wait) => {
  const cloud = await createCloud({ answers: { [wait]: ['rollBack'] } });

  const { ended } = await cloud.run();

  expect(ended).toBe('rolledBack');
  expect(cloud.left()).toEqual({ keys: ['old Active', 'new Active'], claims: [], secrets: [], place: 'old' });
});

test.each(['createKey', 'verifyNewKey'] as const)(
  'stopped in %s, before any place was offered the new key, a roll back leaves everything as it was',
  async (name) => {
    const cloud = await createCloud();
    const rotation = await stoppedIn(cloud, name);

    const { ended } = await cloud.run({ user, rotation, intent: 'rollBack' }, 'back');

    expect(ended).toBe('rolledBack');
    expect(cloud.left()).toEqual({ keys: ['old Active'], claims: [], secrets: [], place: 'old' });
  },
);

test('S1 neither the policy, nor the topic, nor the bucket stands before the way back', async () => {
  const cloud = await createCloud();
  const rotation = await stoppedIn(cloud, 'awaitGrace');
  cloud.parts.policy = () => Promise.reject(new Error('there is no policy'));
  for (const operation of ['sns:*', 'ssm:*', 's3:*'])
    cloud.sandbox.fault({ operation, call: 'every', kind: 'accessDenied' });

  const { ended } = await cloud.run({ user, rotation, intent: 'rollBack' }, 'back');

  expect(ended).toBe('rolledBack');
  expect(cloud.left()).toEqual({ keys: ['old Active', 'new Active'], claims: [], secrets: [], place: 'old' });
});

test('S1 where seal and vault cannot be read the old key is active again all the same', async () => {
  const cloud = await createCloud();
  const rotation = await stoppedIn(cloud, 'awaitGrace');
  cloud.sandbox.fault({ operation: 'GetSecretValue', call: 'every', kind: 'accessDenied' });

  const { ended } = await cloud.run({ user, rotation, intent: 'rollBack' }, 'back');

  expect(ended).toBe('stuck');
  expect(cloud.left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'new' });
});

test('a rotation that AWS knows nothing of is refused, and nobody else loses a claim by it', async () => {
  const cloud = await createCloud();
  const rotation = await stoppedIn(cloud, 'awaitQuiet');

  const unknown = await cloud.run({ user, rotation: 'sfn-nobody' }, 'unknown');
  const others = await cloud.run({ user: 'administrator', rotation }, 'others');

  expect([unknown.ended, others.ended]).toEqual(['stuck', 'stuck']);
  expect(cloud.left().claims).toEqual([`keyturn:claim:${rotation}`]);
});

describe('where releaseUser dies for good half-way', () => {
  const halves = [
    ['the vault is emptied', { operation: 'DeleteSecret', call: 'every' }, 2],
    ['the seal is gone', { operation: 'DeleteSecret', call: (n: number) => n > 1 }, 1],
    ['the claim is gone', { operation: 'UntagUser', call: 'every' }, 0],
  ] as const;

  /** The rotation, ended but for what it left. */
  async function diedAtRelease(cloud: Cloud, fault: (typeof halves)[number][1]) {
    cloud.once('releaseUser', () => cloud.sandbox.fault({ ...fault, kind: 'error500' }));
    const { ended, state } = await cloud.run();
    cloud.sandbox.clearFaults();
    expect(ended).toBe('stuck');
    return state.claimUser.base.rotation as string;
  }

  test.each(halves)('before %s, another execution takes away what is left', async (_, fault, secrets) => {
    const cloud = await createCloud();
    const rotation = await diedAtRelease(cloud, fault);
    expect(cloud.left()).toMatchObject({ claims: [`keyturn:claim:${rotation}`], secrets: { length: secrets } });
    const before = cloud.changes().length;

    const { ended } = await cloud.run({ user, rotation }, 'again');

    expect(ended).toBe('rotated');
    expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
    expect(cloud.changes().slice(before)).not.toContain('UpdateAccessKey');
    expect(cloud.told().at(-1)).toBe('rotated');
    expect(await cloud.records()).toEqual([expect.stringContaining('"verdict": "rotated"')]);
  });

  test.each(['forward', 'rollBack'] as const)(
    'one that was rolled back ends so again, by the intent %s',
    async (intent) => {
      const cloud = await createCloud({ answers: { awaitGrace: ['rollBack'] } });
      const rotation = await diedAtRelease(cloud, { operation: 'DeleteSecret', call: 'every' });

      const { ended } = await cloud.run({ user, rotation, intent }, 'again');

      expect(ended).toBe('rolledBack');
      expect(cloud.left()).toEqual({ keys: ['old Active', 'new Active'], claims: [], secrets: [], place: 'old' });
    },
  );

  test('S28 a tag on one user takes nothing away from a rotation of another', async () => {
    const cloud = await createCloud();
    const rotation = await stoppedIn(cloud, 'awaitQuiet');
    const { claims, secrets } = cloud.left();
    const tags = { [`keyturn:claim:${rotation}`]: 'released 2026-12-06T10:00:00Z rotated' };
    cloud.account.createUser({ name: 'mallory', tags });

    const { ended } = await cloud.run({ user: 'mallory', rotation }, 'mallory');

    expect(ended).toBe('stuck');
    expect(cloud.left()).toMatchObject({ claims, secrets });
    expect(secrets).toEqual([`keyturn/seal/${rotation}`, `keyturn/vault/${rotation}`]);
  });

  test.each([
    ['awaitQuiet', 'rotated', 'both keys are active'],
    ['awaitGrace', 'rolledBack', 'the old key is inactive'],
    ['awaitQuiet', 'refused', 'a key was made'],
  ] as const)('S27 stopped in %s, a tag that says %s is not believed: %s', async (stop, verdict, _why) => {
    const cloud = await createCloud();
    const rotation = await stoppedIn(cloud, stop);
    const { secrets } = cloud.left();
    const said = `released 2026-12-06T10:00:00Z ${verdict} keys=${cloud.oldKey}`;
    cloud.account.setTags(user, { [`keyturn:claim:${rotation}`]: said });

    const { ended } = await cloud.run({ user, rotation }, 'forged');

    expect(ended).toBe('stuck');
    expect(cloud.left()).toMatchObject({ claims: [`keyturn:claim:${rotation}`], secrets });
    expect(secrets).toEqual([`keyturn/seal/${rotation}`, `keyturn/vault/${rotation}`]);
  });

  test('S10 what carries a claim is not over, whatever an input says', async () => {
    const cloud = await createCloud();
    const rotation = await stoppedIn(cloud, 'awaitQuiet');
    const { claims, secrets } = cloud.left();
    cloud.once('claimUser', () => Promise.reject(Object.assign(new Error('no'), { name: 'RefusedError' })));

    const { ended } = await cloud.run({ user, rotation }, 'again');

    expect(ended).toBe('stuck');
    expect(cloud.left()).toMatchObject({ claims, secrets });
  });
});
