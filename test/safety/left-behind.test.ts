// What other tools leave behind when something goes wrong half-way, one test for each row of that table: here everything
// ends with the keys, claims, vault entries and places that should be there, and no others.
import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { VaultError } from '../../src/errors.ts';
import { allBut, createWorld, day, user } from '../support/world.ts';

const untouched = { keys: ['old Active'], claims: [], vault: [], places: { default: 'old' } };
const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };

test('a quiet rotation leaves the new key alone behind, in every place, and no outage on the way', async () => {
  const world = await createWorld({ profiles: ['default', 'batch'] });

  const { ended } = await world.start();

  expect(ended).toBe('rotated');
  expect(world.left()).toEqual({ ...rotated, places: { default: 'new', batch: 'new' } });
  expect(world.outages).toEqual([]);
  expect(world.account.tags(user)).toEqual({ team: 'web' });
});

test('a read-only file is refused before any key is made', async () => {
  const world = await createWorld();
  chmodSync(world.credentialsFile, 0o400);

  const { ended, record } = await world.start();

  expect(ended).toBe('refused');
  expect(record.context.releaseUser?.reason).toContain('read-only');
  expect(world.left()).toEqual(untouched);
  expect(world.operations()).not.toContain('CreateAccessKey');
});

test('of two active keys neither is touched', async () => {
  const world = await createWorld({
    keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-07-01T08:00:00Z' }],
  });

  const { ended, record } = await world.start();

  expect(ended).toBe('refused');
  expect(record.context.inspectKeys?.verdict).toBe('noSlot');
  expect(world.left()).toEqual({ ...untouched, keys: ['old Active', 'other Active'] });
});

describe('killed at the answer to CreateAccessKey', () => {
  test('the run after it removes the orphan and rotates', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });
    const atDeath = world.left();

    const { ended } = await world.resume();

    expect(atDeath).toMatchObject({ keys: ['old Active', 'new Active'], places: { default: 'old' } });
    expect(ended).toBe('rotated');
    expect(world.left()).toEqual({ ...rotated, keys: ['another new Active'], places: { default: 'another new' } });
    expect(world.outages).toEqual([]);
  });

  test('a roll back instead removes the orphan and leaves everything as it was', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });

    const { ended } = await world.resume({ intent: 'rollBack' });

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual(untouched);
  });

  test('an orphan that was used meanwhile is nobody of ours: it stays, and so does the claim', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });
    const [, orphan] = world.account.snapshot()[user]?.keys ?? [];
    world.account.use(orphan?.id ?? '');

    const { ended, record } = await world.resume();

    expect(ended).toBe('stuck');
    expect(record.context.error?.Error).toBe('UnexpectedStateError');
    expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: ['keyturn:claim:r-1'] });
  });

  test('and the old key deleted by a person: no rotation can use the orphan, and none forgets it', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });
    world.account.deleteKey(world.oldKey);

    const { ended, record } = await world.resume();

    expect(ended).toBe('stuck');
    expect(record.context.error?.Cause).toMatch(/may be one that this rotation made.*keyturn release r-1 gives/s);
    expect(world.left()).toMatchObject({ keys: ['new Active'], claims: ['keyturn:claim:r-1'] });
  });

  test('killed again and again there, weeks apart, the rotation still ends with one key', async () => {
    const world = await createWorld();
    const killAt = ({ phase, operation }: { phase: string; operation: string }) =>
      phase === 'after' && operation === 'CreateAccessKey';
    await world.start({}, { killAt });
    await world.clock.sleep(7 * day * 1000);
    await world.resume({ killAt });
    await world.clock.sleep(7 * day * 1000);
    await world.resume({ killAt });
    await world.clock.sleep(7 * day * 1000);
    world.account.use(world.oldKey);

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.left()).toMatchObject({ keys: ['another new Active'], claims: [], vault: [] });
  });
});

describe('the answer to CreateAccessKey lost', () => {
  test('its key is found by listing and removed, and another is made', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });

    const { ended } = await world.start();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual({ ...rotated, keys: ['another new Active'], places: { default: 'another new' } });
    expect(world.operations().filter((name) => name === 'CreateAccessKey')).toHaveLength(2);
    expect(world.announcements.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('made by a request whose answer was lost'),
    );
  });

  test('twice: both keys are removed, and nothing is left', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 'every', kind: 'lostAnswer' });

    const { ended, record } = await world.start();

    expect(ended).toBe('refused');
    expect(record.context.releaseUser?.reason).toBe('AWS did not answer iam:CreateAccessKey twice');
    expect(world.left()).toEqual(untouched);
  });

  test('the connection reset before anything happened: one more try makes the key', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'reset' });

    const { ended } = await world.start();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
  });

  test.each([20_000, 50_000])(
    'S20 shown only %d ms later, and before as LimitExceeded: it is found by its first intent',
    async (readDelay) => {
      const world = await createWorld({
        settings: { readDelay, staleReads: ({ operation }) => operation === 'ListAccessKeys' },
      });
      world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });

      const first = await world.start();
      await world.clock.sleep(60_000);
      world.sandbox.settings.readDelay = 0;
      const second = await world.resume();

      expect(first.ended).toBe('stuck');
      expect(first.record.context.error?.Error).toBe('AnswerUnknownError');
      expect(second.ended).toBe('rotated');
      expect(world.left()).toEqual({ ...rotated, keys: ['another new Active'], places: { default: 'another new' } });
    },
  );
});

