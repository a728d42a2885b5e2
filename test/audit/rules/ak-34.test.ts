// AK-34: keys of which nobody can tell who made them.
import { expect, test } from 'vitest';
import {
  ago,
  denied,
  event,
  findings,
  key,
  keyInEvidence,
  known,
  secondKey,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const withKey = (given = {}, more = {}) => user({ keys: [key(given)], ...more });

test('the finding in full', () => {
  expect(findings('AK-34', withKey({ createdAt: ago(100) }))).toEqual([
    {
      id: '53f2093bc787a8eb98127aac',
      rule: 'AK-34',
      severity: 'informational',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'who made AKIAFIRSTFIRSTFIRST1 of alice is not known',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-08-28T10:00:00Z',
        because: 'the key is 100.0 days old, and the event history goes back 90 days',
        source: 'CloudTrail User Guide, "Working with CloudTrail Event history": 90 days',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: null,
        text: 'keep CloudTrail events in a trail, where they can be asked for later',
      },
    },
  ]);
});

test('where its age is not known either', () => {
  expect(wordsOf('AK-34', withKey({ createdAt: null }))).toMatchObject([
    { because: 'the key is of unknown age, and the event history goes back 90 days' },
  ]);
});

test.each([
  ['no event', {}, [], ['informational']],
  ['the event of its making', {}, [event()], []],
  ['the event of its activation', {}, [event({ event: 'UpdateAccessKey', status: 'Active' })], ['informational']],
  ['the event of another key', {}, [event({ keyId: 'AKIASECONDSECONDSEC2' })], ['informational']],
  ['an event that names no key, and no id', { id: null }, [event({ keyId: null })], ['informational']],
  ['no event, and inactive', { active: false }, [], []],
])('a key with %s', (_, given, events, expected) => {
  expect(severitiesOf('AK-34', withKey(given, { events: known(events) }))).toEqual(expected);
});

test('of two keys the one is told that no event names', () => {
  const keys = [key(), secondKey()];

  expect(findings('AK-34', user({ keys, events: known([event()]) })).map(({ keyId }) => keyId)).toEqual([
    'AKIASECONDSECONDSEC2',
  ]);
});

test('where events are not known, that is said elsewhere', () => {
  expect(severitiesOf('AK-34', withKey({}, { events: denied('cloudtrail:LookupEvents', true) }))).toEqual([]);
});
