import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ActivityName } from '../../src/machine/context.ts';
import { createWorld, day, user, type World } from '../support/world.ts';

const claimTag = 'keyturn:claim:r-1';

/** A claim that another machine raised further than this record knows. */
function raise(world: World): void {
  const claim = world.account.tags(user)[claimTag] ?? '';
  world.account.setTags(user, { [claimTag]: claim.replace(/ n=\d+ /, ' n=40 ') });
}

describe('S10 the claim', () => {
  test('is raised before each dangerous step, by one', async () => {
    const world = await createWorld();
    const seen: string[] = [];
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'TagUser') {
        seen.push(/n=\d+ step=\w+/.exec(world.account.tags(user)[claimTag] ?? '')?.[0] ?? '');
      }
    });

    await world.start();

    expect(seen).toEqual([
      'n=0 step=claimUser',
      'n=1 step=createKey',
      'n=2 step=deliverKey',
      'n=3 step=deactivateKey',
      'n=4 step=deleteKey',
    ]);
  });

  test('is raised only once the record says which step is begun', async () => {
    const world = await createWorld();
    const seen: string[] = [];
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase !== 'before' || operation !== 'TagUser') return;
      const record = JSON.parse(readFileSync(`${world.folder}/rotations/r-1.json`, 'utf8'));
      seen.push(`${record.state} ${record.running ? 'begun' : 'not begun'}`);
    });

    await world.start();

    expect(seen).toEqual(
      ['claimUser', 'createKey', 'deliverKey', 'deactivateKey', 'deleteKey'].map((step) => `${step} begun`),
    );
  });

  test('ahead of the record: the record only reports, and the claim stays the other one’s', async () => {
    const world = await createWorld();
    await world.start({}, { wait: false });
    raise(world);
    const before = { left: world.left(), tags: world.account.tags(user) };
    const from = world.sandbox.requests.length;

    const { ended, record } = await world.resume();

    expect(ended).toBe('stuck');
    expect(record.context.error?.Error).toBe('RecordError');
    expect({ left: world.left(), tags: world.account.tags(user) }).toEqual(before);
    expect(world.operations(from).filter((name) => /^(Tag|Untag|Create|Update|Delete)/.test(name))).toEqual([]);
  });

  test('gone: the record only reports', async () => {
    const world = await createWorld();
    await world.start({}, { wait: false });
    world.account.setTags(user, { team: 'web' });

    const { ended, record } = await world.resume();

    expect(ended).toBe('stuck');
    expect(record.context.error?.Cause).toContain('has no claim on alice any more');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
    expect(world.account.tags(user)).toEqual({ team: 'web' });
  });

  test('is read twice, 2 s apart, before the first dangerous step', async () => {
    const world = await createWorld();

    await world.start({}, { killIn: 'verifyNewKey' });

    const made = world.operations().indexOf('CreateAccessKey');
    const reads = world.sandbox.requests.slice(0, made).filter(({ operation }) => operation === 'GetUser');
    const [first, ...rest] = reads.slice(1).map(({ at }) => at);
    expect(first).toBe('2026-12-06T10:00:02Z');
    expect(rest.length).toBeGreaterThanOrEqual(1);
  });

  test('that one read lacks is looked for again: a later read shows it', async () => {
    const world = await createWorld();
    const context = await world.reach('deliverKey');
    const tags = world.account.tags(user);
    let reads = 0;
    world.sandbox.onRequest(({ phase, operation }) => {
      if (operation !== 'GetUser') return;
      if (phase === 'before') reads += 1;
      world.account.setTags(user, phase === 'before' && reads === 1 ? { team: 'web' } : tags);
    });

    const delivered = await world.activities.deliverKey(context);

    expect(reads).toBe(2);
    expect(delivered.verdict).toBe('delivered');
  });

  test('of another rotation stays where it is when ours is refused', async () => {
    const world = await createWorld();
    world.account.setTags(user, {
      'keyturn:claim:r-0': 'since=2026-12-01T10:00:00Z n=3 step=deliverKey at=2026-12-01T10:01:00Z',
    });

    const { ended, record } = await world.start();

    expect(ended).toBe('refused');
    expect(record.context.error?.Cause).toContain('keyturn release r-0 --user alice');
    expect(world.left()).toMatchObject({ keys: ['old Active'], claims: ['keyturn:claim:r-0'], vault: [] });
  });

  test('that says released is none', async () => {
    const world = await createWorld();
    world.account.setTags(user, { 'keyturn:claim:r-0': 'released 2026-12-01T10:00:00Z' });

    const { ended } = await world.start();

    expect(ended).toBe('rotated');
  });

  test.for([
    ['createKey', 'checkOldKeyUse'],
    ['deliverKey', 'checkHealth'],
    ['deactivateKey', 'releaseUser'],
  ] as [ActivityName, ActivityName][])(
    'a copy of the record from before %s does nothing once the other is in %s',
    async ([step, later]) => {
      const world = await createWorld();
      const copy = await world.reach(step);
      await world.resume({ killIn: later });
      const before = world.left();

      await expect(world.activities[step](copy)).rejects.toMatchObject({ name: 'RecordError' });
      expect(world.left()).toEqual(before);
    },
  );
});