test('an old key that someone used seconds ago is watched, not deactivated', async () => {
  const world = await createWorld({ lastUsed: '2026-12-06T09:59:58Z' });

  const { ended, record } = await world.start({}, { wait: false });

  expect(ended).toBe('waiting');
  expect(record.state).toBe('awaitQuiet');
  expect(world.left().keys).toEqual(['old Active', 'new Active']);
});

test('an old key that someone goes on using during the watch is never deactivated; overdue, a person has to look', async () => {
  const world = await createWorld();
  world.useAt(Array.from({ length: 40 }, (_, index) => new Date(Date.UTC(2026, 11, 6 + index, 12)).toISOString()));

  const { ended, record } = await world.start();

  expect(ended).toBe('stuck');
  expect(record.context.checkOldKeyUse?.verdict).toBe('overdue');
  expect(world.refusedUses).toEqual([]);
  expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: ['keyturn:claim:r-1'] });
});

test('an odd file keeps every byte but the two values', async () => {
  const content = [
    '\ufeff# théàtre\r\n',
    '; a comment\r\n',
    '[other]\r\naws_access_key_id=AKIAOTHEROTHEROTHER1\r\naws_secret_access_key=x\r\n\r\n',
    '[ default ]\r\n',
    'region   =    eu-west-1\r\n',
    'aws_secret_access_key={secret}\r\n',
    '# between\r\n',
    'AWS_ACCESS_KEY_ID   =   {id}\r\n',
    '\r\n[last]\r\nregion=x',
  ].join('');
  const world = await createWorld({ content });

  const { ended, record } = await world.start();

  expect(record.context.releaseUser?.reason).toContain('has replaced');
  expect(ended).toBe('rotated');
  const now = world.content();
  const id = /AWS_ACCESS_KEY_ID {3}= {3}(AKIA\w+)/.exec(now)?.[1] ?? '';
  const secret = /\r\naws_secret_access_key=(\S{40})\r\n/.exec(now)?.[1] ?? '';
  expect(id).not.toBe(world.oldKey);
  expect(now).toBe(content.replace('{secret}', secret).replace('   {id}\r\n', `   ${id}\r\n`));
});

test('a new key that AWS refuses for 8 s is waited for before any place gets it', async () => {
  const world = await createWorld({ settings: { newKeyDelay: 8_000 } });

  const { ended, record } = await world.start();

  expect(ended).toBe('rotated');
  expect(record.context.verifyNewKey?.attempts).toBeGreaterThan(3);
  expect(world.left()).toEqual(rotated);
  expect(world.outages).toEqual([]);
});

test('S23 a new key that AWS never accepts is removed again, and no place was touched', async () => {
  const world = await createWorld({ settings: { newKeyDelay: 86_400_000 } });
  const before = world.content();

  const { ended, record } = await world.start();

  expect(ended).toBe('rolledBack');
  expect(record.context.verifyNewKey?.verdict).toBe('rejected');
  expect(world.left()).toEqual(untouched);
  expect(world.content()).toBe(before);
});

test('S2 a denied deletion ends stuck with the key inactive, and resume deletes it once it is allowed', async () => {
  const world = await createWorld({ policies: allBut('iam:DeleteAccessKey') });

  const first = await world.start();
  const between = world.left();
  world.account.setPolicies('operator', allBut());
  const second = await world.resume();

  expect(first.ended).toBe('stuck');
  expect(first.record.context.error?.Error).toBe('AccessDeniedError');
  expect(between).toEqual({
    keys: ['old Inactive', 'new Active'],
    claims: ['keyturn:claim:r-1'],
    vault: ['r-1-new.json', 'r-1-old.json'],
    places: { default: 'new' },
  });
  expect(second.ended).toBe('rotated');
  expect(world.left()).toEqual(rotated);
});

test('a vault that fails after CreateAccessKey: the key is removed again, for nobody has its secret', async () => {
  const world = await createWorld();
  const put: typeof world.vault.put = async (rotation, slot, pair) => {
    if (slot === 'new') throw new VaultError('the disk is full');
    await world.vault.put(rotation, slot, pair);
  };

  const { ended, record } = await world.start({}, { deps: { vault: { ...world.vault, put } } });

  expect(ended).toBe('refused');
  expect(record.context.releaseUser?.reason).toBe('the disk is full');
  expect(world.left()).toEqual(untouched);
});

test('whoever may not tag the user is refused before anything is made', async () => {
  const world = await createWorld({ policies: allBut('iam:TagUser') });

  const { ended, record } = await world.start();

  expect(ended).toBe('refused');
  expect(record.context.error?.Error).toBe('AccessDeniedError');
  expect(world.left()).toEqual(untouched);
  expect(world.operations()).not.toContain('CreateAccessKey');
});

test('whoever may not create keys is refused, and the claim is gone again', async () => {
  const world = await createWorld({ policies: allBut('iam:CreateAccessKey') });

  const { ended, record } = await world.start();

  expect(ended).toBe('refused');
  expect(record.context.error?.Error).toBe('RefusedError');
  expect(world.left()).toEqual(untouched);
});

test('where UntagUser is denied the claim stays as a tag that says released, and the next rotation may begin', async () => {
  const world = await createWorld({ policies: allBut('iam:UntagUser') });

  const first = await world.start();
  const tags = world.account.tags(user);
  const second = await world.start(
    {
      oldKey: first.record.context.createKey?.newKey ?? '',
      keysAtStart: [first.record.context.createKey?.newKey ?? ''],
    },
    { rotation: 'r-2', wait: false },
  );

  expect(first.ended).toBe('rotated');
  expect(tags).toEqual({ team: 'web', 'keyturn:claim:r-1': expect.stringMatching(/^released 2026-12-\d\dT\S+Z$/) });
  expect(second.ended).toBe('waiting');
});
