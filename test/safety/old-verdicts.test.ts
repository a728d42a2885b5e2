// Never act on an old verdict: what a step rests on is read again right before it, and who went on elsewhere wins.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RotationContext } from '../../src/machine/context.ts';
import { createWorld, user, type World } from '../support/world.ts';

const claimTag = 'keyturn:claim:r-1';

/** A claim that another machine raised further than this record knows. */
function raise(world: World): void {
  const claim = world.account.tags(user)[claimTag] ?? '';
  world.account.setTags(user, { [claimTag]: claim.replace(/ n=\d+ /, ' n=40 ') });
}

function drift(world: World): void {
  writeFileSync(
    world.credentialsFile,
    '[default]\naws_access_key_id = AKIASOMEBODYELSE0001\naws_secret_access_key = x\n',
  );
}

const surprises: [string, (world: World, context: RotationContext) => void, string][] = [
  ['the claim is gone', (world) => world.account.setTags(user, {}), 'RecordError'],
  ['the claim was raised elsewhere', raise, 'RecordError'],
  [
    'an older claim is there',
    (world) =>
      world.account.setTags(user, {
        ...world.account.tags(user),
        'keyturn:claim:r-0': 'since=2026-12-01T10:00:00Z n=0',
      }),
    'RefusedError',
  ],
  [
    'a claim that cannot be read is there',
    (world) => world.account.setTags(user, { ...world.account.tags(user), 'keyturn:claim:r-0': '' }),
    'RefusedError',
  ],
  [
    'the new key was deactivated',
    (world, { createKey }) => world.account.setStatus(createKey?.newKey ?? '', 'Inactive'),
    'UnexpectedStateError',
  ],
  ['a place holds something else', drift, 'UnexpectedStateError'],
  [
    'the old key was used again',
    (world) => world.account.use(world.oldKey, { service: 'ec2' }),
    'UnexpectedStateError',
  ],
  ['the user is another one', (world) => replaceUser(world), 'UnexpectedStateError'],
];

function replaceUser({ account }: World): void {
  account.deleteUser(user);
  account.createUser({ name: user });
}

describe.each(['deactivateKey', 'deleteKey'] as const)('S5 %s stops where', (activity) => {
  test.for(surprises)('%s', async ([, arrange, error]) => {
    const world = await createWorld();
    const context = await world.reach(activity);
    // By AWS's time nothing is propagation any more.
    await world.clock.sleep(600_000);
    if (activity === 'deleteKey') world.account.setStatus(world.oldKey, 'Active');
    arrange(world, context);
    if (activity === 'deleteKey' && world.account.snapshot()[user]?.keys.length) {
      world.account.setStatus(world.oldKey, 'Inactive');
    }
    const before = world.left().keys;

    const acting = world.activities[activity](context);

    await expect(acting).rejects.toMatchObject({ name: error });
    expect(world.left().keys).toEqual(before);
    expect(world.operations()).not.toContain('DeleteAccessKey');
  });

  test('the old key is not as it was left', async () => {
    const world = await createWorld();
    const context = await world.reach(activity);
    world.account.setStatus(world.oldKey, activity === 'deleteKey' ? 'Active' : 'Inactive');
    const before = world.left().keys;

    await expect(world.activities[activity](context)).rejects.toMatchObject({ name: 'UnexpectedStateError' });
    expect(world.left().keys).toEqual(before);
  });

  test('the credentials are of another account', async () => {
    const world = await createWorld();
    const context = await world.reach(activity);
    const elsewhere = { ...context, plan: { ...context.plan, account: '999999999999' } };

    const acting = world.activities[activity](elsewhere);

    await expect(acting).rejects.toThrow(
      'these credentials belong to account 123456789012, the rotation to 999999999999',
    );
  });

  test('a stop without a change can be resumed', async () => {
    const world = await createWorld();
    const content = { holds: '' };
    const stopped = await world.start(
      {},
      {
        onStep: ({ state, event }) => {
          if (state !== activity || event !== 'started') return;
          content.holds = world.content();
          drift(world);
        },
      },
    );
    writeFileSync(world.credentialsFile, content.holds);

    const { ended } = await world.resume();

    expect(stopped.ended).toBe('stuck');
    expect(stopped.record.context.error?.Error).toBe('UnexpectedStateError');
    expect(ended).toBe('rotated');
    expect(world.left()).toEqual({ keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } });
  });
});

describe('S6 deletion', () => {
  test('comes after two lists at least 5 s apart', async () => {
    const world = await createWorld();

    await world.start();

    const calls = world.sandbox.requests.map(({ operation, at }) => ({ operation, at: new Date(at).getTime() }));
    const deletion = calls.findIndex(({ operation }) => operation === 'DeleteAccessKey');
    const lists = calls
      .slice(0, deletion)
      .filter(({ operation }) => operation === 'ListAccessKeys')
      .slice(-2);
    expect((lists[1]?.at ?? 0) - (lists[0]?.at ?? 0)).toBeGreaterThanOrEqual(5_000);
  });

  test('does not come where the key is made active between the two', async () => {
    const world = await createWorld();
    const context = await world.reach('deleteKey');
    let lists = 0;
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'ListAccessKeys' && ++lists === 1) {
        world.account.setStatus(world.oldKey, 'Active');
      }
    });

    await expect(world.activities.deleteKey(context)).rejects.toThrow('is Active, so it is not deleted');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });
});

