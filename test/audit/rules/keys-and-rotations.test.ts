// Rules about how many keys there are, and about rotations that are under way.
import { describe, expect, test } from 'vitest';
import { ago, denied, event, judge, key, known, root, rotation, severitiesOf, user } from './judged.ts';

const prowler = { asProwler: true };
const second = (given = {}) => key({ slot: 2, id: 'AKIASECONDSECONDSEC2', ...given });
const third = key({ slot: null, id: 'AKIATHIRDTHIRDTHIRD3' });
const open = known([rotation()]);

describe('AK-01', () => {
  test.each([
    ['no key', [], []],
    ['an active one', [key({ id: null })], ['critical']],
    ['an inactive one', [key({ id: null, active: false })], ['medium']],
    ['both', [key({ id: null, active: false }), second({ id: null })], ['critical']],
  ])('%s', (_, keys, expected) => {
    expect(severitiesOf('AK-01', root({ keys }))).toEqual(expected);
  });

  test('a key that only the account summary counts is not overlooked', () => {
    expect(severitiesOf('AK-01', root({ rootHasKey: true }))).toEqual(['critical']);
    expect(severitiesOf('AK-01', root({ rootHasKey: false }))).toEqual([]);
    expect(severitiesOf('AK-01', root({ rootHasKey: null }))).toEqual([]);
  });

  test('Prowler sees active keys of the report alone', () => {
    expect(severitiesOf('AK-01', root({ rootHasKey: true }), prowler)).toEqual([]);
    expect(severitiesOf('AK-01', root({ keys: [key({ active: false })] }), prowler)).toEqual([]);
    expect(severitiesOf('AK-01', root({ keys: [key()] }), prowler)).toEqual(['critical']);
  });

  test('a user may have keys, and root’s are never touched', () => {
    const [said] = judge('AK-01', root({ keys: [key({ id: null })] }));

    expect(severitiesOf('AK-01', user({ keys: [key()] }))).toEqual([]);
    expect(said).toMatchObject({ key: null, command: null });
  });
});

describe('AK-04', () => {
  test.each([
    ['no key', [], []],
    ['one', [key()], []],
    ['one active, one not', [key(), second({ active: false })], []],
    ['two active', [key(), second()], ['medium']],
    ['three active', [key(), second(), third], ['medium']],
  ])('%s', (_, keys, expected) => {
    expect(severitiesOf('AK-04', user({ keys }))).toEqual(expected);
  });

  test('an open rotation explains them, but not to Prowler', () => {
    const facts = user({ keys: [key(), second()], rotations: open });

    expect(severitiesOf('AK-04', facts)).toEqual([]);
    expect(severitiesOf('AK-04', facts, prowler)).toEqual(['medium']);
  });

  test('what is not known explains nothing', () => {
    const [said] = judge('AK-04', user({ keys: [key(), second()], rotations: denied('the state folder') }));

    expect(said?.evidence.because).toBe('2 keys are active, and whether a rotation of this user is open is not known');
  });
});

describe('AK-05', () => {
  const overlapping = (since: string, createdAt: string, given = {}) =>
    user({
      keys: [key({ createdAt: ago(80) }), second({ createdAt, ...given })],
      rotations: known([rotation({ since })]),
    });

  test.each([
    ['for 14 days to the second', ago(14), ago(14), {}, []],
    ['for 14 days and a second', ago(14, 1), ago(14, 1), {}, ['medium']],
    ['in a rotation that began later than its new key was made', ago(10), ago(60), {}, []],
    ['in a rotation that made its new key late', ago(60), ago(10), {}, []],
    ['no more', ago(60), ago(60), { active: false }, []],
  ])('both active %s', (_, since, createdAt, given, expected) => {
    expect(severitiesOf('AK-05', overlapping(since, createdAt, given))).toEqual(expected);
  });
});

