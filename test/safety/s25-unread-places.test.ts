// Places that nobody can read back, in whole rotations: what is printed, commands that do not say what they hold, and who
// may vouch for them.
import { describe, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import type { Consumer, Replacement } from '../../src/consumers/contract.ts';
import { openConsumer } from '../../src/consumers/registry.ts';
import type { Override, RotationContext } from '../../src/machine/context.ts';
import { consumerDeps } from '../support/consumer-deps.ts';
import { createWorld, type World } from '../support/world.ts';

const vouched: Override = { at: '2026-12-06T10:00:00Z', what: 'unreadable', why: 'a person agreed' };

const vouchedFor = (context: RotationContext): RotationContext => ({
  ...context,
  plan: { ...context.plan, overrides: [...context.plan.overrides, vouched] },
});

/** Places as they are, and a standard output that the test keeps. */
function listening(): { printed: string[]; consumer: ActivityDeps['consumer'] } {
  const printed: string[] = [];
  const deps = consumerDeps({ print: async (text) => void printed.push(text) });
  return { printed, consumer: (spec, replacement) => openConsumer(spec, replacement, deps) };
}

/** Somebody uses the new key as soon as it can be waited for. */
const usingTheNewKey = (world: World) => ({
  onStep: ({ state, event }: { state: string; event: string }, { context }: { context: RotationContext }) => {
    if (state !== 'deliverKey' || event !== 'done') return;
    world.useAt(['2026-12-07T10:00:00Z'], { keyId: context.createKey?.newKey ?? '' });
  },
});

describe('S25 a place that cannot be read back', () => {
  test('does not count as delivered by itself: the old key stays active, and a person decides', async () => {
    const world = await createWorld();
    const { printed, consumer } = listening();

    const { ended, record } = await world.start({ consumers: ['stdout:'] }, { deps: { consumer } });

    expect(ended).toBe('stuck');
    expect(record.context.checkOldKeyUse).toMatchObject({
      verdict: 'unproven',
      reason: 'stdout: cannot be read back, and nobody was seen using the new key: whether it arrived is not known',
    });
    expect(record.context.deliverKey?.consumers).toEqual([{ spec: 'stdout:', state: 'delivered', readable: false }]);
    expect(printed).toHaveLength(1);
    expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], vault: ['r-1-new.json'] });
  });

  test('is not reached before the old key was quiet as long as ever', async () => {
    const world = await createWorld();
    const { consumer } = listening();

    const { ended, record } = await world.start({ consumers: ['stdout:'] }, { deps: { consumer }, wait: false });

    expect(ended).toBe('waiting');
    expect(record.park?.until).toBe('2026-12-08T14:15:03Z');
  });

  test('counts when a person has vouched for it beforehand', async () => {
    const world = await createWorld();
    const { printed, consumer } = listening();

    const { ended } = await world.start({ consumers: ['stdout:'], overrides: [vouched] }, { deps: { consumer } });

    expect(ended).toBe('rotated');
    expect(printed).toHaveLength(1);
    expect(world.left()).toMatchObject({ keys: ['new Active'], claims: [], vault: [] });
  });

  test('counts when a person vouches for it later, and is not printed again', async () => {
    const world = await createWorld();
    const { printed, consumer } = listening();
    await world.start({ consumers: ['stdout:'] }, { deps: { consumer } });

    const { ended } = await world.resume({ deps: { consumer }, change: vouchedFor });

    expect(ended).toBe('rotated');
    expect(printed).toHaveLength(1);
  });

  test('counts when somebody uses the new key', async () => {
    const world = await createWorld();
    const { consumer } = listening();

    const { ended } = await world.start({ consumers: ['stdout:'] }, { deps: { consumer }, ...usingTheNewKey(world) });

    expect(ended).toBe('rotated');
    expect(world.left()).toMatchObject({ keys: ['new Active'], vault: [] });
  });

  test('does not count by the policy that silence may prove nothing', async () => {
    const world = await createWorld();
    const { consumer } = listening();

    const { ended } = await world.start({ consumers: ['stdout:'], unproven: 'proceed' }, { deps: { consumer } });

    expect(ended).toBe('stuck');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('beside places that can be read it still has to be vouched for', async () => {
    const world = await createWorld();
    const { consumer } = listening();
    const [readable = ''] = world.plan().consumers;

    const { ended } = await world.start({ consumers: [readable, 'stdout:'] }, { deps: { consumer } });

    expect(ended).toBe('stuck');
    expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], places: { default: 'new' } });
  });

  test('is left by a roll back, and named', async () => {
    const world = await createWorld();
    const { printed, consumer } = listening();
    const [readable = ''] = world.plan().consumers;

    const { ended, record } = await world.start(
      { consumers: [readable, 'stdout:'] },
      { deps: { consumer }, answers: { awaitQuiet: ['rollBack'] } },
    );

    expect(ended).toBe('rolledBack');
    expect(printed).toHaveLength(1);
    expect(record.context.restoreConsumers?.consumers).toEqual([
      { spec: readable, state: 'restored' },
      { spec: 'stdout:', state: 'left', note: 'it cannot be read back, so it was left as it is' },
    ]);
    expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], places: { default: 'old' } });
  });
});

