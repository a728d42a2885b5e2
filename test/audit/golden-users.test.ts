// Users on whom tools disagree, judged by Prowler’s predicates and by ours. What Prowler says of them was measured with
// Prowler 5.40; every difference has a reason, and there are no others.
import { describe, expect, test } from 'vitest';
import type { KeyArrangement, UserArrangement } from '../../src/sandbox/index.ts';
import { openAudit, rulesByUser } from './open-audit.ts';
import { ago } from './rules/judged.ts';

interface GoldenKey extends KeyArrangement {
  usedAt?: string | null;
}

interface Golden {
  user: Omit<UserArrangement, 'keys'>;
  keys: GoldenKey[];
  /** What Prowler 5.40 fails. */
  prowler: string[];
  /** What we say beyond that, and what we do not say, each with the reason. */
  more?: Record<string, string>;
  less?: Record<string, string>;
}

const rotate = 'AK-02';
const two = 'AK-04';
const unused = 'AK-10';
const setup = 'AK-12';

const exact = 'ages are exact to the second; Prowler cuts them to whole days, so that a key fails from 91 days on';
const fromUse = '45 days or more fail in CIS; for Prowler more than 45 whole days, so from 46 on';
const never = 'a key that was never used counts from its creation, as CIS says; Prowler passes it';
const room = 'two keys leave no room for a rotation, whatever their status; Prowler has no such check';
const mixed = 'a key and a password on one user; Prowler asks for it elsewhere';
const atSetup = 'made within a minute of its user; Prowler never asks when the user was made';
const due = 'due within 15 days; Prowler has no such check';
const left = 'an inactive key that was left behind; Prowler skips what is inactive';

const aged = (days: number): GoldenKey => ({ createdAt: ago(days) });
const usedAgo = (days: number): GoldenKey => ({ createdAt: ago(70), usedAt: ago(days) });
const long = ago(900);
const password = { changedAt: long, lastUsedAt: ago(3) };

