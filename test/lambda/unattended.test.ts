// What nobody is there to decide: refused, with what to do; and what is told, and when.
import { describe, expect, test } from 'vitest';
import { createCloud, region, secret, user } from '../support/cloud.ts';

const untouched = { keys: ['old Active'], claims: [], secrets: [], place: 'old' };
const readCause = (state: { error?: { Cause: string } }) =>
  JSON.parse(state.error?.Cause ?? '{}').errorMessage as string;

describe('S34 the switch', () => {
  test.each(['stop', 'Go', 'no'])('nothing begins while it says %s', async (word) => {
    const cloud = await createCloud();
    await cloud.turnSwitch(word);
    const before = cloud.changes().length;

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain(`the switch /keyturn/switch says "${word}", not go`);
    expect(cloud.left()).toEqual(untouched);
    expect(cloud.changes().slice(before)).toEqual([]);
  });

  test('what is under way waits, is asked again, and goes on when it is on', async () => {
    const cloud = await createCloud();
    cloud.once('awaitQuiet', () => cloud.turnSwitch('stop'));
    cloud.nth('awaitQuiet', 3, () => cloud.turnSwitch('go'));

    const { ended, entered } = await cloud.run();

    expect(ended).toBe('rotated');
    expect(entered.filter((name) => name === 'awaitQuiet')).toHaveLength(3);
  });

  test('it holds up no reactivation', async () => {
    const cloud = await createCloud({ answers: { awaitGrace: ['rollBack'] } });
    cloud.once('awaitGrace', () => cloud.turnSwitch('stop'));

    const { ended } = await cloud.run();

    expect(ended).toBe('rolledBack');
    expect(cloud.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('a blackout puts the deactivation off to its end', async () => {
    const cloud = await createCloud({
      policy: `defaults:
  consumers: [secretsmanager:${secret}]
  administrators: [alice]
  blackout:
    - { from: 2026-12-10, until: 2026-12-20, reason: the year's last sale }
`,
    });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('rotated');
    expect(state.deactivateKey.at).toBe('2026-12-21T00:00:00Z');
  });
});

describe('what a person would be asked', () => {
  test('S26 a user without an active key gets none', async () => {
    const cloud = await createCloud({ keys: [{ createdAt: '2026-06-01T08:00:00Z', status: 'Inactive' }] });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('alice has no active key');
    expect(cloud.changes()).toEqual([]);
  });

  test('S26 an only key that was never used is not replaced', async () => {
    const cloud = await createCloud({ lastUsed: null });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('was never used');
    expect(cloud.left()).toEqual(untouched);
  });

  test('S12 a plan that an execution may not live to see the end of is not begun', async () => {
    const policy = `defaults: { consumers: ["secretsmanager:${secret}"], administrators: [alice], watchLimit: 350d, grace: 20d }`;
    const cloud = await createCloud({ policy });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('watchLimit and grace together are longer than 360 days');
    expect(cloud.changes()).toEqual([]);
  });

  test('two active keys leave no room', async () => {
    const cloud = await createCloud({
      keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-07-01T08:00:00Z' }],
    });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('keyturn retire --user alice');
    expect(cloud.changes()).toEqual([]);
  });

  test('an exempt user is left alone, with the reason', async () => {
    const policy = `defaults: { consumers: [secretsmanager:${secret}] }
exemptions:
  - { user: alice, reason: leaves in spring, until: 2027-03-31 }
`;
    const cloud = await createCloud({ policy });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('alice is left alone until the end of 2027-03-31: leaves in spring');
    expect(cloud.changes()).toEqual([]);
  });

  test('a place on somebody’s own machine cannot be reached', async () => {
    const policy =
      'defaults: { consumers: ["credentials-file:default@/home/alice/.aws/credentials"], administrators: [alice] }';
    const cloud = await createCloud({ policy });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('a place of the kind credentials-file cannot be reached from AWS');
    expect(cloud.changes()).toEqual([]);
  });

  test('without a place there is nothing to deliver to', async () => {
    const cloud = await createCloud({ policy: 'defaults: { administrators: [alice] }' });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('tag its secret keyturn:user=alice');
  });
});

describe('S27 a secret that is tagged for the user', () => {
  const policy = 'defaults: { administrators: [alice] }';
  const tags = { 'keyturn:user': user };

  test('is a place where it holds the user’s own pair', async () => {
    const cloud = await createCloud({ policy });
    cloud.sandbox.secrets.change(secret, { tags });

    const { ended } = await cloud.run();

    expect(ended).toBe('rotated');
    expect(cloud.left().place).toBe('new');
  });

  test('is none where it only names the key', async () => {
    const cloud = await createCloud({ policy });
    const forged = { accessKeyId: cloud.oldKey, secretAccessKey: 'A'.repeat(40) };
    cloud.sandbox.secrets.create({ name: 'mallory/box', value: JSON.stringify(forged), tags, region });

    const { ended } = await cloud.run();

    expect(ended).toBe('refused');
    expect(cloud.left()).toEqual(untouched);
  });
});

describe('telling', () => {
  test('nothing begins where nobody listens', async () => {
    const cloud = await createCloud({ listeners: 0 });

    const { ended, state } = await cloud.run();

    expect(ended).toBe('refused');
    expect(readCause(state)).toContain('nobody listens');
    expect(cloud.changes()).toEqual([]);
  });

  test.each([
    ['deactivated', 'awaitQuiet', 'aboutToDeactivate', ['old Active', 'new Active']],
    ['deleted', 'awaitGrace', 'aboutToDelete', ['old Inactive', 'new Active']],
  ] as const)('what cannot be announced is not %s', async (_, before, event, keys) => {
    const cloud = await createCloud();
    cloud.once(before, () => void cloud.sandbox.fault({ operation: 'Publish', call: 'every', kind: 'accessDenied' }));

    const { ended } = await cloud.run();

    expect(ended).toBe('stuck');
    expect(cloud.told()).not.toContain(event);
    expect(cloud.left().keys).toEqual(keys);
  });

  test('S1 the line that undoes a deactivation is in its announcement', async () => {
    const cloud = await createCloud();

    await cloud.run();

    const [announced] = cloud.sandbox.published.filter(({ attributes }) => attributes.event === 'aboutToDeactivate');
    expect(announced?.message).toContain(
      `aws iam update-access-key --user-name alice --access-key-id ${cloud.oldKey} --status Active`,
    );
  });

  test('no secret and no token is in any history, log, notice or record', async () => {
    const cloud = await createCloud({
      answers: { awaitQuiet: ['reactivate', 'proceed'], awaitGrace: ['reactivate', 'rollBack'] },
    });
    const secrets = cloud.secretsSeen();
    const tokens = new Set<string>();
    cloud.heard((event) => tokens.add((event as { token: string }).token));

    const { events, ended } = await cloud.run();

    expect(ended).toBe('rolledBack');
    expect(secrets.size).toBe(2);
    expect(tokens.size).toBeGreaterThan(2);
    const history = JSON.stringify(events);
    const told = JSON.stringify([
      cloud.sandbox.published,
      cloud.logged,
      cloud.account.tags(user),
      await cloud.records(),
    ]);
    for (const value of secrets) expect(history.includes(value) || told.includes(value)).toBe(false);
    for (const token of tokens) expect(told).not.toContain(token);
  });
});

test('createKey called twice at once makes one key, which is kept where the one that failed answers first', async () => {
  const cloud = await createCloud();
  let twins: Promise<unknown> = Promise.resolve();
  cloud.wrapped('createKey', () => (event, context) => {
    const calls = [1, 2].map(() => cloud.environment().functions.createKey(event, context));
    twins = Promise.allSettled(calls);
    return Promise.any(
      calls.map((call) =>
        call.then(
          () => Promise.reject(),
          (error) => error,
        ),
      ),
    ).then((error) => {
      throw error;
    });
  });

  const { ended, state } = await cloud.run();
  await twins;
  const between = cloud.left();
  cloud.wrapped('createKey', () => cloud.functions.createKey as never);
  const again = await cloud.run({ user, rotation: state.claimUser.base.rotation }, 'again');

  expect(ended).toBe('stuck');
  expect(between).toMatchObject({ keys: ['old Active', 'new Active'], claims: [expect.any(String)], place: 'old' });
  expect(between.secrets).toEqual([expect.stringContaining('/seal/'), expect.stringContaining('/vault/')]);
  expect(again.ended).toBe('rotated');
});

test('a whole quiet rotation without probes takes at most 36 state entries', async () => {
  const cloud = await createCloud();

  const { entered, ended } = await cloud.run();

  expect(ended).toBe('rotated');
  expect(entered.length).toBeLessThanOrEqual(36);
});

describe('a function that never answered', () => {
  test.each(['before', 'after'] as const)(
    'createKey, cut off %s it was done: one new key, its secret kept, no orphan',
    async (when) => {
      const cloud = await createCloud();
      cloud.cutOff('createKey', when);

      const { ended } = await cloud.run();

      expect(ended).toBe('rotated');
      expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
    },
  );

  test.each(['claimUser', 'deliverKey', 'deactivateKey', 'deleteKey', 'releaseUser'] as const)(
    '%s is done once',
    async (name) => {
      const cloud = await createCloud();
      cloud.cutOff(name, 'after');

      const { ended } = await cloud.run();

      expect(ended).toBe('rotated');
      expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
    },
  );
});

describe('the second half alone', () => {
  const replaced = {
    keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-12-01T08:00:00Z' }],
    holds: 1,
  };

  test('retires a key that something else replaced', async () => {
    const cloud = await createCloud(replaced);
    const [oldKey, newKey] = cloud.ids;

    const { ended } = await cloud.run({ user, from: 'watch', oldKey, newKey });

    expect(ended).toBe('rotated');
    expect(cloud.left()).toEqual({ keys: ['other Active'], claims: [], secrets: [], place: 'other' });
  });

  test('S5 leaves a key alone that a place of the policy still holds', async () => {
    const cloud = await createCloud({ ...replaced, holds: 0 });
    const [oldKey, newKey] = cloud.ids;

    const { ended } = await cloud.run({ user, from: 'watch', oldKey, newKey });

    expect(ended).toBe('stuck');
    expect(cloud.left()).toMatchObject({ keys: ['old Active', 'other Active'], place: 'old' });
  });

  test('leaves no seal where its claimUser never gets to answer', async () => {
    const cloud = await createCloud(replaced);
    const [oldKey, newKey] = cloud.ids;
    cloud.wrapped('claimUser', (run) => async (event, context) => {
      await run(event, context);
      throw Object.assign(new Error('no answer'), { name: 'Lambda.Unknown' });
    });

    const { ended } = await cloud.run({ user, from: 'watch', oldKey, newKey });

    expect(ended).toBe('refused');
    expect(cloud.left()).toMatchObject({ keys: ['old Active', 'other Active'], claims: [], secrets: [] });
  });

  test.each(['one after the other', 'at once'])('is sealed once where it is begun twice, %s', async (when) => {
    const cloud = await createCloud(replaced);
    const [oldKey, newKey] = cloud.ids;
    cloud.wrapped('claimUser', (run) => async (event, context) => {
      const first = run(event, context);
      if (when === 'one after the other') await first;
      const second = await run(event, context);
      await first;
      return second;
    });

    const { ended } = await cloud.run({ user, from: 'watch', oldKey, newKey });

    expect(ended).toBe('rotated');
    expect(cloud.left()).toEqual({ keys: ['other Active'], claims: [], secrets: [], place: 'other' });
  });
});
