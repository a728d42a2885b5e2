// A user who rotates the very key that signs (S17): what an environment or a profile still holds must not matter until
// the end, and keyturn's own calls are nobody's use of it (S14).
import { describe, expect, test } from 'vitest';
import { allBut, type DeskOptions, openDesk } from '../support/cli.ts';

/** Alice runs keyturn herself, from the environment or from a profile, neither of which is the place. */
async function alice(from: 'environment' | 'profile', used: Pick<DeskOptions, 'lastUsed' | 'service'> = {}) {
  // Published at once, our own first call would hide what was before.
  const desk = await openDesk({ ...used, settings: { lastUsedLag: 15 * 60_000 } });
  const [own] = desk.keys as [(typeof desk.keys)[number]];
  desk.account.setPolicies('alice', allBut('iam:Nothing'));
  desk.addProfile('self', own);
  desk.env.AWS_ACCESS_KEY_ID = from === 'environment' ? own.accessKeyId : undefined;
  desk.env.AWS_SECRET_ACCESS_KEY = from === 'environment' ? own.secretAccessKey : undefined;
  desk.env.AWS_PROFILE = 'self';
  const byOld = (since: number) =>
    desk.sandbox.requests.slice(since).filter(({ accessKeyId }) => accessKeyId === own.accessKeyId);
  return { desk, byOld };
}

test.each(['environment', 'profile'] as const)(
  'S17 from the %s: once delivered, status and resume sign nothing with the old key, active or not',
  async (from) => {
    const { desk, byOld } = await alice(from);
    const begun = (await desk.run('rotate --to credentials-file:default --yes --json')).json();
    const since = desk.sandbox.requests.length;

    const early = (await desk.run('status --json')).json();
    await desk.pass(60);
    const grace = (await desk.run('resume --json')).json();
    const late = (await desk.run('status --json')).json();
    await desk.pass(24 * 30);
    const end = (await desk.run('resume --json')).json();

    const states = [early, late].map(({ rotations }) => rotations.map(({ rotation, state }) => [rotation, state]));
    expect(states).toEqual([[[begun.rotation, 'awaitQuiet']], [[begun.rotation, 'awaitGrace']]]);
    expect([grace.state, end.outcome]).toEqual(['awaitGrace', 'rotated']);
    expect(byOld(since)).toEqual([]);
    expect(desk.left()).toMatchObject({ keys: ['new Active'], claims: 0, vault: [], holds: 'new' });
  },
);

test.each(['environment', 'profile'] as const)(
  'S17 from the %s: rollback works although the old key there is inactive by then, and only verifies with it',
  async (from) => {
    const { desk, byOld } = await alice(from);
    const rotation = (await desk.run('rotate --to credentials-file:default --yes --json')).json().rotation;
    await desk.pass(60);
    await desk.run('resume --json');
    const since = desk.sandbox.requests.length;

    const { code, json } = await desk.run(`rollback ${rotation} --yes --json`);

    expect([code, json().outcome]).toEqual([0, 'rolledBack']);
    expect(new Set(byOld(since).map(({ operation }) => operation))).toEqual(new Set(['GetCallerIdentity']));
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], holds: 'old' });
  },
);

describe('S14 the old key signs for keyturn until the delivery', () => {
  const watch = async (used: Pick<DeskOptions, 'lastUsed' | 'service'>) => {
    const { desk } = await alice('environment', used);
    const begun = (await desk.run('rotate --to credentials-file:default --yes --json')).json();
    await desk.pass(60);
    const later = (await desk.run('resume --json')).json();
    return { ...later, plan: desk.record(begun.rotation ?? '').context.plan };
  };

  test('and was used by somebody else before: that was sound, and silence proves something', async () => {
    const { state, plan } = await watch({ lastUsed: '2026-12-06T09:00:00Z' });

    expect(plan.useBeforeOurs).toEqual({ lastUsedAt: '2026-12-06T09:00:00Z', lastUsedService: 's3' });
    expect(state).toBe('awaitGrace');
  });

  test('and was silent for ten days before: it is watched for ten days', async () => {
    const { state, until, plan } = await watch({ lastUsed: '2026-11-26T10:00:00Z' });

    expect(plan.useBeforeOurs).toEqual({ lastUsedAt: '2026-11-26T10:00:00Z', lastUsedService: 's3' });
    expect([state, until?.slice(0, 10)]).toEqual(['awaitQuiet', '2026-12-16']);
  });

  test('and was used by what keyturn calls, too: it may have been an earlier command, so nobody was heard', async () => {
    const { state, until, plan } = await watch({ lastUsed: '2026-12-06T09:00:00Z', service: 'sts' });

    expect(plan.useBeforeOurs).toEqual({ lastUsedAt: '2026-12-06T09:00:00Z', lastUsedService: 'sts' });
    // At the end of the watch limit.
    expect([state, until?.slice(0, 10)]).toEqual(['awaitQuiet', '2027-01-05']);
  });

  test('the plan says so, where nobody else is known to use it', async () => {
    const { desk } = await alice('environment', { lastUsed: '2026-12-06T09:00:00Z', service: 'iam' });

    const { stdout } = await desk.run('rotate --to credentials-file:default --dry-run');

    expect(stdout).toContain('keyturn itself signs with the old key, so nobody can tell who else does');
  });

  test('of another user’s key nothing of that is in the plan', async () => {
    const desk = await openDesk();
    const { rotation } = (await desk.run(`rotate --user alice --to ${desk.place} --yes --json`)).json();

    expect(desk.record(rotation ?? '').context.plan).not.toHaveProperty('useBeforeOurs');
  });

  test('where its last use may not be asked for, that is no reason to stop before it is said what is missing', async () => {
    const { desk } = await alice('environment');
    desk.account.setPolicies('alice', allBut('iam:GetAccessKeyLastUsed'));

    const { code, json } = await desk.run('rotate --to credentials-file:default --yes --json');

    expect(code).toBe(3);
    expect(json().error.message).toContain('iam:GetAccessKeyLastUsed is denied');
    expect(desk.left()).toMatchObject({ keys: ['old Active'], claims: 0 });
  });
});
