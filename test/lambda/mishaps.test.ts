// What becomes of a rotation that nobody watches when something is taken away under it: what it does by itself, and what it
// leaves to a person.
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { ParkMessage } from '../../src/lambda/contract.ts';
import type { ActivityName } from '../../src/machine/context.ts';
import { type Cloud, createCloud, region, secret, user } from '../support/cloud.ts';

const open = [expect.stringMatching(/^keyturn:claim:sfn-/)];

/** For good, like `--force-delete-without-recovery`. */
function removeSecrets(cloud: Cloud, prefix: string): void {
  const names = Object.keys(cloud.sandbox.secrets.snapshot()).map((path) => path.replace(`${region}/`, ''));
  for (const name of names.filter((one) => one.startsWith(prefix))) cloud.sandbox.secrets.delete(name);
}

describe('a key that somebody deleted', () => {
  test.each(['awaitQuiet', 'awaitGrace'] as const)('the old one, in %s: the rotation is done', async (where) => {
    const cloud = await createCloud();
    cloud.once(where, () => cloud.account.deleteKey(cloud.oldKey));

    const { ended } = await cloud.run();

    expect(ended).toBe('rotated');
    expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
    expect(cloud.told()).not.toContain('aboutToDelete');
  });

  test.each(['awaitQuiet', 'awaitGrace'] as const)(
    'the new one, in %s: the old one is active, and a roll back puts it into the place again',
    async (where) => {
      const cloud = await createCloud();
      cloud.once(where, () => cloud.account.deleteKey(cloud.newKey()));

      const { ended, state } = await cloud.run();
      const between = cloud.left();
      const back = await cloud.run({ user, rotation: state.claimUser.base.rotation, intent: 'rollBack' }, 'back');

      expect([ended, state.checkOldKeyUse.reason]).toEqual(['stuck', 'the new key is not active any more']);
      expect(between).toMatchObject({ keys: ['old Active'], claims: open, place: 'new' });
      expect(back.ended).toBe('rolledBack');
      expect(cloud.left()).toEqual({ keys: ['old Active'], claims: [], secrets: [], place: 'old' });
    },
  );
});

describe('a secret that somebody deleted', () => {
  test.each(['awaitQuiet', 'awaitGrace'] as const)(
    'the place, in %s: both keys are active, and it is stuck',
    async (where) => {
      const cloud = await createCloud();
      cloud.once(where, () => cloud.sandbox.secrets.delete(secret));

      const { ended, state } = await cloud.run();

      expect(ended).toBe('stuck');
      expect(state.error.Cause).toContain('the secret app/alice is not there');
      expect(cloud.account.snapshot()[user]?.keys.map(({ status }) => status)).toEqual(['Active', 'Active']);
    },
  );

  test('the vault, after the delivery: nothing needs it but a roll back', async () => {
    const cloud = await createCloud();
    cloud.once('awaitQuiet', () => removeSecrets(cloud, 'keyturn/vault/'));

    const { ended } = await cloud.run();

    expect(ended).toBe('rotated');
  });

  test('the vault, and then a roll back: the old key is active, and the place stays on the new one', async () => {
    const cloud = await createCloud({ answers: { awaitGrace: ['rollBack'] } });
    cloud.once('awaitQuiet', () => removeSecrets(cloud, 'keyturn/vault/'));

    const { ended, state } = await cloud.run();

    expect([ended, state.releaseUser.reason]).toEqual([
      'rolledBack',
      'no old secret is kept, so the places stay on the new key',
    ]);
    expect(cloud.left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'new' });
  });

  test('S28 the seal: nothing is deactivated', async () => {
    const cloud = await createCloud();
    cloud.once('awaitQuiet', () => removeSecrets(cloud, 'keyturn/seal/'));

    const { ended, state } = await cloud.run();

    expect([ended, state.error.Error]).toEqual(['stuck', 'RecordError']);
    expect(cloud.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: open, place: 'new' });
  });

  test('S28 the seal, and then a roll back: the old key is active, the place stays on the new one, and the pairs are kept', async () => {
    const cloud = await createCloud();
    cloud.once('awaitQuiet', () => removeSecrets(cloud, 'keyturn/seal/'));
    const { state } = await cloud.run();

    const { ended } = await cloud.run({ user, rotation: state.claimUser.base.rotation, intent: 'rollBack' }, 'back');

    expect(ended).toBe('stuck');
    expect(cloud.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: open, place: 'new' });
    expect(cloud.left().secrets).toEqual([expect.stringMatching(/^keyturn\/vault\//)]);
  });
});

