// Rules about how old a key is, at the second where they begin to speak.
import { describe, expect, test } from 'vitest';
import { ago, judge, key, known, root, rotation, severitiesOf, user } from './judged.ts';

const prowler = { asProwler: true };
const aged = (createdAt: string | null) => user({ keys: [key({ createdAt })] });
const admin = known({ administratorBy: ['AdministratorAccess'], mintsKeysBy: [], boundary: null });

describe('AK-02', () => {
  test.each([
    ['89 days', ago(89), []],
    ['90 days to the second', ago(90), []],
    ['90 days and a second', ago(90, 1), ['medium']],
    ['90.04 days', ago(90.04), ['medium']],
    ['90.96 days', ago(90.96), ['medium']],
    ['91.04 days', ago(91.04), ['medium']],
    ['180 days to the second', ago(180), ['medium']],
    ['180 days and a second', ago(180, 1), ['high']],
    ['a stamp that is still to come', ago(-1), []],
    ['an age that AWS does not tell', null, []],
  ])('a key of %s', (_, createdAt, expected) => {
    expect(severitiesOf('AK-02', aged(createdAt))).toEqual(expected);
  });

  test.each([
    ['90 days and 23 hours', ago(90.96), []],
    ['91 days less a second', ago(91, -1), []],
    ['91 days', ago(91), ['medium']],
    ['91.04 days', ago(91.04), ['medium']],
  ])('as Prowler reckons, a key of %s', (_, createdAt, expected) => {
    expect(severitiesOf('AK-02', aged(createdAt), prowler)).toEqual(expected);
  });

  test('an inactive key is never too old', () => {
    expect(severitiesOf('AK-02', user({ keys: [key({ active: false, createdAt: ago(400) })] }))).toEqual([]);
  });

  test('an administrator’s key is worse from the first second on', () => {
    expect(severitiesOf('AK-02', { ...aged(ago(90, 1)), powers: admin })).toEqual(['high']);
  });

  test('each of two old keys is told for itself', () => {
    const second = key({ slot: 2, id: 'AKIASECONDSECONDSEC2', createdAt: ago(100) });

    const said = judge('AK-02', user({ keys: [key({ createdAt: ago(200) }), second] }));

    expect(said.map(({ key: about }) => about?.id)).toEqual(['AKIAFIRSTFIRSTFIRST1', 'AKIASECONDSECONDSEC2']);
  });

  test('a root key is left to AK-01, and for Prowler root is a user', () => {
    const facts = root({ keys: [key({ id: null, createdAt: ago(91.04) })] });

    expect(severitiesOf('AK-02', facts)).toEqual([]);
    expect(severitiesOf('AK-02', facts, prowler)).toEqual(['medium']);
  });

  test('a policy file may ask for more than the benchmark, and never for less', () => {
    const policy = (maxAgeDays: number) => ({ places: [], owner: null, maxAgeDays, exemptions: [] });

    expect(severitiesOf('AK-02', { ...aged(ago(31)), policy: policy(30) })).toEqual(['medium']);
    expect(severitiesOf('AK-02', { ...aged(ago(91)), policy: policy(365) })).toEqual(['medium']);
    expect(severitiesOf('AK-02', { ...aged(ago(31)), policy: policy(30) }, prowler)).toEqual([]);
  });

  test('the arithmetic and a command to copy come along', () => {
    const [said] = judge('AK-02', { ...aged(ago(91.04)), user: 'a b' });

    expect(said).toMatchObject({
      title: 'AKIAFIRSTFIRSTFIRST1 of a b is 91.0 days old; it may become 90',
      command: "keyturn rotate --user 'a b' --key AKIAFIRSTFIRSTFIRST1",
      evidence: {
        createdAt: '2026-09-06T09:02:24Z',
        judgedAt: '2026-12-06T10:00:00Z',
        because: '91.0 days since 2026-09-06T09:02:24Z are more than 90, to the second',
      },
    });
  });
});

describe('AK-03', () => {
  test.each([
    ['75 days to the second', ago(75), []],
    ['75 days and a second', ago(75, 1), ['low']],
    ['90 days to the second', ago(90), ['low']],
    ['90 days and a second', ago(90, 1), []],
  ])('a key of %s', (_, createdAt, expected) => {
    expect(severitiesOf('AK-03', aged(createdAt))).toEqual(expected);
  });

  test('the day by which it is due is told', () => {
    expect(judge('AK-03', aged(ago(80)))[0]?.evidence.due).toBe('2026-12-16T10:00:00Z');
  });

  test('a key that is being rotated is not due', () => {
    expect(severitiesOf('AK-03', { ...aged(ago(80)), rotations: known([rotation()]) })).toEqual([]);
  });
});

describe('AK-23', () => {
  const changed = (passwordLastChanged: string) =>
    user({ passwordEnabled: true, passwordLastChanged, keys: [key({ createdAt: ago(50) })] });

  test.each([
    ['a day after the key, to the second', ago(49), []],
    ['a day and a second after the key', ago(49, -1), ['low']],
    ['before the key', ago(51), []],
  ])('a password changed %s', (_, at, expected) => {
    expect(severitiesOf('AK-23', changed(at))).toEqual(expected);
  });

  test('a password that is disabled says nothing', () => {
    expect(severitiesOf('AK-23', { ...changed(ago(1)), passwordEnabled: false })).toEqual([]);
  });
});

test.each([
  ['its id', [key({ createdAt: ago(100) })], 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1'],
  ['no id, where it is the only active one', [key({ id: null, createdAt: ago(100) })], 'keyturn rotate --user alice'],
  [
    'no id, beside another active one',
    [key({ id: null, createdAt: ago(100) }), key({ id: null, slot: 2 })],
    'keyturn audit --user alice',
  ],
])('the command for a key with %s can be copied as it is', (_, keys, command) => {
  expect(judge('AK-02', user({ keys })).map((one) => one.command)).toEqual([command]);
});

test('what takes the id of a key says how to learn it', () => {
  const unused = key({ id: null, createdAt: ago(60), lastUsedAt: ago(50) });

  expect(judge('AK-10', user({ keys: [unused] })).map(({ command }) => command)).toEqual([
    'keyturn audit --user alice',
  ]);
});
