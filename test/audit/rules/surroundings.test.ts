// Rules about what surrounds a key: powers, passwords, owners, exemptions, events, and what is not known.
import { describe, expect, test } from 'vitest';
import { staleReport } from '../../../src/audit/rules/ak-51.ts';
import { ago, denied, event, judge, key, known, limits, root, severitiesOf, user } from './judged.ts';

const withKey = (given = {}) => user({ keys: [key()], ...given });
const powers = (given = {}) => known({ administratorBy: [], mintsKeysBy: [], boundary: null, ...given });
const rotator = 'arn:aws:iam::123456789012:role/keyturn';

test.each([
  ['AK-20', { administratorBy: ['AdministratorAccess'] }],
  ['AK-21', { mintsKeysBy: ['helpdesk'] }],
])('%s is about each active key of who may', (rule, may) => {
  const inactive = key({ slot: 2, id: 'AKIASECONDSECONDSEC2', active: false });

  expect(severitiesOf(rule, withKey({ powers: powers(may), keys: [key(), inactive] }))).toEqual(['high']);
  expect(severitiesOf(rule, withKey({ powers: powers() }))).toEqual([]);
  expect(severitiesOf(rule, withKey({ powers: powers(may), keys: [inactive] }))).toEqual([]);
});

test.each([
  ['a password and MFA', { passwordEnabled: true, mfa: true }, ['low']],
  ['a password and no MFA', { passwordEnabled: true, mfa: false }, ['high']],
  ['a password, and MFA of which AWS does not say', { passwordEnabled: true, mfa: null }, ['low']],
  ['no password', { passwordEnabled: false }, []],
  ['a password and an inactive key', { passwordEnabled: true, keys: [key({ active: false })] }, []],
])('AK-22: a key, %s', (_, given, expected) => {
  expect(severitiesOf('AK-22', withKey(given))).toEqual(expected);
});

describe('AK-40', () => {
  test.each([
    ['an owner', { owner: 'ann@example.com' }, []],
    ['an owner under another of the known tags, in other case', { 'Team-Email': 'x' }, []],
    ['no tag', {}, ['medium']],
    ['a tag that is not known', { boss: 'ann' }, ['medium']],
  ])('%s', (_, tags, expected) => {
    expect(severitiesOf('AK-40', withKey({ tags: known(tags) }))).toEqual(expected);
  });

  test('an owner elsewhere is believed only where no domain is known', () => {
    const facts = withKey({ tags: known({ owner: 'ann@evil.example' }) });

    expect(severitiesOf('AK-40', facts, { ownerDomains: ['example.com'] })).toEqual(['medium']);
    expect(severitiesOf('AK-40', facts, { ownerDomains: ['evil.example'] })).toEqual([]);
  });

  test('the policy file may name the owner', () => {
    const policy = { places: [], owner: 'ops', maxAgeDays: 90, exemptions: [] };

    expect(severitiesOf('AK-40', withKey({ tags: known({}), policy }))).toEqual([]);
  });
});

test.each([
  ['no policy file', null, []],
  ['no place', { places: [], owner: null, maxAgeDays: 90, exemptions: [] }, ['low']],
  ['a place', { places: ['ssm:/app'], owner: null, maxAgeDays: 90, exemptions: [] }, []],
])('AK-41: %s', (_, policy, expected) => {
  expect(severitiesOf('AK-41', withKey({ policy }))).toEqual(expected);
});

test.each([
  ['for the user, ended', { key: null, ended: true }, ['medium']],
  ['for this key, ended', { key: 'AKIAFIRSTFIRSTFIRST1', ended: true }, ['medium']],
  ['for a key that is gone, ended', { key: 'AKIAGONEGONEGONEGONE', ended: true }, []],
  ['for the user, in force', { key: null, ended: false }, []],
])('AK-43: an exemption %s', (_, given, expected) => {
  const exemption = { reason: 'vendor', until: '2026-11-30', ...given };
  const policy = { places: [], owner: null, maxAgeDays: 90, exemptions: [exemption] };

  expect(severitiesOf('AK-43', withKey({ policy }))).toEqual(expected);
});

test.each([
  ['made-by', 'Terraform', ['informational']],
  ['opentofu', 'yes', ['informational']],
  ['owner', 'ann', []],
])('AK-44: the tag %s=%s', (name, value, expected) => {
  expect(severitiesOf('AK-44', withKey({ tags: known({ [name]: value }) }))).toEqual(expected);
});

describe('AK-31', () => {
  const madeBy = (by: string, given = {}) => withKey({ events: known([event({ by })]), ...given });

  test.each([
    ['the user', 'arn:aws:iam::123456789012:user/alice', []],
    ['somebody else', 'arn:aws:iam::123456789012:user/mallory', ['medium']],
    ['somebody whose name begins alike', 'arn:aws:iam::123456789012:user/alice2', ['medium']],
    ['a role that is named like the user', 'arn:aws:iam::123456789012:role/alice', ['medium']],
    ['keyturn', rotator, []],
  ])('made by %s', (_, by, expected) => {
    expect(severitiesOf('AK-31', madeBy(by), { rotators: [rotator] })).toEqual(expected);
  });

  test('an administrator’s key in other hands is worse', () => {
    const facts = madeBy('arn:aws:iam::123456789012:user/mallory', { powers: powers({ administratorBy: ['Admin'] }) });

    expect(severitiesOf('AK-31', facts)).toEqual(['high']);
  });

  test('a key that a rotation’s record names was made by keyturn, whoever ran it', () => {
    const facts = madeBy('arn:aws:iam::123456789012:user/mallory');

    expect(severitiesOf('AK-31', facts, { ownKeys: new Set(['AKIAFIRSTFIRSTFIRST1']) })).toEqual([]);
  });

  test('a key that is gone is nobody’s', () => {
    expect(severitiesOf('AK-31', withKey({ events: known([event({ keyId: 'AKIAGONEGONEGONEGONE' })]) }))).toEqual([]);
  });
});

