// What counts as quiet and as use, in whole rotations: strangers who go on, keyturn's own calls, probes, a machine that
// slept, and a machine whose clock is wrong.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Probe } from '../../src/probes/contract.ts';
import { allBut, createWorld, day, hour, user } from '../support/world.ts';

const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };
const app = 'http:https://app.example/health';
const passing = async (): Promise<Probe> => ({ spec: app, look: async () => ({ verdict: 'pass', detail: 'fine' }) });

describe('S13', () => {
  test('a use that AWS publishes 4 h late is still seen before the deactivation', async () => {
    const world = await createWorld({ settings: { lastUsedLag: 4 * 3_600_000 } });
    // Two hours before quiet would have been reached without the margin.
    world.useAt(['2026-12-08T10:00:00Z']);

    const { ended, record } = await world.start();

    expect(ended).toBe('rotated');
    expect(world.refusedUses).toEqual([]);
    expect(record.context.deactivateKey?.at).toBe('2026-12-10T14:15:00Z');
  });
});

describe('S14 a key that nobody was heard using', () => {
  test('is watched as long again as it was silent, then a person decides', async () => {
    const world = await createWorld({ lastUsed: '2026-11-26T10:00:00Z' });

    const first = await world.start();
    const decided = { at: '2026-12-16T11:00:00Z', what: 'unproven' as const, why: 'asked for' };
    const second = await world.resume({
      change: (context) => ({
        ...context,
        plan: { ...context.plan, unproven: 'proceed', overrides: [...context.plan.overrides, decided] },
      }),
    });

    expect(first.ended).toBe('stuck');
    expect(first.record.context.checkOldKeyUse?.verdict).toBe('unproven');
    expect(first.record.history.at(-1)?.at).toBe('2026-12-16T10:00:06Z');
    expect(second.ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
  });

  test('is quiet as ever where somebody uses the new one', async () => {
    const world = await createWorld({ lastUsed: '2026-11-26T10:00:00Z' });

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event }, { context }) => {
          const keyId = context.createKey?.newKey ?? '';
          if (state === 'awaitQuiet' && event === 'waiting') world.useAt(['2026-12-07T10:00:00Z'], { keyId });
        },
      },
    );

    expect(ended).toBe('rotated');
    expect(record.context.deactivateKey?.at).toBe('2026-12-08T14:15:03Z');
  });
});

test('S14 what keyturn itself signs with the new key is nobody heard using it', async () => {
  const silent = { lastUsedAt: '2026-11-26T10:00:00Z', lastUsedService: 's3' };
  const world = await createWorld({ self: true, lastUsed: silent.lastUsedAt });

  const { ended, record } = await world.start({ useBeforeOurs: silent });

  const [newKey] = world.account.snapshot()[user]?.keys.slice(1) ?? [];
  expect([ended, record.context.checkOldKeyUse?.verdict]).toEqual(['stuck', 'unproven']);
  expect(newKey?.lastUsed?.service).toMatch(/^(?:iam|sts)$/);
});

describe('S15 a key that makes sessions', () => {
  test('is watched and left inactive for 40 h at least', async () => {
    const world = await createWorld({ lastUsed: null });
    world.account.use(world.oldKey, { service: 'sts', at: '2026-12-06T09:00:00Z' });

    const { ended, record } = await world.start({ quietFor: hour, grace: hour });

    expect(ended).toBe('rotated');
    expect(record.context.deactivateKey?.at).toBe('2026-12-08T06:15:03Z');
    expect(record.context.deactivateKey?.graceUntil).toBe('2026-12-09T22:15:03Z');
  });
});