describe('S4 proceed', () => {
  test('ends the wait that it names and no other', async () => {
    const world = await createWorld();
    const given = { signal: 'proceed' as const, state: 'awaitQuiet', entry: 1, at: '2026-12-06T11:00:00Z' };
    await world.start({}, { wait: false });

    const first = await world.resume({ wait: false, given });
    const second = await world.resume({ wait: false, given });

    expect([first.record.state, second.record.state]).toEqual(['awaitGrace', 'awaitGrace']);
    expect(world.left().keys).toEqual(['old Inactive', 'new Active']);
  });

  test('for another entry of the same wait does not end this one', async () => {
    const world = await createWorld();
    await world.start({}, { wait: false });
    const given = { signal: 'proceed' as const, state: 'awaitQuiet', entry: 2, at: '2026-12-06T11:00:00Z' };

    const { record } = await world.resume({ wait: false, given });

    expect(record.park).toMatchObject({ state: 'awaitQuiet', entry: 1 });
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('of an earlier grace does not make a later deletion a person’s', async () => {
    const world = await createWorld();
    await world.start({}, { answers: { awaitGrace: ['reactivate'] }, killIn: 'deleteKey' });
    const context = (await world.store.load('r-1')).context;
    const earlier = { ...context, awaitGrace: { signal: 'proceed' as const } };
    world.account.setStatus(world.oldKey, 'Active');
    world.account.use(world.oldKey);
    world.account.setStatus(world.oldKey, 'Inactive');

    await expect(world.activities.deleteKey(earlier)).rejects.toThrow('which was not known when it was deactivated');
  });

  test('an unknown signal means back to watching', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start({}, { answers: { awaitGrace: ['later!' as never] } });

    expect(ended).toBe('rotated');
    expect(record.context.reactivateKey?.times).toBe(1);
  });
});

describe('S11 with this machine’s clock', () => {
  test.each([40, -40])('%d days off, every stamp is AWS’s and the rotation takes as long as ever', async (days) => {
    const world = await createWorld({ skew: days * day * 1000 });

    const { ended, record } = await world.start();

    const { claimUser, deliverKey, deactivateKey, deleteKey } = record.context;
    expect(ended).toBe('rotated');
    expect(claimUser?.skewSeconds).toBe(days * 86_400);
    expect([deliverKey?.at, deactivateKey?.at, deactivateKey?.graceUntil, deleteKey?.at]).toEqual([
      '2026-12-06T10:00:03Z',
      '2026-12-08T14:15:03Z',
      '2026-12-10T14:15:03Z',
      '2026-12-10T14:15:08Z',
    ]);
    expect(world.left()).toMatchObject({ keys: ['new Active'], claims: [] });
  });

  test('an orphan is recognised all the same', async () => {
    const world = await createWorld({ skew: 40 * day * 1000 });
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.left().keys).toEqual(['another new Active']);
  });
});