describe('S25 a first key that was only printed', () => {
  test('stays in the vault until a person says that it arrived, whatever comes between', async () => {
    const world = await createWorld({ keys: [], lastUsed: null });
    const { printed, consumer } = listening();

    const first = await world.start({ consumers: ['stdout:'] }, { deps: { consumer } });
    const again = await world.resume({ deps: { consumer } });
    const kept = world.left().vault;
    const last = await world.resume({ deps: { consumer }, change: vouchedFor });

    expect([first.ended, again.ended, last.ended]).toEqual(['stuck', 'stuck', 'rotated']);
    expect(again.record.history.at(-2)?.state).toBe('checkOldKeyUse');
    expect(kept).toEqual(['r-1-new.json']);
    expect(world.left().vault).toEqual([]);
    expect(printed).toHaveLength(1);
  });

  test('stays there also where the next run breaks at its very beginning', async () => {
    const world = await createWorld({ keys: [], lastUsed: null });
    const { consumer } = listening();
    await world.start({ consumers: ['stdout:'] }, { deps: { consumer } });
    world.sandbox.fault({ operation: 'GetUser', call: 1, kind: 'accessDenied' });

    const { ended, record } = await world.resume({ deps: { consumer } });

    expect(ended).toBe('stuck');
    expect(record.history.at(-2)?.state).toBe('releaseUser');
    expect(world.left().vault).toEqual(['r-1-new.json']);
  });
});

describe('S25 a command', () => {
  /** A command's place, which answers with these words in turn, the last one for ever. */
  const saying = (answers: readonly (string | null | undefined)[], preflight: { readable?: false } = {}) => {
    const opened: Replacement[] = [];
    const words = [...answers];
    const consumer = async (spec: string, replacement: Replacement): Promise<Consumer> => {
      opened.push(replacement);
      return {
        spec,
        readable: replacement.readable !== false,
        preflight: async () => ({ holds: null, pair: null, notes: [], ...preflight }),
        write: async () => {},
        readBack: async () => {
          const word = words.length > 1 ? words.shift() : words[0];
          return word === 'new' ? replacement.newKey : word;
        },
        restore: async () => 'restored',
      };
    };
    return { opened, consumer };
  };

  test('that says nothing at the delivery is not asked again, and has to be vouched for', async () => {
    const world = await createWorld();
    const { opened, consumer } = saying([undefined, 'something else']);

    const { ended, record } = await world.start({ consumers: ['exec:/bin/x'] }, { deps: { consumer } });

    expect(ended).toBe('stuck');
    expect(record.context.deliverKey?.reason).toBe('every place has got the new key; exec:/bin/x cannot be read back');
    expect(record.context.checkOldKeyUse?.reason).toMatch(/^exec:\/bin\/x cannot be read back/);
    expect(opened.at(-1)).toEqual({
      user: 'alice',
      oldKey: world.oldKey,
      newKey: record.context.createKey?.newKey,
      readable: false,
    });
  });

  test('that says at the preflight that it cannot be read back is never asked', async () => {
    const world = await createWorld();
    const { consumer } = saying(['something else'], { readable: false });

    const { ended } = await world.start({ consumers: ['exec:/bin/x'], overrides: [vouched] }, { deps: { consumer } });

    expect(ended).toBe('rotated');
  });

  test('that says that it holds the new key needs nobody to vouch for it', async () => {
    const world = await createWorld();
    const { opened, consumer } = saying(['new']);

    const { ended } = await world.start({ consumers: ['exec:/bin/x'] }, { deps: { consumer } });

    expect(ended).toBe('rotated');
    expect(opened.every(({ readable }) => readable === undefined)).toBe(true);
    expect(opened[0]).toEqual({ user: 'alice', oldKey: world.oldKey, newKey: null });
  });

  test.each([
    ['nothing any more', undefined, 'exec:/bin/x does not say any more what it holds'],
    ['no key', null, 'exec:/bin/x holds no key'],
  ])('S5 that said so, and then says %s, stops the rotation', async (_, later, reason) => {
    const world = await createWorld();
    const { consumer } = saying(['new', 'new', later]);

    const { ended, record } = await world.start({ consumers: ['exec:/bin/x'] }, { deps: { consumer } });

    expect(ended).toBe('stuck');
    expect(record.context.checkOldKeyUse).toMatchObject({ verdict: 'lost', reason });
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });
});