describe('S16 in the grace', () => {
  test('a use from before the deactivation that is published only now brings the key back', async () => {
    const world = await createWorld();

    const { record } = await world.start(
      { grace: 7 * day },
      {
        wait: true,
        onStep: ({ state, event }) => {
          if (state === 'awaitGrace' && event === 'waiting')
            world.account.use(world.oldKey, { at: '2026-12-08T14:00:00Z' });
        },
      },
    );

    expect(record.history.some(({ state, event }) => state === 'reactivateToWatch' && event === 'done')).toBe(true);
  });

  test('a use within 5 minutes of the deactivation is propagation, and stands in nobody’s way', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start(
      {},
      {
        onStep: ({ state, event }) => {
          if (state === 'awaitGrace' && event === 'waiting')
            world.account.use(world.oldKey, { at: '2026-12-08T14:15:03Z' });
        },
      },
    );

    expect(ended).toBe('rotated');
    expect(record.context.reactivateKey).toBeUndefined();
    expect(world.left()).toEqual(rotated);
  });
});

describe('S17 a user who rotates their own key', () => {
  test('signs nothing with the old one from the delivery on', async () => {
    const world = await createWorld({ self: true });

    const { ended } = await world.start();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
    const signers = world.sandbox.requests.map(({ accessKeyId }) => (accessKeyId === world.oldKey ? 'old' : 'new'));
    const tags = world.operations().flatMap((name, index) => (name === 'TagUser' ? [index] : []));
    // The third tag is the fence of the delivery; two reads come before it, already signed by the new key.
    expect(signers.slice((tags[2] ?? 0) - 2).includes('old')).toBe(false);
    expect(signers[0]).toBe('old');
  });

  test('goes on with the new one in another process, also when the old one is inactive', async () => {
    const world = await createWorld({ self: true });
    await world.start({}, { killIn: 'checkHealth' });
    const from = world.sandbox.requests.length;

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.sandbox.requests.slice(from).filter(({ accessKeyId }) => accessKeyId === world.oldKey)).toEqual([]);
  });

  test('rolls back with the new one, and only verifies with the old', async () => {
    const world = await createWorld({ self: true });
    await world.start({}, { killIn: 'checkHealth' });
    const from = world.sandbox.requests.length;

    const { ended } = await world.resume({ intent: 'rollBack' });

    const byOld = world.sandbox.requests.slice(from).filter(({ accessKeyId }) => accessKeyId === world.oldKey);
    expect(ended).toBe('rolledBack');
    expect(byOld.map(({ operation }) => operation)).toEqual([
      'GetCallerIdentity',
      'GetCallerIdentity',
      'GetCallerIdentity',
    ]);
    expect(world.left().places).toEqual({ default: 'old' });
  });

  test('with AWS’s own self-service permissions and no UntagUser', async () => {
    const world = await createWorld({ self: true, policies: allBut('iam:UntagUser', 'iam:ListUserTags') });

    const { ended } = await world.start();

    expect(ended).toBe('rotated');
    expect(world.left()).toMatchObject({ keys: ['new Active'], vault: [] });
    expect(world.account.tags(user)['keyturn:claim:r-1']).toMatch(/^released /);
  });
});

