// What activities say of what they did, found or would not do: whole reasons and hints, for a person decides by them.
import { describe, expect, test } from 'vitest';
import { shortKeyId } from '../../src/access-key.ts';
import type { Halt } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import { UnexpectedStateError } from '../../src/errors.ts';
import type { ActivityName, Plan, RotationContext } from '../../src/machine/context.ts';
import type { StartOptions } from '../support/world.ts';
import { createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const rollBack: StartOptions = { answers: { awaitGrace: ['rollBack'] } };

/** What was found or done, state by state. */
const said = ({ record }: Awaited<ReturnType<World['start']>>) =>
  record.history
    .filter(({ event, detail }) => event === 'done' && detail !== '')
    .map((one) => `${one.state} ${one.detail}`);

describe('a rotation says', () => {
  test('of each step what was found, and announces what takes something away', async () => {
    const world = await createWorld();

    const ended = await world.start();

    const [oldKey, newKey] = [world.oldKey, ended.record.context.createKey?.newKey ?? ''].map(shortKeyId);
    const fine = 'the places hold the new key, and no use of the old one was seen';
    expect(said(ended)).toEqual([
      'inspectKeys create: there is room for a new key',
      `verifyNewKey accepted: AWS accepts ${newKey}`,
      'deliverKey delivered: every place holds the new key',
      'checkOldKeyUse busy: the old key was last used 2026-12-06T09:00:00Z',
      'checkOldKeyUse quiet: the old key was last used 2026-12-06T09:00:00Z',
      `checkHealth healthy: ${fine}`,
      `checkHealth passed: the grace has passed: ${fine}`,
      `releaseUser rotated: ${newKey} has replaced ${oldKey}`,
    ]);
    expect(world.announcements).toEqual([
      {
        about: 'deactivateKey',
        text: `deactivating ${oldKey}; this brings it back at any time: aws iam update-access-key --user-name alice --access-key-id ${world.oldKey} --status Active`,
      },
      { about: 'deleteKey', text: `deleting ${oldKey}: after this there is no way back to it` },
    ]);
  });

  test('on its way back which key is where', async () => {
    const world = await createWorld();

    const ended = await world.start({}, rollBack);

    const [oldKey, newKey] = [world.oldKey, ended.record.context.createKey?.newKey ?? ''].map(shortKeyId);
    const stays = `the new key ${newKey} stays active: a place was offered it and may use it`;
    expect(said(ended).slice(-4)).toEqual([
      `verifyOldKey accepted: AWS accepts ${oldKey}`,
      `restoreConsumers restored: every place holds ${oldKey} again`,
      `removeNewKey left: ${stays}`,
      `releaseUser rolledBack: ${stays}`,
    ]);
  });

  test('that the new key was never offered, where AWS did not accept it', async () => {
    const world = await createWorld({ settings: { newKeyDelay: 86_400_000 } });

    const ended = await world.start();

    const newKey = shortKeyId(ended.record.context.createKey?.newKey ?? '');
    const removed = `the new key ${newKey} is removed: no place was ever offered it`;
    expect(said(ended).slice(-4)).toEqual([
      `verifyNewKey rejected: AWS did not accept ${newKey} within a minute`,
      'verifyOldKey notNeeded: no place was ever offered the new key',
      `removeNewKey removed: ${removed}`,
      `releaseUser rolledBack: AWS did not accept ${newKey} within a minute; ${removed}`,
    ]);
  });
});

interface Refusal {
  activity: ActivityName;
  where: string;
  world?: WorldOptions;
  plan?: Partial<Plan>;
  options?: StartOptions;
  /** What happens between the last step and this one. */
  meanwhile?: (world: World, context: RotationContext) => void | Promise<void>;
  says: (names: Record<'oldKey' | 'newKey' | 'undo' | 'undone', string>) => {
    name: string;
    message: string;
    hint: string;
  };
}

const judgesAgain = 'the old key was not deactivated; keyturn resume r-1 judges again';
const notDeleted = (undo: string) =>
  `the old key is inactive and was not deleted; keyturn resume r-1 judges again, this brings the key back: ${undo}`;
const noRoom =
  'nothing was removed; an inactive key can be named with --free-slot AKIA…, an active one needs keyturn retire first';
const inactive = { createdAt: '2026-01-01T08:00:00Z', status: 'Inactive' as const };
const old = { createdAt: '2026-06-01T08:00:00Z' };

const refusals: Refusal[] = [
  {
    activity: 'deliverKey',
    where: 'the vault lost the new pair',
    meanwhile: ({ vault }) => vault.remove('r-1', 'new'),
    says: () => ({
      name: 'VaultError',
      message: 'the new pair of rotation r-1 is not in the vault',
      hint: 'both keys are active and the places as they were; keyturn rollback r-1 goes back',
    }),
  },
  {
    activity: 'deliverKey',
    where: 'its claim is gone',
    meanwhile: ({ account }) => account.setTags(user, {}),
    says: () => ({
      name: 'RecordError',
      message: 'the claim of rotation r-1 on alice is gone',
      hint: 'someone released it, or this record was restored from a backup; nothing was changed; look with keyturn status',
    }),
  },
  {
    activity: 'deliverKey',
    where: 'an older claim is there',
    meanwhile: ({ account }) =>
      account.setTags(user, {
        ...account.tags(user),
        'keyturn:claim:r-0': 'since=2026-12-01T00:00:00Z n=0 step=claimUser at=2026-12-01T00:00:00Z',
      }),
    says: () => ({
      name: 'RefusedError',
      message: 'alice is being rotated already: rotation r-0 since 2026-12-01T00:00:00Z',
      hint: 'look with keyturn status r-0; if that rotation is dead: keyturn release r-0 --user alice',
    }),
  },
  {
    activity: 'deliverKey',
    where: 'a claim is there that cannot be read',
    meanwhile: ({ account }) => account.setTags(user, { ...account.tags(user), 'keyturn:claim:r-0': 'x' }),
    says: () => ({
      name: 'RefusedError',
      message: 'alice is being rotated already: rotation r-0',
      hint: 'look with keyturn status r-0; if that rotation is dead: keyturn release r-0 --user alice',
    }),
  },
  {
    activity: 'deliverKey',
    where: 'its claim is further than its record',
    meanwhile: ({ account }) =>
      account.setTags(user, {
        'keyturn:claim:r-1': 'since=2026-12-06T10:00:00Z n=9 step=deleteKey at=2026-12-06T10:00:00Z',
      }),
    says: ({ undone }) => ({
      name: 'RecordError',
      message: 'the record of rotation r-1 is behind its claim in AWS (1 < 9, at deleteKey)',
      hint: `nothing was changed now; go on where the newer record is, or put that record back in place of this one; the way back needs none: ${undone}`,
    }),
  },
  {
    activity: 'restoreConsumers',
    where: 'the vault lost the old pair',
    options: rollBack,
    meanwhile: ({ vault }) => vault.remove('r-1', 'old'),
    says: () => ({
      name: 'VaultError',
      message: 'the pairs of rotation r-1 are not in the vault',
      hint: 'both keys are active and the places as they were',
    }),
  },
  {
    activity: 'deactivateKey',
    where: 'the old key is inactive already',
    meanwhile: ({ account, oldKey }) => account.setStatus(oldKey, 'Inactive'),
    says: ({ oldKey }) => ({
      name: 'UnexpectedStateError',
      message: `the old key ${oldKey} is not active: Inactive`,
      hint: judgesAgain,
    }),
  },
  {
    activity: 'deactivateKey',
    where: 'the new key is not active',
    meanwhile: ({ account }, { createKey }) => account.setStatus(createKey?.newKey ?? '', 'Inactive'),
    says: () => ({ name: 'UnexpectedStateError', message: 'the new key is not active', hint: judgesAgain }),
  },
  {
    activity: 'deactivateKey',
    where: 'the old key was used since the look',
    meanwhile: ({ account, oldKey }) => account.use(oldKey, { at: '2026-12-08T14:00:00Z' }),
    says: () => ({
      name: 'UnexpectedStateError',
      message: 'the old key was used again, at 2026-12-08T14:00:00Z',
      hint: judgesAgain,
    }),
  },
  {
    activity: 'deleteKey',
    where: 'somebody made the old key active again',
    meanwhile: ({ account, oldKey }) => account.setStatus(oldKey, 'Active'),
    says: ({ oldKey }) => ({
      name: 'UnexpectedStateError',
      message: `${oldKey} is Active, so it is not deleted`,
      hint: 'somebody made it active again; keyturn resume goes on watching it',
    }),
  },
  {
    activity: 'deleteKey',
    where: 'the new key is not active',
    meanwhile: ({ account }, { createKey }) => account.setStatus(createKey?.newKey ?? '', 'Inactive'),
    says: ({ undo }) => ({
      name: 'UnexpectedStateError',
      message: 'the new key is not active',
      hint: notDeleted(undo),
    }),
  },
  {
    activity: 'deleteKey',
    where: 'both keys are gone',
    meanwhile: ({ account, oldKey }, { createKey }) => {
      account.deleteKey(oldKey);
      account.deleteKey(createKey?.newKey ?? '');
    },
    says: ({ oldKey, newKey }) => ({
      name: 'UnexpectedStateError',
      message: `alice shows neither ${oldKey} nor ${newKey}`,
      hint: 'nothing was deleted; look with aws iam list-access-keys --user-name alice',
    }),
  },
  {
    activity: 'deleteKey',
    where: 'a use became known',
    meanwhile: ({ account, oldKey }) => account.use(oldKey, { at: '2026-12-08T14:00:00Z' }),
    says: ({ undo }) => ({
      name: 'UnexpectedStateError',
      message: 'the old key was used at 2026-12-08T14:00:00Z, which was not known when it was deactivated',
      hint: notDeleted(undo),
    }),
  },
  {
    activity: 'reactivateKey',
    where: 'the old key is gone',
    options: rollBack,
    meanwhile: ({ account, oldKey }) => account.deleteKey(oldKey),
    says: ({ oldKey }) => ({
      name: 'UnexpectedStateError',
      message: `the old key ${oldKey} is gone, so it cannot come back`,
      hint: 'the places stay on the new key; keyturn resume r-1 finishes',
    }),
  },
  {
    activity: 'freeSlot',
    where: 'the only other key is active',
    world: { keys: [old, { createdAt: '2026-01-01T08:00:00Z' }] },
    plan: { freeSlot: 'inactive' },
    says: ({ newKey }) => ({
      name: 'RefusedError',
      message: `alice needs room, but ${newKey} is Active`,
      hint: noRoom,
    }),
  },
  {
    activity: 'freeSlot',
    where: 'the key that was named is none',
    world: { keys: [old, inactive] },
    plan: { freeSlot: 'AKIASOMEBODYELSE0001' },
    says: () => ({ name: 'RefusedError', message: 'alice has no room for a new key', hint: noRoom }),
  },
  {
    activity: 'freeSlot',
    where: 'the other key was in use within 90 days',
    world: { keys: [old, inactive] },
    plan: { freeSlot: 'inactive' },
    meanwhile: ({ account, ids: [, other = ''] }) => {
      account.setStatus(other, 'Active');
      account.use(other, { at: '2026-09-07T11:00:00Z' });
      account.setStatus(other, 'Inactive');
    },
    says: ({ newKey }) => ({
      name: 'RefusedError',
      message: `alice needs room, but ${newKey} was in use within 90 days`,
      hint: noRoom,
    }),
  },
];

test.each(refusals.map((one) => [one.activity, one.where, one] as const))(
  '%s stops where %s',
  async (_activity, _where, { activity, world: arranged, plan, options, meanwhile, says }) => {
    const world = await createWorld(arranged);
    const context = await world.reach(activity, plan, options);
    await meanwhile?.(world, context);
    const before = world.left();

    const error = await world.activities[activity](context).catch((caught: unknown) => caught);

    expect(error).toMatchObject(
      says({
        oldKey: shortKeyId(world.oldKey),
        newKey: shortKeyId(context.createKey?.newKey ?? world.ids[1] ?? ''),
        undone: `keyturn rollback --only-reactivate --user ${user} --key ${world.oldKey}`,
        undo: `aws iam update-access-key --user-name ${user} --access-key-id ${world.oldKey} --status Active`,
      }),
    );
    expect(world.left()).toEqual(before);
  },
);

test('an inactive key that was silent for 90 days makes room, and that is announced', async () => {
  const world = await createWorld({ keys: [old, inactive] });
  const [, other = ''] = world.ids;
  const context = await world.reach('freeSlot', { freeSlot: 'inactive' });
  world.account.setStatus(other, 'Active');
  world.account.use(other, { at: '2026-09-07T10:00:00Z' });
  world.account.setStatus(other, 'Inactive');

  const { removed } = await world.activities.freeSlot(context);

  expect(removed).toBe(other);
  expect(world.left().keys).toEqual(['old Active']);
  expect(world.announcements).toEqual([
    { about: 'freeSlot', text: `deleting the inactive key ${shortKeyId(other)} to make room` },
  ]);
});

test.each([
  [
    { account: '210987654321' },
    'these credentials belong to account 123456789012, the rotation to 210987654321',
    'nothing was changed; run the command with credentials of the rotation’s account',
  ],
  [
    { userId: 'AIDASOMEBODYELSE' },
    /^the user alice is another one now: AIDA\w+ instead of AIDASOMEBODYELSE$/,
    'the user was deleted and made again; nothing was changed; start a new rotation',
  ],
])('S9 a rotation with %j is not of this user', async (plan, message, hint) => {
  const world = await createWorld();
  const context = await world.reach('deliverKey');

  const delivering = world.activities.deliverKey({ ...context, plan: { ...context.plan, ...plan } });

  await expect(delivering).rejects.toThrow(message);
  await expect(delivering).rejects.toMatchObject({ name: 'UnexpectedStateError', hint });
});

test('S34 a halt says why, and until when nothing goes on', async () => {
  const world = await createWorld();
  const context = await world.reach('createKey');
  const halt: Halt = { reason: 'somebody said stop', until: Date.parse('2026-12-07T10:00:00Z') } as Halt;
  const { createKey } = createActivities({ ...world.newDeps(), halted: async () => halt });

  const error = await createKey(context).catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(UnexpectedStateError);
  expect(error).toMatchObject({
    message: 'nothing may be changed now: somebody said stop',
    hint: 'every key is as it was; keyturn resume r-1 goes on, not before 2026-12-07T10:00:00Z',
  });
  expect(world.left().keys).toEqual(['old Active']);
});