describe('S7 an old key that a person made active again in the grace', () => {
  const reactivated = async () => {
    const world = await createWorld();
    let times = 0;
    const given = {
      onStep: ({ state, event }: { state: string; event: string }) => {
        if (state === 'awaitGrace' && event === 'waiting' && ++times === 1) {
          world.account.setStatus(world.oldKey, 'Active');
        }
      },
    };
    return { world, given };
  };

  test('is watched again and never deactivated by itself', async () => {
    const { world, given } = await reactivated();

    const { ended, record } = await world.start({}, given);

    expect(ended).toBe('stuck');
    expect(record.context.checkHealth?.verdict).toBe('reactivated');
    expect(record.context.checkOldKeyUse?.verdict).toBe('overdue');
    expect(record.context.checkOldKeyUse?.reason).toContain('made active again by hand');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('is deactivated again where a person says so', async () => {
    const { world, given } = await reactivated();

    const { ended } = await world.start(
      {},
      { ...given, atWait: async ({ state, entry }) => (state === 'awaitQuiet' && entry > 1 ? 'proceed' : 'stay') },
    );

    expect(ended).toBe('rotated');
    expect(world.left().keys).toEqual(['new Active']);
  });
});

describe('S8', () => {
  test('an old key that somebody else deactivated in the watch is not reactivated, and nothing else happens', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event }) => {
          if (state === 'awaitQuiet' && event === 'waiting') world.account.setStatus(world.oldKey, 'Inactive');
        },
      },
    );
    const resumed = await world.resume();

    expect([ended, resumed.ended]).toEqual(['stuck', 'stuck']);
    expect(record.context.error?.Cause).toContain('someone else deactivated the old key');
    expect(resumed.record.history.some(({ state }) => state === 'checkHealth')).toBe(false);
    expect(world.left().keys).toEqual(['old Inactive', 'new Active']);
  });

  test('nor by the step itself, whatever led to it', async () => {
    const world = await createWorld();
    const context = await world.reach('deactivateKey');
    world.account.setStatus(world.oldKey, 'Inactive');

    const acting = world.activities.reactivateKey(context);

    await expect(acting).rejects.toThrow('someone else deactivated the old key');
    expect(world.left().keys).toEqual(['old Inactive', 'new Active']);
  });

  test('nothing is reactivated by itself for a user whom AWS quarantined', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event }, { context }) => {
          if (state !== 'awaitGrace' || event !== 'waiting') return;
          world.account.setAttachedPolicies(user, ['AWSCompromisedKeyQuarantineV3']);
          world.account.setStatus(context.createKey?.newKey ?? '', 'Inactive');
        },
      },
    );

    expect(ended).toBe('stuck');
    expect(record.context.checkHealth?.verdict).toBe('hold');
    expect(world.left().keys).toEqual(['old Inactive', 'new Inactive']);
  });

  test('nor where the health cannot be judged either', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event }) => {
          if (state !== 'awaitGrace' || event !== 'waiting') return;
          world.account.setAttachedPolicies(user, ['AWSCompromisedKeyQuarantineV2']);
          world.sandbox.fault({ operation: 'GetUser', call: 'every', kind: 'accessDenied' });
        },
      },
    );

    expect(ended).toBe('stuck');
    expect(record.context.noteMissedLook?.verdict).toBe('hold');
    expect(world.left().keys).toEqual(['old Inactive', 'new Active']);
  });
});

describe('S9', () => {
  test('a user who was deleted and made again under the same name is another one: refused', async () => {
    const world = await createWorld();
    replaceUser(world);
    const made = world.account.createKey(user).accessKeyId;

    const { ended, record } = await world.start();

    expect(ended).toBe('refused');
    expect(record.context.releaseUser?.reason).toContain('the user alice is another one now');
    expect(world.account.snapshot()[user]?.keys.map(({ id }) => id)).toEqual([made]);
  });

  test('an old key that is gone already counts as deleted only where the same list shows the new one', async () => {
    const world = await createWorld();
    const context = await world.reach('deleteKey');
    world.account.deleteKey(world.oldKey);

    const done = await world.activities.deleteKey(context);

    expect(done.deleted).toBe(world.oldKey);
    expect(world.left().keys).toEqual(['new Active']);
  });

  test('where it shows neither, nothing is taken for done', async () => {
    const world = await createWorld();
    const context = await world.reach('deleteKey');
    world.account.deleteKey(world.oldKey);
    world.account.deleteKey(context.createKey?.newKey ?? '');

    await expect(world.activities.deleteKey(context)).rejects.toMatchObject({ name: 'UnexpectedStateError' });
  });
});
