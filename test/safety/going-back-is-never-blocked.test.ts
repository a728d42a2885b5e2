// The way back of a key that was deactivated: nothing of ours stands in it, and where the health is bad, or cannot be
// judged, it is taken without being asked.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Probe, ProbeResult } from '../../src/probes/contract.ts';
import { allBut, createWorld, day, user, type World } from '../support/world.ts';

const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };

/** A probe that gives these verdicts, one a look, and the last one for ever. */
function probeSaying(...verdicts: ProbeResult['verdict'][]): () => Promise<Probe> {
  const rest = [...verdicts];
  return async () => ({
    spec: 'http:https://app.example/health',
    look: async () => ({ verdict: (rest.length > 1 ? rest.shift() : rest[0]) ?? 'pass', detail: 'as arranged' }),
  });
}

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
    const announced: (string | undefined)[] = [];
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' && operation === 'UpdateAccessKey') announced.push(world.announcements.at(-1)?.text);
    });

    await world.start({}, { killIn: 'checkHealth' });

    const undo = `aws iam update-access-key --user-name alice --access-key-id ${world.oldKey} --status Active`;
    expect(announced).toEqual([expect.stringContaining(undo)]);
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
