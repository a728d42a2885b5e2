// AK-33: keys that were switched outside of keyturn.
import { expect, test } from 'vitest';
import {
  denied,
  event,
  findings,
  key,
  keyInEvidence,
  known,
  mallory,
  rotator,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const switched = (given: object, more = {}) =>
  user({ keys: [key()], events: known([event({ event: 'UpdateAccessKey', ...given })]), ...more });

test('the finding in full', () => {
  expect(findings('AK-33', switched({ status: 'Active' }))).toEqual([
    {
      id: '563818ac7ab3ac41f58d070b',
      rule: 'AK-33',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice was made active by arn:aws:iam::123456789012:user/mallory',
      evidence: {
        ...keyInEvidence,
        event: event({ event: 'UpdateAccessKey', status: 'Active' }),
        because:
          'UpdateAccessKey at 2026-11-26T10:00:00Z by arn:aws:iam::123456789012:user/mallory, who is not arn:aws:iam::123456789012:user/alice',
        source: 'CloudTrail User Guide, UpdateAccessKey and DeleteAccessKey',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: null,
        text: 'ask whoever did it; a key that came back may be in the wrong hands',
      },
    },
  ]);
});

test('a key that is gone is told of the user', () => {
  const facts = switched({ event: 'DeleteAccessKey', keyId: 'AKIAGONEGONEGONEGONE' });

  expect(findings('AK-33', facts, { rotators: [rotator] })).toMatchObject([
    {
      keyId: null,
      title: 'AKIAGONEGONEGONEGONE of alice was deleted by arn:aws:iam::123456789012:user/mallory',
      evidence: {
        because:
          'DeleteAccessKey at 2026-11-26T10:00:00Z by arn:aws:iam::123456789012:user/mallory, who is not arn:aws:iam::123456789012:user/alice',
      },
    },
  ]);
});

test('a key that was deactivated', () => {
  expect(wordsOf('AK-33', switched({ status: 'Inactive' }), { rotators: [rotator] })).toMatchObject([
    { title: 'AKIAFIRSTFIRSTFIRST1 of alice was deactivated by arn:aws:iam::123456789012:user/mallory' },
  ]);
});

test.each([
  ['made by somebody else', { event: 'CreateAccessKey' }, [rotator], []],
  ['brought back by somebody else', { status: 'Active' }, [], ['medium']],
  ['brought back by somebody else, and gone since', { status: 'Active', keyId: 'AKIAGONEGONEGONEGONE' }, [rotator], []],
  ['brought back by the user', { status: 'Active', by: 'arn:aws:iam::123456789012:user/alice' }, [], []],
  ['brought back by keyturn', { status: 'Active', by: rotator }, [rotator], []],
  ['deactivated by somebody else', { status: 'Inactive', by: mallory }, [rotator], ['medium']],
  ['deactivated, where nobody knows who keyturn is', { status: 'Inactive' }, [], []],
  ['deleted by somebody else', { event: 'DeleteAccessKey' }, [rotator], ['medium']],
])('a key %s', (_, given, rotators, expected) => {
  expect(severitiesOf('AK-33', switched(given), { rotators })).toEqual(expected);
});

test('each event is told for itself', () => {
  const events = known([
    event({ event: 'UpdateAccessKey', status: 'Active', id: 'e-1' }),
    event({ event: 'UpdateAccessKey', status: 'Active', id: 'e-2' }),
  ]);

  expect(new Set(findings('AK-33', user({ keys: [key()], events })).map(({ id }) => id)).size).toBe(2);
});

test('where events are not known it says nothing', () => {
  expect(severitiesOf('AK-33', user({ keys: [key()], events: denied('cloudtrail:LookupEvents') }))).toEqual([]);
});
