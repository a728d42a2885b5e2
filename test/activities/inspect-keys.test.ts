// Where a rotation begins or goes on, from what AWS shows and what its record says: each finding in a person's words.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import { VaultError } from '../../src/errors.ts';
import type { Plan, RotationContext } from '../../src/machine/context.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { allBut, createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const newKey = 'AKIANEWNEWNEWNEW0002';
const stranger = 'AKIASOMEBODYELSE0003';

type Status = 'Active' | 'Inactive';
type Record = Partial<Omit<RotationContext, 'plan'>>;

interface Situation {
  old?: Status | 'gone';
  new?: Status;
  /** The new pair is in the vault, whatever AWS shows. */
  kept?: true;
  /** A key that was not there at the start, and is no key of this rotation's either. */
  stranger?: true;
  plan?: Partial<Plan>;
  record?: Record;
}

async function arranged(situation: Situation, options: WorldOptions = {}) {
  const world = await createWorld({ keys: [{ accessKeyId: oldKey, createdAt: '2026-06-01T08:00:00Z' }], ...options });
  const { account, vault } = world;
  if (situation.old === 'gone') account.deleteKey(oldKey);
  else if (situation.old) account.setStatus(oldKey, situation.old);
  if (situation.new) account.createKey(user, { accessKeyId: newKey, status: situation.new });
  if (situation.stranger) account.createKey(user, { accessKeyId: stranger });
  if (situation.kept) await vault.put('r-1', 'new', new KeyPair(newKey, 'x'.repeat(40)));
  return world;
}

const look = (world: World, { plan = {}, record = {} }: Situation, deps: Partial<ActivityDeps> = {}) =>
  createActivities({ ...world.newDeps(), ...deps }).inspectKeys(world.context({ plan: world.plan(plan), ...record }));

const lists = (world: World) => world.operations().filter((name) => name === 'ListAccessKeys').length;

const created = came('createKey');
const delivered = { ...created, ...came('deliverKey') };
const watched = { ...delivered, ...came('checkOldKeyUse') };
const deactivated = { ...watched, ...came('deactivateKey') };
const cutOffGoingBack = { ...deactivated, ...cutOffIn('reactivateKey') };
const unread = came('deliverKey', { consumers: [{ spec: 'exec:tool', state: 'delivered', readable: false }] });
const retire = { from: 'watch', newKey } as const;