const users: Golden[] = [
  { user: { name: 'age-89' }, keys: [aged(89)], prowler: [], more: { 'AK-03': due } },
  { user: { name: 'age-90.04' }, keys: [aged(90.04)], prowler: [], more: { [rotate]: exact } },
  { user: { name: 'age-90.96' }, keys: [aged(90.96)], prowler: [], more: { [rotate]: exact } },
  { user: { name: 'age-91.04' }, keys: [aged(91.04)], prowler: [rotate] },
  {
    user: { name: 'old-inactive' },
    keys: [{ createdAt: ago(400), status: 'Inactive' }],
    prowler: [],
    more: { 'AK-06': left },
  },
  {
    user: { name: 'two-active' },
    keys: [{ createdAt: ago(300) }, { createdAt: ago(2), usedAt: null }],
    prowler: [rotate, two],
    more: { 'AK-07': room },
  },
  { user: { name: 'never-10' }, keys: [{ createdAt: ago(10), usedAt: null }], prowler: [] },
  { user: { name: 'never-60' }, keys: [{ createdAt: ago(60), usedAt: null }], prowler: [], more: { 'AK-11': never } },
  {
    user: { name: 'never-60-password', password },
    keys: [{ createdAt: ago(60), usedAt: null }],
    prowler: [setup],
    more: { 'AK-11': never, 'AK-22': mixed },
  },
  {
    user: { name: 'made-5s-after', password: { ...password, changedAt: ago(60, -5) }, createdAt: ago(60) },
    keys: [{ createdAt: ago(60, -5) }],
    prowler: [],
    more: { 'AK-13': atSetup, 'AK-22': mixed },
  },
  {
    user: { name: 'made-30s-after', password: { ...password, changedAt: ago(60, -30) }, createdAt: ago(60) },
    keys: [{ createdAt: ago(60, -30), usedAt: null }],
    prowler: [setup],
    more: { 'AK-11': never, 'AK-13': atSetup, 'AK-22': mixed },
  },
  {
    user: { name: 'fresh-password', password },
    keys: [{ createdAt: ago(0.5), usedAt: null }],
    prowler: [setup],
    more: { 'AK-22': mixed },
    less: { [setup]: 'a key may be a day old before anybody has to have used it' },
  },
  { user: { name: 'used-44.96' }, keys: [usedAgo(44.96)], prowler: [] },
  { user: { name: 'used-45.04' }, keys: [usedAgo(45.04)], prowler: [], more: { [unused]: fromUse } },
  { user: { name: 'used-46.04' }, keys: [usedAgo(46.04)], prowler: [unused] },
  {
    user: { name: 'second-slot' },
    keys: [
      { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', createdAt: ago(70), status: 'Inactive' },
      { accessKeyId: 'AKIAZZZZZZZZZZZZZZZZ', ...usedAgo(60) },
    ],
    prowler: [unused],
    more: { 'AK-07': room },
  },
  {
    user: { name: 'with-path', path: '/teams/shop/' },
    keys: [aged(20), aged(30)],
    prowler: [two],
    more: { 'AK-07': room },
  },
  { user: { name: 'comma,name=+@x' }, keys: [aged(91.04)], prowler: [rotate] },
  {
    user: { name: 'claimed', tags: { 'keyturn:claim:r-1': `since=${ago(2)} n=1 step=createKey at=${ago(2)}` } },
    keys: [aged(20), aged(2)],
    prowler: [two],
    less: { [two]: 'a rotation is open: two keys are as they should be' },
  },
];

const root = '<root_account>';
const rootLess = 'a root key is AK-01’s alone: it cannot be rotated, only deleted';
const sorted = (rules: Iterable<string>) => [...new Set(rules)].sort();

interface Verdicts {
  byProwler: Record<string, string[]>;
  byUs: Record<string, string[]>;
  aliases: string[];
}

let asked: Promise<Verdicts> | undefined;

/** Both audits of one account, made by the first test that asks. */
function verdicts(): Promise<Verdicts> {
  asked ??= judged();
  return asked;
}

async function judged(): Promise<Verdicts> {
  const { sandbox, audit } = await openAudit();
  for (const { user, keys } of users) {
    const made = sandbox.account.createUser({
      createdAt: long,
      ...user,
      tags: { owner: 'ann', ...user.tags },
      keys: keys.map(({ usedAt: _, ...key }) => key),
    });
    keys.forEach(({ usedAt = ago(1) }, index) => {
      const id = made.keys[index]?.accessKeyId ?? '';
      if (usedAt !== null) sandbox.account.use(id, { at: usedAt });
    });
  }
  const rootKey = sandbox.account.createRootKey({ createdAt: ago(91.04) });
  sandbox.account.use(rootKey.accessKeyId, { at: ago(1) });

  const prowler = await audit({ set: 'prowler' });
  const ours = await audit();
  const aliases = sorted(prowler.findings.flatMap((one) => one.aliases));
  return { byProwler: rulesByUser(prowler), byUs: rulesByUser(ours), aliases };
}

describe('nineteen users and root', () => {
  test.each(users)('Prowler’s verdict on $user.name', async ({ user, prowler }) => {
    const { byProwler } = await verdicts();

    expect(sorted(byProwler[user.name] ?? [])).toEqual(sorted(prowler));
  });

  test.each(users)('every difference on $user.name has its reason', async ({ user, prowler, more = {}, less = {} }) => {
    const { byUs } = await verdicts();
    const expected = [...prowler.filter((rule) => !(rule in less)), ...Object.keys(more)];

    expect(sorted(byUs[user.name] ?? [])).toEqual(sorted(expected));
  });

  test('root fails twice with Prowler, and once, for all that it has, with us', async () => {
    const { byProwler, byUs } = await verdicts();

    expect(sorted(byProwler[root] ?? [])).toEqual(['AK-01', rotate]);
    expect(byUs[root], rootLess).toEqual(['AK-01']);
  });

  test('Prowler’s own names come along', async () => {
    const { aliases } = await verdicts();

    expect(aliases).toEqual([
      'iam_no_root_access_key',
      'iam_rotate_access_key_90_days',
      'iam_user_accesskey_unused',
      'iam_user_no_setup_initial_access_key',
      'iam_user_two_active_access_key',
    ]);
  });

  test('nobody else is failed, but the administrator whose old key asks', async () => {
    const { byProwler } = await verdicts();
    const names = users.map(({ user }) => user.name);

    expect(Object.keys(byProwler).filter((name) => !names.includes(name))).toEqual([root, 'administrator']);
  });
});
