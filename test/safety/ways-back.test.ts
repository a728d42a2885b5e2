// Every answer to a wait, and a delivery that fails: the old key works again before anything else happens, and each place
// holds a key that works.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import type { Consumer } from '../../src/consumers/contract.ts';
import { createWorld } from '../support/world.ts';

const restored = { keys: ['old Active', 'new Active'], claims: [], vault: [], places: { default: 'old' } };
const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };
const changes = ['TagUser', 'UntagUser', 'CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'];

describe('roll back', () => {
  test('S23 while the old key is watched: every place holds it again, the new one stays and is named', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start({}, { answers: { awaitQuiet: ['rollBack'] } });

    expect(ended).toBe('rolledBack');
    expect(record.context.releaseUser?.reason).toMatch(/^the new key AKIA….{4} stays active: a place was offered it/);
    expect(world.left()).toEqual(restored);
    expect(world.outages).toEqual([]);
  });

  test('S1 in the grace: the reactivation comes first, before any tag', async () => {
    const world = await createWorld();
    let from = 0;

    const { ended } = await world.start(
      {},
      {
        answers: { awaitGrace: ['rollBack'] },
        onStep: ({ event }) => {
          if (event === 'signal') from = world.sandbox.requests.length;
        },
      },
    );

    expect(ended).toBe('rolledBack');
    expect(world.operations(from).filter((name) => changes.includes(name))[0]).toBe('UpdateAccessKey');
    expect(world.left()).toEqual(restored);
    expect(world.outages).toEqual([]);
  });

  test('given while another step runs: taken when it ends', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event }) => {
          if (state !== 'verifyNewKey' || event !== 'started') return;
          const message = { signal: 'rollBack', state: null, entry: null, at: '2026-12-06T10:00:02Z' };
          writeFileSync(`${world.folder}/rotations/r-1.signal`, JSON.stringify(message));
        },
      },
    );

    expect(ended).toBe('rolledBack');
    expect(record.context.deliverKey).toBeUndefined();
    expect(world.left()).toEqual({ ...restored, keys: ['old Active'] });
  });

  test('S24 a place that was changed by something else meanwhile is left as it is and named', async () => {
    const world = await createWorld({ profiles: ['default', 'batch'] });
    await world.start({}, { wait: false });
    const foreign = world.content().replace(/(\[batch\]\naws_access_key_id = )\S+/, '$1AKIASOMEBODYELSE0001');
    writeFileSync(world.credentialsFile, foreign);

    const { ended, record } = await world.resume({ intent: 'rollBack' });

    expect(ended).toBe('rolledBack');
    expect(record.context.restoreConsumers?.consumers.map(({ state }) => state)).toEqual(['restored', 'left']);
    expect(record.context.restoreConsumers?.reason).toContain('credentials-file:batch@');
    expect(world.content()).toContain('[batch]\naws_access_key_id = AKIASOMEBODYELSE0001');
    expect(world.left().places.default).toBe('old');
  });

  test('killed while it restores, and the old key deleted then by a person: every place gets the new key', async () => {
    const world = await createWorld({ profiles: ['default', 'batch'] });
    const before = world.content();
    let restores = false;
    await world.start(
      {},
      {
        answers: { awaitQuiet: ['rollBack'] },
        onStep: ({ state, event }) => {
          restores ||= state === 'restoreConsumers' && event === 'started';
        },
        killAt: ({ phase, operation }) => restores && phase === 'after' && operation === 'TagUser',
      },
    );
    writeFileSync(world.credentialsFile, before);
    world.account.deleteKey(world.oldKey);

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual({ ...rotated, places: { default: 'new', batch: 'new' } });
  });

  test('S23 where AWS does not accept the old pair nothing is restored', async () => {
    const world = await createWorld({
      content: '[default]\naws_access_key_id = {id}\naws_secret_access_key = not/the/secret+of/that/key000000000000\n',
    });

    const { ended, record } = await world.start({}, { answers: { awaitQuiet: ['rollBack'] } });

    expect(ended).toBe('stuck');
    expect(record.context.verifyOldKey?.verdict).toBe('rejected');
    expect(world.left()).toEqual({
      keys: ['old Active', 'new Active'],
      claims: ['keyturn:claim:r-1'],
      vault: ['r-1-new.json', 'r-1-old.json'],
      places: { default: 'new' },
    });
  });

  test('where the old pair could never be read the old key is active again and the places stay on the new one', async () => {
    const world = await createWorld();
    const held: KeyPair[] = [];
    const vouched = { at: '2026-12-06T10:00:00Z', what: 'unreadable' as const, why: 'a person agreed' };
    const writeOnly: Consumer = {
      spec: 'write-only:place',
      readable: false,
      preflight: async () => ({ holds: null, pair: null, notes: [] }),
      write: async (pair) => void held.push(pair),
      readBack: async () => null,
      restore: async () => 'left',
    };

    const { ended, record } = await world.start(
      { consumers: ['write-only:place'], overrides: [vouched] },
      { answers: { awaitGrace: ['rollBack'] }, deps: { consumer: async () => writeOnly } },
    );

    expect(ended).toBe('rolledBack');
    expect(record.context.verifyOldKey?.verdict).toBe('unkept');
    expect(held.map(({ accessKeyId }) => accessKeyId)).toEqual([record.context.createKey?.newKey]);
    expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: [], vault: [] });
  });

  test('after the rotation is over: too late, and nothing happens', async () => {
    const world = await createWorld();
    await world.start();

    const { ended } = await world.resume({ intent: 'rollBack' });

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
  });
});