describe('forward it says', () => {
  test('of each key what is known, and in whose time', async () => {
    const world = await arranged({});

    expect(await look(world, {})).toEqual({
      at: '2026-12-06T10:00:00Z',
      keys: [
        {
          id: oldKey,
          status: 'Active',
          createdAt: '2026-06-01T08:00:00Z',
          lastUsedAt: '2026-12-06T09:00:00Z',
          lastUsedService: 's3',
          lastUsedRegion: 'us-east-1',
        },
      ],
      verdict: 'create',
      reason: 'there is room for a new key',
    });
    expect(world.operations()).toEqual(['GetCallerIdentity', 'GetUser', 'ListAccessKeys', 'GetAccessKeyLastUsed']);
  });

  test.each<[where: string, verdict: string, reason: string, Situation]>([
    // A key may have been made that nobody knows of.
    [
      'cut off while it made a key',
      'create',
      'an earlier run was cut off at createKey',
      { record: cutOffIn('createKey') },
    ],
    [
      'the same, be there a key or the old one young',
      'create',
      'an earlier run was cut off at createKey',
      { stranger: true, record: cutOffIn('createKey'), plan: { minAge: 365 * 86_400 } },
    ],
    [
      'the same, and then the old key became inactive',
      'refused',
      'the old key AKIA…0001 is Inactive, so nobody can be using it',
      { old: 'Inactive', record: cutOffIn('createKey') },
    ],
    [
      'the same, and then the old key went',
      'refused',
      'AKIA…0001 is not a key of alice',
      { old: 'gone', record: cutOffIn('createKey') },
    ],
    [
      'the same with a first key',
      'create',
      'there is room for a new key',
      { old: 'gone', stranger: true, plan: { oldKey: null }, record: cutOffIn('createKey') },
    ],
    // Where nobody was cut off, the keys are as a person left them.
    [
      'an old key that is inactive, beside one made since',
      'refused',
      'the old key AKIA…0001 is Inactive, so nobody can be using it',
      { old: 'Inactive', stranger: true },
    ],
    [
      'an old key that is young',
      'nothingToDo',
      'AKIA…0001 was made at 2026-06-01T08:00:00Z, so it is young enough',
      { plan: { minAge: 365 * 86_400 } },
    ],
    // The vault has it.
    ['a kept pair of no key', 'create', 'the new key is in the vault, and AWS does not show it yet', { kept: true }],
    ['a kept pair', 'create', 'the new key exists and is in the vault', { kept: true, new: 'Active' }],
    [
      'the same, cut off before anybody knew',
      'create',
      'the new key exists and is in the vault',
      { kept: true, new: 'Active', record: cutOffIn('createKey') },
    ],
    ['made', 'verify', 'the new key exists; the places do not all hold it yet', { new: 'Active', record: created }],
    ['delivered', 'watch', 'the new key is in place; both keys are active', { new: 'Active', record: delivered }],
    // Something else made it.
    ['retire', 'watch', 'the new key is in place; both keys are active', { new: 'Active', plan: retire }],
    ['retire of no new key', 'refused', 'the new key AKIA…0002 is not an active key of alice', { plan: retire }],
    [
      'retire for an inactive key',
      'refused',
      'the new key AKIA…0002 is not an active key of alice',
      { new: 'Inactive', plan: retire },
    ],
    [
      'retire of no old key',
      'refused',
      'AKIA…0001 is not a key of alice',
      { old: 'gone', new: 'Active', plan: retire },
    ],
    [
      'retire of a key that went meanwhile',
      'release',
      'the old key is gone',
      { old: 'gone', new: 'Active', plan: retire, record: came('checkOldKeyUse') },
    ],
    // The old key is not as it was.
    ['the old key went', 'release', 'the old key is gone', { old: 'gone', new: 'Active', record: delivered }],
    [
      'S25 it went, and a place cannot be read',
      'watch',
      'whether every place got the new key is not known',
      { old: 'gone', new: 'Active', record: { ...created, ...unread } },
    ],
    [
      'S25 the same where an earlier look saw that all is well',
      'release',
      'the old key is gone',
      {
        old: 'gone',
        new: 'Active',
        record: { ...created, ...unread, ...came('checkOldKeyUse', { verdict: 'quiet' }) },
      },
    ],
    [
      'inactive before anybody watched it',
      'refused',
      'the old key AKIA…0001 is inactive already',
      { old: 'Inactive', new: 'Active', record: delivered },
    ],
    [
      'cut off while it deactivated',
      'watch',
      'an earlier run was cut off while it deactivated the old key',
      { old: 'Inactive', new: 'Active', record: { ...watched, ...cutOffIn('deactivateKey') } },
    ],
    ['the grace', 'grace', 'the old key is inactive', { old: 'Inactive', new: 'Active', record: deactivated }],
    [
      'S7 cut off before it reactivated',
      'grace',
      'the old key is inactive',
      { old: 'Inactive', new: 'Active', record: cutOffGoingBack },
    ],
    [
      'S7 cut off after it reactivated',
      'grace',
      'an earlier run was cut off while it made the old key active again',
      { new: 'Active', record: cutOffGoingBack },
    ],
    [
      'reactivated',
      'watch',
      'the new key is in place; both keys are active',
      { new: 'Active', record: { ...cutOffGoingBack, ...came('reactivateKey') } },
    ],
    [
      'reactivated by a person',
      'watch',
      'the new key is in place; both keys are active',
      { new: 'Active', record: deactivated },
    ],
  ])('%s: %s, %s', async (_, verdict, reason, situation) => {
    const world = await arranged(situation);

    expect(await look(world, situation)).toMatchObject({ verdict, reason });
  });

  test.each<[string, Status | undefined, Partial<Plan>, Record]>([
    ['is gone after it was made', undefined, {}, created],
    ['became inactive', 'Inactive', {}, created],
    ['became inactive while the old one was watched', 'Inactive', retire, came('checkOldKeyUse')],
    ['went while the old one was watched', undefined, retire, came('checkOldKeyUse')],
  ])('nothing where the new key %s: a person has to', async (_, status, plan, record) => {
    const situation = { ...(status ? { new: status } : {}), plan, record };
    const world = await arranged(situation);

    await expect(look(world, situation)).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'the new key AKIA…0002 is not active any more',
      hint: `nothing was changed; make it active again (aws iam update-access-key --user-name alice --access-key-id ${newKey} --status Active), or keyturn rollback r-1; where neither is possible, keyturn release r-1 gives it up`,
    });
  });

  test('nothing where somebody else deactivated the old key', async () => {
    const situation: Situation = { old: 'Inactive', new: 'Active', record: watched };
    const world = await arranged(situation);

    await expect(look(world, situation)).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'someone else deactivated the old key AKIA…0001',
      hint: `keyturn changed nothing; to go on make it active again (aws iam update-access-key --user-name alice --access-key-id ${oldKey} --status Active) and keyturn resume r-1`,
    });
  });

  test('nothing where a key may be one of its own that nobody has the secret of', async () => {
    const situation: Situation = { old: 'Inactive', stranger: true, record: cutOffIn('createKey') };
    const world = await arranged(situation);

    await expect(look(world, situation)).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message:
        'the old key is not active any more, and AKIA…0003 may be one that this rotation made: nobody has its secret then',
      hint: `keyturn left it alone; find out whose it is, delete it where it is nobody's (aws iam delete-access-key --user-name alice --access-key-id ${stranger}), and keyturn release r-1 gives this rotation up`,
    });
  });
});