describe('AK-06', () => {
  const inactive = (createdAt: string, given = {}) => user({ keys: [key({ active: false, createdAt })], ...given });
  const deactivated = (at: string) => event({ event: 'UpdateAccessKey', status: 'Inactive', at });

  test.each([
    ['90 days to the second', ago(90), []],
    ['90 days and a second', ago(90, 1), ['low']],
  ])('nobody knows since when, and the key is as old as %s', (_, createdAt, expected) => {
    expect(severitiesOf('AK-06', inactive(createdAt))).toEqual(expected);
  });

  test.each([
    ['30 days to the second', ago(30), []],
    ['30 days and a second', ago(30, 1), ['low']],
  ])('CloudTrail knows that it is inactive for %s', (_, at, expected) => {
    expect(severitiesOf('AK-06', inactive(ago(400), { events: known([deactivated(at)]) }))).toEqual(expected);
  });

  test('the last time counts', () => {
    const events = known([deactivated(ago(5)), deactivated(ago(80))]);

    expect(severitiesOf('AK-06', inactive(ago(400), { events }))).toEqual([]);
  });

  test.each([
    ['not deactivated by it', null, []],
    ['deactivated 30 days ago', ago(30), []],
    ['deactivated longer ago', ago(30, 1), ['low']],
  ])('the old key of an open rotation, %s', (_, deactivatedAt, expected) => {
    const rotations = known([rotation({ deactivatedAt })]);

    expect(severitiesOf('AK-06', inactive(ago(400), { rotations }))).toEqual(expected);
  });
});

describe('AK-07', () => {
  test.each([
    ['one key', [key()], []],
    ['two, whatever their status', [key(), second({ active: false })], ['low']],
    ['three', [key(), second(), third], ['low']],
  ])('%s', (_, keys, expected) => {
    expect(severitiesOf('AK-07', user({ keys }))).toEqual(expected);
  });

  test('the inactive one is to be deleted', () => {
    const [said] = judge('AK-07', user({ keys: [key(), second({ active: false })] }));

    expect(said?.command).toBe('aws iam delete-access-key --user-name alice --access-key-id AKIASECONDSECONDSEC2');
  });

  test('while a rotation is open, two are as they should be', () => {
    expect(severitiesOf('AK-07', user({ keys: [key(), second()], rotations: open }))).toEqual([]);
  });
});

describe('AK-14', () => {
  test.each([
    ['before every place had the new key', ago(3), []],
    ['at the same second', ago(2), []],
    ['a second later', ago(2, -1), ['high']],
  ])('the old key was last used %s', (_, lastUsedAt, expected) => {
    expect(severitiesOf('AK-14', user({ keys: [key({ lastUsedAt }), second()], rotations: open }))).toEqual(expected);
  });
});

describe('AK-15', () => {
  const waiting = (since: string, deliveredAt: string | null, given = {}) =>
    user({
      keys: [key(), second({ lastUsedAt: null, ...given })],
      rotations: known([rotation({ since, deliveredAt })]),
    });

  test.each([
    ['delivered three days ago', ago(9), ago(3), {}, []],
    ['delivered longer ago', ago(9), ago(3, 1), {}, ['medium']],
    ['in a rotation of which only a claim tells', ago(3, 1), null, {}, ['medium']],
    ['used since', ago(9), ago(9), { lastUsedAt: ago(1) }, []],
    ['of which use is not known', ago(9), ago(9), { isUseKnown: false }, []],
  ])('a new key %s', (_, since, deliveredAt, given, expected) => {
    expect(severitiesOf('AK-15', waiting(since, deliveredAt, given))).toEqual(expected);
  });
});

describe('AK-42', () => {
  test.each([
    ['waits', rotation(), []],
    ['is stuck', rotation({ standing: 'stuck' }), ['high']],
    ['was stopped two days ago', rotation({ standing: 'stopped', since: ago(2) }), []],
    ['was stopped longer ago', rotation({ standing: 'stopped', since: ago(2, 1) }), ['high']],
  ])('a rotation that %s', (_, one, expected) => {
    expect(severitiesOf('AK-42', user({ rotations: known([one]) }))).toEqual(expected);
  });
});