describe('reactivate', () => {
  test('in the grace: back to watching with the places on the new key, then deactivated and deleted after all', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start({}, { answers: { awaitGrace: ['reactivate'] } });

    expect(ended).toBe('rotated');
    expect(record.context.reactivateKey?.times).toBe(1);
    expect(record.history.filter(({ state, event }) => state === 'deactivateKey' && event === 'done')).toHaveLength(2);
    expect(world.left()).toEqual(rotated);
  });

  test('at the first wait it changes nothing and the watch goes on', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start({}, { answers: { awaitQuiet: ['reactivate'] } });

    expect(ended).toBe('rotated');
    expect(record.context.reactivateKey).toBeUndefined();
  });
});

describe('proceed', () => {
  test('ends the watch of a key that is still in use, and then the grace, and deletes', async () => {
    const world = await createWorld({ lastUsed: '2026-12-06T09:59:00Z' });

    const { ended, record } = await world.start({}, { answers: { awaitQuiet: ['proceed'], awaitGrace: ['proceed'] } });

    expect(ended).toBe('rotated');
    expect(record.history.at(-1)?.at).toMatch(/^2026-12-06T10:0/);
    expect(world.left()).toEqual(rotated);
  });
});

describe('deliverKey fails at the second of two places', () => {
  test('the first is restored, the second is as it was, and the new key stays and is named', async () => {
    const world = await createWorld({ profiles: ['default', 'batch'] });
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase !== 'after' || operation !== 'CreateAccessKey') return;
      const foreign = world.content().replace(/(\[batch\]\naws_access_key_id = )\S+/, '$1AKIASOMEBODYELSE0001');
      writeFileSync(world.credentialsFile, foreign);
    });

    const { ended, record } = await world.start();

    expect(ended).toBe('rolledBack');
    expect(record.context.deliverKey?.consumers.map(({ state }) => state)).toEqual(['delivered', 'failed']);
    expect(record.context.restoreConsumers?.consumers.map(({ state }) => state)).toEqual(['restored', 'left']);
    expect(record.context.releaseUser?.reason).toContain('holds the key AKIA…0001 instead of the key');
    expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: [], vault: [] });
    expect(world.left().places.default).toBe('old');
    expect(world.content()).toContain('[batch]\naws_access_key_id = AKIASOMEBODYELSE0001');
  });

  test('a place that does not give back what was written counts as failed', async () => {
    const world = await createWorld();
    const forgetful = async (...given: Parameters<ActivityDeps['consumer']>): Promise<Consumer> => {
      const place = await world.newDeps().consumer(...given);
      return { ...place, write: async () => {} };
    };

    const { ended } = await world.start({}, { deps: { consumer: forgetful } });

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual(restored);
  });
});