describe('S20 a list that may be behind is looked at again', () => {
  test.each<[string, Situation, number]>([
    ['where the new key is not in it', { kept: true }, 3],
    [
      'where the key that is being made active again is not',
      { old: 'Inactive', new: 'Active', record: cutOffGoingBack },
      3,
    ],
    ['but not where all is as the record says', { old: 'Inactive', new: 'Active', record: deactivated }, 1],
    ['nor where no new key is known of', { old: 'Inactive' }, 1],
  ])('%s', async (_, situation, times) => {
    const world = await arranged(situation);

    await look(world, situation);

    expect(lists(world)).toBe(times);
  });

  test('and what the second shows is what counts', async () => {
    const situation: Situation = { new: 'Active', record: delivered };
    const world = await arranged(situation, { settings: { readDelay: 4_000, staleReads: ({ read }) => read === 1 } });

    expect((await look(world, situation)).verdict).toBe('watch');
    expect(lists(world)).toBe(2);
  });
});

describe('S2 in the grace', () => {
  const inGrace: Situation = { old: 'Inactive', new: 'Active', record: deactivated };

  test('keys that cannot be looked at stop nothing: health is judged next', async () => {
    const world = await arranged(inGrace, { policies: allBut('iam:ListAccessKeys') });

    expect(await look(world, inGrace)).toEqual({
      at: '2026-12-06T10:00:00Z',
      keys: [],
      verdict: 'grace',
      reason: expect.stringMatching(/^the keys cannot be looked at: iam:ListAccessKeys is denied: /),
    });
  });

  test('before it they do', async () => {
    const situation: Situation = { new: 'Active', record: watched };
    const world = await arranged(situation, { policies: allBut('iam:ListAccessKeys') });

    await expect(look(world, situation)).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });

  test('S9 another user does', async () => {
    const world = await arranged(inGrace);

    const looking = look(world, { ...inGrace, plan: { userId: 'AIDASOMEBODYELSE' } });

    await expect(looking).rejects.toMatchObject({ name: 'UnexpectedStateError' });
  });

  test('and so does a fault of our own', async () => {
    const world = await arranged(inGrace);
    const { aws } = world.newDeps();

    const looking = look(world, inGrace, { aws: { ...aws, user: () => Promise.reject(new TypeError('a slip')) } });

    await expect(looking).rejects.toThrow('a slip');
  });
});