describe('S18 with probes', () => {
  test('each is asked before the deactivation, in the grace every probeEvery, and at its end', async () => {
    const world = await createWorld();
    const looks: string[] = [];
    const probe = async (): Promise<Probe> => ({
      spec: app,
      look: async () => {
        looks.push(new Date(world.clock.now()).toISOString().slice(0, 16));
        return { verdict: 'pass', detail: 'fine' };
      },
    });

    const { ended } = await world.start({ probes: [app], grace: 3 * hour }, { deps: { probe } });

    expect(ended).toBe('rotated');
    expect(looks).toEqual([
      '2026-12-08T14:15',
      '2026-12-08T14:15',
      '2026-12-08T14:15',
      '2026-12-08T15:15',
      '2026-12-08T16:15',
      '2026-12-08T17:15',
    ]);
  });

  test('woken more than an hour late, two passing looks apart come before the deletion', async () => {
    const world = await createWorld();
    const plan = { probes: [app], grace: 3 * hour };
    await world.start(plan, { deps: { probe: passing }, killBefore: afterGraceBegan() });
    await world.clock.sleep(10 * hour * 1000);

    const { ended, record } = await world.resume({ deps: { probe: passing } });

    const looks = record.history.filter(({ state, event }) => state === 'checkHealth' && event === 'done');
    expect(ended).toBe('rotated');
    expect(looks.slice(-2).map(({ detail }) => detail.split(':')[0])).toEqual(['healthy', 'passed']);
    const [first = '', second = ''] = looks.slice(-2).map(({ at }) => at);
    expect(new Date(second).getTime() - new Date(first).getTime()).toBe(3_600_000);
  });

  test('a second look that comes too early is not one', async () => {
    const world = await createWorld();
    const plan = { probes: [app], grace: 3 * hour };
    await world.start(plan, { deps: { probe: passing }, killBefore: afterGraceBegan() });
    await world.clock.sleep(10 * hour * 1000);
    await world.resume({ deps: { probe: passing }, wait: false });
    await world.clock.sleep(60_000);

    const { ended, record } = await world.resume({ deps: { probe: passing }, wait: false });

    expect(ended).toBe('waiting');
    expect(record.context.checkHealth?.verdict).toBe('healthy');
    expect(world.left().keys).toEqual(['old Inactive', 'new Active']);
  });

  function afterGraceBegan() {
    let waits = 0;
    return (call: string, [given]: unknown[]) => {
      const last =
        call === 'save' ? (given as { history: { state: string; event: string }[] }).history.at(-1) : undefined;
      if (last?.state === 'awaitGrace' && last.event === 'waiting') waits += 1;
      return waits === 1 && call === 'sleep';
    };
  }
});

test('S19 a key that sends mail is refused unless that is taken care of', async () => {
  const world = await createWorld({ lastUsed: null });
  world.account.use(world.oldKey, { service: 'ses', at: '2026-12-06T09:00:00Z' });

  const refused = await world.start();
  const taken = await world.start({ allowSmtp: true }, { rotation: 'r-2' });

  expect([refused.ended, taken.ended]).toEqual(['refused', 'rotated']);
});

describe('S25', () => {
  test('the vault keeps both pairs until the claim is gone', async () => {
    const world = await createWorld();
    let kept: string[] = [];
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'UntagUser') kept = world.left().vault;
    });

    await world.start();

    expect(kept).toEqual(['r-1-new.json', 'r-1-old.json']);
    expect(world.left().vault).toEqual([]);
  });
});

describe('no secret', () => {
  test('is in the record, in an announcement or in an error, however it ends', async () => {
    const world = await createWorld({ profiles: ['default'] });
    const secrets: string[] = [];
    const note = () => secrets.push(/secret_access_key = (\S+)/.exec(world.content())?.[1] ?? '');
    note();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'garbage' });
    world.sandbox.onRequest(({ operation }) => {
      if (operation === 'GetAccessKeyLastUsed') note();
    });

    const { ended } = await world.start();
    note();

    const written = readFileSync(`${world.folder}/rotations/r-1.json`, 'utf8') + JSON.stringify(world.announcements);
    expect(ended).toBe('rotated');
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});

test('a place that was rotated to the new key by hand before keyturn came to it is fine', async () => {
  const world = await createWorld();
  let pair = '';
  const put: typeof world.vault.put = async (rotation, slot, given) => {
    if (slot === 'new')
      pair = `[default]\naws_access_key_id = ${given.accessKeyId}\naws_secret_access_key = ${given.reveal()}\n`;
    await world.vault.put(rotation, slot, given);
    if (pair) writeFileSync(world.credentialsFile, pair);
  };

  const { ended } = await world.start({}, { deps: { vault: { ...world.vault, put } } });

  expect(ended).toBe('rotated');
  expect(world.content()).toBe(pair);
});