describe('a function that Lambda cannot run, as when it cannot assume its role', () => {
  const unable = (cloud: Cloud, name: ActivityName) =>
    cloud.wrapped(name, () => () => {
      const message = 'The role defined for the function cannot be assumed by Lambda.';
      throw Object.assign(new Error(message), { name: 'Lambda.AWSLambdaException' });
    });

  test.each([
    ['claimUser', 'refused', ['old Active'], []],
    ['deliverKey', 'stuck', ['old Active', 'new Active'], open],
    ['deactivateKey', 'stuck', ['old Active', 'new Active'], open],
    ['deleteKey', 'stuck', ['old Inactive', 'new Active'], open],
  ] as const)('%s: %s after seven tries, and nothing more is changed', async (name, end, keys, claims) => {
    const cloud = await createCloud();
    unable(cloud, name);

    const { ended, events } = await cloud.run();

    const tries = events.filter(({ lambdaFunctionScheduledEventDetails: one }) => one?.resource?.endsWith(`:${name}`));
    expect([ended, tries.length]).toEqual([end, 7]);
    expect(cloud.left()).toMatchObject({ keys, claims });
  });

  test('S2 checkHealth: after twice probeEvery the old key is active again', async () => {
    const cloud = await createCloud();
    unable(cloud, 'checkHealth');

    const { ended } = await cloud.run();

    expect(ended).toBe('stuck');
    expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
    expect(cloud.told()).toContain('reactivated');
  });

  test('reactivateKey: the old key stays inactive, and needs the printed line', async () => {
    const cloud = await createCloud({ answers: { awaitGrace: ['rollBack'] } });
    unable(cloud, 'reactivateKey');

    const { ended } = await cloud.run();

    expect(ended).toBe('stuck');
    expect(cloud.left()).toMatchObject({ keys: ['old Inactive', 'new Active'], claims: open });
  });
});

test('a deployment that only reports refuses what is begun by hand, for its roles may not claim anybody', async () => {
  const cloud = await createCloud();
  cloud.sandbox.fault({ operation: 'TagUser', call: 'every', kind: 'accessDenied' });

  const { ended, state } = await cloud.run();

  expect([ended, state.releaseUser.reason]).toEqual(['refused', expect.stringContaining('iam:TagUser is denied')]);
  expect(cloud.left()).toEqual({ keys: ['old Active'], claims: [], secrets: [], place: 'old' });
});

describe('S34 the switch', () => {
  test.each([
    ['createKey', 'refused', { keys: ['old Active'], claims: [], place: 'old' }],
    ['deliverKey', 'stuck', { keys: ['old Active', 'new Active'], claims: open, place: 'old' }],
    ['deactivateKey', 'stuck', { keys: ['old Active', 'new Active'], claims: open, place: 'new' }],
    ['deleteKey', 'stuck', { keys: ['old Inactive', 'new Active'], claims: open, place: 'new' }],
  ] as const)('turned right before %s: %s, with everything as it was', async (name, end, left) => {
    const cloud = await createCloud();
    cloud.once(name, () => cloud.turnSwitch('stop'));

    const { ended } = await cloud.run();

    expect(ended).toBe(end);
    expect(cloud.left()).toMatchObject(left);
  });

  test('forgotten while it watches: when the watch is over the rotation is stuck, with both keys active', async () => {
    const policy = `defaults: { consumers: ["secretsmanager:${secret}"], administrators: [alice], watchLimit: 8d }`;
    const cloud = await createCloud({ policy });
    cloud.once('awaitQuiet', () => cloud.turnSwitch('stop'));

    const { ended, state } = await cloud.run();

    expect([ended, state.checkOldKeyUse.verdict]).toEqual(['stuck', 'overdue']);
    expect(state.checkOldKeyUse.reason).toContain('the switch /keyturn/switch says "stop"');
    expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('forgotten in the grace: nothing is deleted until it says go, asked every six hours', async () => {
    const cloud = await createCloud();
    cloud.once('awaitGrace', () => cloud.turnSwitch('stop'));
    cloud.nth('awaitGrace', 5, () => cloud.turnSwitch('go'));

    const { ended, state } = await cloud.run();

    const late = Date.parse(state.deleteKey.at) - Date.parse(state.deactivateKey.graceUntil);
    expect(ended).toBe('rotated');
    expect(Math.round(late / 3_600_000)).toBe(24);
  });
});

test('S14 a silence that proves nothing: stuck, and done once a person has it gone on with and ends its watch', async () => {
  const cloud = await createCloud({ lastUsed: '2026-10-20T08:00:00Z' });
  const { ended, state } = await cloud.run();
  let asked = 0;
  cloud.wrapped('awaitQuiet', (run) => async (event, context) => {
    await run(event, context);
    asked += 1;
    const output = JSON.stringify({ signal: 'proceed', at: '2026-12-28T10:00:00Z' });
    await cloud.sfn.send(new SendTaskSuccessCommand({ taskToken: (event as ParkMessage).token, output }));
  });

  const again = await cloud.run({ user, rotation: state.claimUser.base.rotation }, 'again');

  expect([ended, state.checkOldKeyUse.verdict]).toEqual(['stuck', 'unproven']);
  expect([again.ended, asked]).toEqual(['rotated', 1]);
});

test.each(['createKey', 'verifyNewKey', 'deliverKey'] as const)(
  'reads that are behind what the function before wrote do not stop %s',
  async (name) => {
    const cloud = await createCloud();
    const { settings } = cloud.sandbox;
    cloud.once(name, () => Object.assign(settings, { readDelay: 8_000, staleReads: 1 }));
    cloud.once('checkOldKeyUse', () => Object.assign(settings, { readDelay: 0 }));

    const { ended } = await cloud.run();

    expect(ended).toBe('rotated');
    expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
  },
);