describe('AK-32', () => {
  const made = withKey({ events: known([event({ by: 'arn:aws:iam::123456789012:user/alice' })]) });

  test('also a key that the user made is outside of keyturn, where it is known who keyturn is', () => {
    expect(severitiesOf('AK-32', made, { rotators: [rotator] })).toEqual(['medium']);
    expect(severitiesOf('AK-32', made)).toEqual([]);
  });

  test('not one that a record names', () => {
    const given = { rotators: [rotator], ownKeys: new Set(['AKIAFIRSTFIRSTFIRST1']) };

    expect(severitiesOf('AK-32', made, given)).toEqual([]);
  });
});

describe('AK-33', () => {
  const switched = (given: object) => withKey({ events: known([event({ event: 'UpdateAccessKey', ...given })]) });

  test.each([
    ['brought back by somebody else', { status: 'Active' }, [], ['medium']],
    ['brought back by the user', { status: 'Active', by: 'arn:aws:iam::123456789012:user/alice' }, [], []],
    ['brought back by keyturn', { status: 'Active', by: rotator }, [rotator], []],
    ['deactivated by somebody else', { status: 'Inactive' }, [rotator], ['medium']],
    ['deactivated, where nobody knows who keyturn is', { status: 'Inactive' }, [], []],
    ['deleted by somebody else', { event: 'DeleteAccessKey', keyId: 'AKIAGONEGONEGONEGONE' }, [rotator], ['medium']],
  ])('a key %s', (_, given, rotators, expected) => {
    expect(severitiesOf('AK-33', switched(given), { rotators })).toEqual(expected);
  });
});

describe('AK-34', () => {
  test('a key without an event is of unknown origin, and that is no pass', () => {
    expect(severitiesOf('AK-34', withKey())).toEqual(['informational']);
    expect(severitiesOf('AK-34', withKey({ events: known([event()]) }))).toEqual([]);
    expect(severitiesOf('AK-34', withKey({ events: denied('cloudtrail:LookupEvents', true) }))).toEqual([]);
  });
});

describe('AK-50', () => {
  test.each([
    ['ids', { listed: denied('iam:ListAccessKeys') }],
    ['tags', { tags: denied('iam:GetAccountAuthorizationDetails') }],
    ['powers', { powers: denied('iam:GetAccountAuthorizationDetails') }],
    ['rotations', { rotations: denied('the state folder') }],
    ['events', { events: denied('cloudtrail:LookupEvents') }],
  ])('the user’s %s are not known', (need, given) => {
    expect(judge('AK-50', withKey(given))).toMatchObject([{ status: 'INCOMPLETE', need, key: null }]);
  });

  test('what is not known of anybody is not said of each', () => {
    const powers = denied('iam:GetAccountAuthorizationDetails', true);

    expect(judge('AK-50', withKey({ powers, tags: powers, events: powers, rotations: powers }))).toEqual([]);
  });

  test('when a key was used is not known', () => {
    const use = denied('iam:GetAccessKeyLastUsed');
    const listed = known([{ id: 'AKIAFIRSTFIRSTFIRST1', status: 'Active', createdAt: ago(10), use }]);

    const said = judge('AK-50', withKey({ listed, keys: [key({ lastUsedAt: null, isUseKnown: false })] }));

    expect(said).toMatchObject([{ need: 'uses', evidence: { permission: 'iam:GetAccessKeyLastUsed' } }]);
  });

  test('the report tells of more than two keys, and nobody looked them up', () => {
    expect(judge('AK-50', withKey({ hasMoreKeys: true }))).toMatchObject([{ status: 'INCOMPLETE', need: 'ids' }]);
    expect(judge('AK-50', withKey({ hasMoreKeys: true, listed: known([]) }))).toEqual([]);
  });
});

describe('AK-51', () => {
  test.each([
    ['four hours to the second', '2026-12-06T06:00:00Z', [], null],
    ['four hours and a second', '2026-12-06T05:59:59Z', [], 'the credential report is 4.0 hours old'],
    [
      'one hour, and there is something newer',
      '2026-12-06T09:00:00Z',
      ['user eve', 'a key of bob'],
      'the credential report is 1.0 hours old, and user eve and 1 more came after it',
    ],
    ['still to come', '2026-12-06T10:05:00Z', [], null],
  ])('a report of %s', (_, generatedAt, newer, expected) => {
    expect(staleReport(generatedAt, { newer }, limits())?.title ?? null).toBe(expected);
  });
});

test('AK-52: every doubt is told for itself', () => {
  const doubts = [
    { about: 'the date of K', text: 'the report dates K otherwise' },
    { about: 'the status of K', text: 'K is Inactive' },
  ];

  expect(judge('AK-52', withKey({ doubts })).map(({ title, about }) => [title, about])).toEqual([
    ['alice: the report dates K otherwise', 'the date of K'],
    ['alice: K is Inactive', 'the status of K'],
  ]);
});

test('rules about users leave root alone', () => {
  const facts = root({ keys: [key({ id: null, createdAt: ago(400), lastUsedAt: null })], passwordEnabled: true });
  const about = ['AK-03', 'AK-06', 'AK-07', 'AK-13', 'AK-20', 'AK-21', 'AK-22', 'AK-23', 'AK-24', 'AK-40', 'AK-41'];

  expect(about.flatMap((rule) => judge(rule, facts))).toEqual([]);
});
