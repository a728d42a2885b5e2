// A user who rotates the very key that signs (S17): what an environment or a profile still holds must not matter until
// the end.
import { expect, test } from 'vitest';
import { allBut, openDesk } from '../support/cli.ts';

/** Alice runs keyturn herself, from the environment or from a profile, neither of which is the place. */
async function alice(from: 'environment' | 'profile') {
  const desk = await openDesk();
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
