// Every way back, at every wait and after every failure, with the real activities: the old key works again before
// anything else happens, and each place holds a key that works.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import type { Consumer } from '../../src/consumers/contract.ts';
import type { Probe, ProbeResult } from '../../src/probes/contract.ts';
import { allBut, createWorld, day, hour, user, type World } from '../support/world.ts';

const restored = { keys: ['old Active', 'new Active'], claims: [], vault: [], places: { default: 'old' } };
const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };
const changes = ['TagUser', 'UntagUser', 'CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'];

/** A probe that gives these verdicts, one a look, and the last one for ever. */
function probeSaying(...verdicts: ProbeResult['verdict'][]): () => Promise<Probe> {
  const rest = [...verdicts];
  return async () => ({
    spec: 'http:https://app.example/health',
    look: async () => ({ verdict: (rest.length > 1 ? rest.shift() : rest[0]) ?? 'pass', detail: 'as arranged' }),
  });
}

describe('roll back', () => {
  test('while the old key is watched: every place holds it again, the new one stays and is named', async () => {
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
    const writeOnly: Consumer = {
      spec: 'write-only:place',
      readable: false,
      preflight: async () => ({ holds: null, pair: null, notes: [] }),
      write: async (pair) => void held.push(pair),
      readBack: async () => null,
      restore: async () => 'left',
    };

    const { ended, record } = await world.start(
      { consumers: ['write-only:place'] },
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

describe('S1 nothing of ours blocks the reactivation', () => {
  const inGrace = async (): Promise<World> => {
    const world = await createWorld({ policies: allBut() });
    await world.start({}, { killIn: 'checkHealth' });
    return world;
  };

  test.each([
    ['iam:TagUser'],
    ['iam:GetUser'],
    ['iam:ListUserTags'],
    ['iam:ListAccessKeys'],
    ['iam:GetAccessKeyLastUsed'],
    ['iam:ListAttachedUserPolicies'],
    ['everything but iam:UpdateAccessKey'],
  ])('%s is denied', async (denied) => {
    const world = await inGrace();
    const allow = { Effect: 'Allow' as const, Action: 'iam:UpdateAccessKey', Resource: '*' };
    world.account.setPolicies(
      'operator',
      denied.startsWith('every') ? [{ Version: '2012-10-17', Statement: allow }] : allBut(denied),
    );

    await world.resume({ intent: 'rollBack' });

    expect(world.left().keys).toEqual(['old Active', 'new Active']);
    expect(world.outages).toEqual([]);
  });

  test('the vault is damaged', async () => {
    const world = await inGrace();
    writeFileSync(`${world.folder}/vault/r-1-new.json`, 'no json');
    writeFileSync(`${world.folder}/vault/r-1-old.json`, 'no json');

    const { ended } = await world.resume({ intent: 'rollBack' });

    expect(ended).toBe('stuck');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('the claim is gone', async () => {
    const world = await inGrace();
    world.account.setTags(user, {});

    const { ended } = await world.resume({ intent: 'rollBack' });

    expect(ended).toBe('stuck');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('another machine went on with a newer record', async () => {
    const world = await inGrace();
    const [claim = ''] = Object.keys(world.account.tags(user)).filter((key) => key.startsWith('keyturn:'));
    world.account.setTags(user, { [claim]: 'since=2026-12-06T10:00:00Z n=9 step=deleteKey at=2026-12-09T10:00:00Z' });

    const { ended, record } = await world.resume({ intent: 'rollBack' });

    expect(ended).toBe('stuck');
    expect(record.context.error?.Error).toBe('RecordError');
    expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], places: { default: 'new' } });
  });

  test('the announcement fails', async () => {
    // A clock that is off would be warned of.
    const world = await createWorld({ skew: day * 1000 });
    await world.start({}, { killIn: 'checkHealth' });
    const announce = () => Promise.reject(new Error('no one listens'));

    await world.resume({ intent: 'rollBack', deps: { announce } });

    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('the line that undoes it is announced before each deactivation', async () => {
    const world = await createWorld();
    let announced: string[] = [];
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' && operation === 'UpdateAccessKey')
        announced = world.announcements.map(({ text }) => text);
    });

    await world.start({}, { killIn: 'checkHealth' });

    expect(announced.at(-1)).toContain(
      `aws iam update-access-key --user-name alice --access-key-id ${world.oldKey} --status Active`,
    );
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

describe('S2 health that cannot be judged', () => {
  test('for twice probeEvery: the old key comes back by itself, and a person has to look', async () => {
    const world = await createWorld();
    const since = { fault: '' };

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event, at }) => {
          if (state !== 'deactivateKey' || event !== 'done') return;
          since.fault = at;
          world.sandbox.fault({ operation: 'GetUser', call: 'every', kind: 'accessDenied' });
        },
      },
    );

    expect(since.fault).toBe('2026-12-08T14:15:03Z');
    expect(ended).toBe('stuck');
    expect(record.history.find(({ state }) => state === 'reactivateToStop')?.at).toBe('2026-12-08T16:15:03Z');
    expect(world.left()).toEqual({
      keys: ['old Active', 'new Active'],
      claims: ['keyturn:claim:r-1'],
      vault: ['r-1-new.json', 'r-1-old.json'],
      places: { default: 'new' },
    });
  });

  test('because the keys cannot be listed: that does not stop the reactivation either', async () => {
    const world = await createWorld();

    const { ended } = await world.start(
      {},
      {
        onStep: ({ state, event }) => {
          if (state !== 'deactivateKey' || event !== 'done') return;
          world.sandbox.fault({ operation: 'ListAccessKeys', call: 'every', kind: 'accessDenied' });
        },
      },
    );

    expect(ended).toBe('stuck');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('for less than that: the look is made up for and the grace goes on', async () => {
    const world = await createWorld();
    let calls = 0;

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event }) => {
          if (state !== 'deactivateKey' || event !== 'done') return;
          world.sandbox.fault({ operation: 'GetUser', call: () => ++calls <= 2, kind: 'accessDenied' });
        },
      },
    );

    expect(ended).toBe('rotated');
    expect(record.history.filter(({ state, event }) => state === 'awaitNextLook' && event === 'waiting')).toHaveLength(
      2,
    );
    expect(record.context.reactivateKey).toBeUndefined();
  });

  test('S18 a probe without data is not a pass', async () => {
    const world = await createWorld();

    const { ended } = await world.start(
      { probes: ['http:https://app.example/health'] },
      { deps: { probe: probeSaying('pass', 'pass', 'noData') } },
    );

    expect(ended).toBe('stuck');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('a deactivation that AWS refuses leaves the key active', async () => {
    const world = await createWorld({ policies: allBut('iam:UpdateAccessKey') });

    const { ended } = await world.start();

    expect(ended).toBe('stuck');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });
});

describe('a failing probe', () => {
  test('S18 before the deactivation holds it back', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start(
      { probes: ['http:https://app.example/health'], watchLimit: 3 * day },
      { deps: { probe: probeSaying('fail') } },
    );

    expect(ended).toBe('stuck');
    expect(record.context.checkOldKeyUse?.verdict).toBe('overdue');
    expect(record.context.deactivateKey).toBeUndefined();
  });

  test('in the grace: the old key comes back by itself and the watch begins anew; a second time a person has to look', async () => {
    const world = await createWorld();
    // Two looks before each deactivation pass, the first one after it fails.
    const probe = probeSaying('pass', 'pass', 'fail', 'pass', 'pass', 'fail');

    const { ended, record } = await world.start({ probes: ['http:https://app.example/health'] }, { deps: { probe } });

    expect(ended).toBe('stuck');
    expect(record.history.filter(({ state, event }) => state === 'reactivateToWatch' && event === 'done')).toHaveLength(
      1,
    );
    expect(record.history.at(-2)?.state).toBe('reactivateToStop');
    expect(record.context.checkHealth?.verdict).toBe('failingAgain');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('once: after the new watch the rotation ends well', async () => {
    const world = await createWorld();
    const probe = probeSaying('pass', 'pass', 'fail', 'pass');

    const { ended } = await world.start({ probes: ['http:https://app.example/health'] }, { deps: { probe } });

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
  });
});

test('a place that loses the new key in the grace brings the old key back, and a person has to look', async () => {
  const world = await createWorld();

  const { ended, record } = await world.start(
    {},
    {
      onStep: ({ state, event }) => {
        if (state !== 'awaitGrace' || event !== 'waiting') return;
        writeFileSync(
          world.credentialsFile,
          '[default]\naws_access_key_id = AKIASOMEBODYELSE0001\naws_secret_access_key = x\n',
        );
      },
    },
  );

  expect(ended).toBe('stuck');
  expect(record.context.checkOldKeyUse?.verdict).toBe('lost');
  expect(world.left().keys).toEqual(['old Active', 'new Active']);
});

test('a new key that somebody deactivates in the grace brings the old key back', async () => {
  const world = await createWorld();

  const { ended } = await world.start(
    {},
    {
      onStep: ({ state, event }, { context }) => {
        if (state === 'awaitGrace' && event === 'waiting') {
          world.account.setStatus(context.createKey?.newKey ?? '', 'Inactive');
        }
      },
    },
  );

  expect(ended).toBe('stuck');
  expect(world.left().keys).toEqual(['old Active', 'new Inactive']);
});

describe('retire', () => {
  const worldOfTwoKeys = () =>
    createWorld({ keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-11-01T08:00:00Z' }] });
  const planOf = (world: World) => ({ from: 'watch' as const, newKey: world.ids[1] ?? '', consumers: [] });

  test('watches, deactivates and deletes a key that something else replaced', async () => {
    const world = await worldOfTwoKeys();

    const { ended } = await world.start(planOf(world));

    expect(ended).toBe('rotated');
    expect(world.left()).toMatchObject({ keys: ['other Active'], claims: [], vault: [] });
    expect(world.operations()).not.toContain('CreateAccessKey');
  });

  test('rolled back in the grace: the old key is active again and nothing else is touched', async () => {
    const world = await worldOfTwoKeys();

    const { ended } = await world.start(planOf(world), { answers: { awaitGrace: ['rollBack'] } });

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual({
      keys: ['old Active', 'other Active'],
      claims: [],
      vault: [],
      places: { default: 'old' },
    });
  });

  test('is refused where the new key is not active', async () => {
    const world = await worldOfTwoKeys();
    world.account.setStatus(world.ids[1] ?? '', 'Inactive');

    const { ended } = await world.start(planOf(world));

    expect(ended).toBe('refused');
    expect(world.left()).toMatchObject({ keys: ['old Active', 'other Inactive'], claims: [] });
  });

  test('is refused where the old key is inactive already', async () => {
    const world = await worldOfTwoKeys();
    world.account.setStatus(world.oldKey, 'Inactive');

    const { ended } = await world.start(planOf(world));

    expect(ended).toBe('refused');
    expect(world.left()).toMatchObject({ keys: ['old Inactive', 'other Active'], claims: [] });
  });
});

describe('the first key of a user who has none', () => {
  test('is made, delivered to a profile that holds none, and there is nothing to watch', async () => {
    const world = await createWorld({ keys: [] });
    writeFileSync(world.credentialsFile, '[other]\nregion = eu-west-1\n', { mode: 0o600 });

    const { ended, record } = await world.start();

    expect(ended).toBe('rotated');
    expect(record.history.at(-1)?.at).toMatch(/^2026-12-06T10:00:0/);
    expect(world.left()).toEqual(rotated);
  });

  test('killed at CreateAccessKey the run after it removes the orphan', async () => {
    const world = await createWorld({ keys: [] });
    writeFileSync(world.credentialsFile, '', { mode: 0o600 });
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual({ ...rotated, keys: ['another new Active'], places: { default: 'another new' } });
  });

  test('that AWS never accepts is removed', async () => {
    const world = await createWorld({ keys: [], settings: { newKeyDelay: hour * 24_000 } });
    writeFileSync(world.credentialsFile, '', { mode: 0o600 });

    const { ended } = await world.start();

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual({ keys: [], claims: [], vault: [], places: {} });
  });
});