describe('on the way back it says', () => {
  const back: Record = { intent: 'rollBack' };

  test.each<[where: string, verdict: string, reason: string, Situation]>([
    ['asked for before anything was made', 'rollBack', 'on the way back', {}],
    [
      'a new key that AWS did not accept',
      'rollBack',
      'on the way back',
      { new: 'Active', record: { ...created, ...came('verifyNewKey', { verdict: 'rejected' }) } },
    ],
    ['a first key', 'rollBack', 'on the way back', { old: 'gone', plan: { oldKey: null } }],
    ['restored', 'rollBack', 'on the way back', { record: came('restoreConsumers') }],
    ['tidied up', 'release', 'everything is back where it was', { record: came('removeNewKey') }],
    [
      'the old key went',
      'release',
      'the old key is gone: too late to go back',
      { old: 'gone', new: 'Active', record: created },
    ],
    [
      'it went, and the vault alone knows the new one',
      'release',
      'the old key is gone: too late to go back',
      { old: 'gone', new: 'Active', kept: true },
    ],
    [
      'it went during retire',
      'release',
      'the old key is gone: too late to go back',
      { old: 'gone', new: 'Active', plan: retire },
    ],
    [
      'it went amid restoring, and the new one is inactive',
      'release',
      'the old key is gone: too late to go back',
      { old: 'gone', new: 'Inactive', record: { ...created, ...cutOffIn('restoreConsumers') } },
    ],
    [
      'it went amid restoring',
      'verify',
      'the old key is gone, and places may hold it again: they get the new one',
      { old: 'gone', new: 'Active', record: { ...created, ...cutOffIn('restoreConsumers') } },
    ],
    [
      'it went, and not every place was restored',
      'verify',
      'the old key is gone, and places may hold it again: they get the new one',
      { old: 'gone', new: 'Active', record: { ...created, ...came('restoreConsumers', { verdict: 'failed' }) } },
    ],
  ])('%s: %s, %s', async (_, verdict, reason, situation) => {
    const world = await arranged(situation);
    const record = { ...back, ...situation.record };

    const found = await look(world, { ...situation, record });

    expect(found).toMatchObject({ at: '2026-12-06T10:00:00Z', verdict, reason });
    expect(found.keys.map(({ id }) => id)).toEqual(
      [situation.old === 'gone' ? [] : oldKey, situation.new ? newKey : []].flat(),
    );
  });

  test.each<[string, Situation]>([
    ['neither of the two keys is there', { record: created }],
    ['another key is there alone', { stranger: true, record: created }],
    ['the new key is in the vault alone', { kept: true }],
    ['there never was a new key', {}],
  ])('nothing where %s', async (_, situation) => {
    const world = await arranged({ ...situation, old: 'gone' });

    await expect(look(world, { ...situation, record: { ...back, ...situation.record } })).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'alice does not show the old key AKIA…0001',
      hint: 'nothing was changed; look with aws iam list-access-keys --user-name alice',
    });
  });

  test.each(['ListAccessKeys', 'GetAccessKeyLastUsed'])(
    'S1 that it goes on though iam:%s is refused',
    async (denied) => {
      const world = await arranged({}, { policies: allBut(`iam:${denied}`) });

      expect(await look(world, { record: back })).toEqual({
        at: '2026-12-06T10:00:00Z',
        keys: [],
        verdict: 'rollBack',
        reason: 'on the way back, though the keys cannot be read',
      });
    },
  );

  test('S1 that it goes on though the vault cannot be opened', async () => {
    const world = await arranged({});
    const vault = { ...world.vault, get: () => Promise.reject(new VaultError('the vault cannot be opened')) };

    const { verdict, keys } = await look(world, { record: back }, { vault });

    expect([verdict, keys.length]).toEqual(['rollBack', 1]);
  });

  test('nothing where the fault is our own', async () => {
    const world = await arranged({});
    const vault = { ...world.vault, get: () => Promise.reject(new TypeError('a slip')) };

    await expect(look(world, { record: back }, { vault })).rejects.toThrow('a slip');
  });
});
