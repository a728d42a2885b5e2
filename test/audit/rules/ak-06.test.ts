// AK-06: inactive keys that were left behind.
import { describe, expect, test } from 'vitest';
import {
  ago,
  denied,
  event,
  findings,
  key,
  keyInEvidence,
  known,
  rotation,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const inactive = (createdAt: string | null, given = {}, more = {}) =>
  user({ keys: [key({ active: false, createdAt, ...more })], ...given });
const deactivated = (at: string, given = {}) => event({ event: 'UpdateAccessKey', status: 'Inactive', at, ...given });

test('the finding in full', () => {
  expect(findings('AK-06', inactive(ago(100), { events: known([deactivated(ago(31))]) }))).toEqual([
    {
      id: 'b5e36ed2780f1be85a9107b6',
      rule: 'AK-06',
      severity: 'low',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice is inactive and was left behind',
      evidence: {
        ...keyInEvidence,
        status: 'Inactive',
        createdAt: '2026-08-28T10:00:00Z',
        deactivatedAt: '2026-11-05T10:00:00Z',
        because: '31.0 days since its deactivation at 2026-11-05T10:00:00Z are more than 30',
        source: 'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled", the remediation',
      },
      cis: ['2.11'],
      aliases: [],
      remediation: {
        command: 'aws iam delete-access-key --user-name alice --access-key-id AKIAFIRSTFIRSTFIRST1',
        text: 'delete it: nobody can use it, anybody with iam:UpdateAccessKey could bring it back',
      },
    },
  ]);
});

describe('nobody knows since when', () => {
  test.each([
    ['90 days to the second', ago(90), []],
    ['90 days and a second', ago(90, 1), ['low']],
    ['AWS does not tell', null, []],
  ])('and the key is as old as %s', (_, createdAt, expected) => {
    expect(severitiesOf('AK-06', inactive(createdAt))).toEqual(expected);
  });

  test('its age is what is told', () => {
    const [said] = findings('AK-06', inactive(ago(100), { events: denied('cloudtrail:LookupEvents') }));

    expect(said?.evidence).toMatchObject({
      deactivatedAt: null,
      because: '100.0 days since it was made at 2026-08-28T10:00:00Z are more than 90',
    });
  });
});

describe('CloudTrail knows', () => {
  test.each([
    ['30 days to the second', ago(30), []],
    ['30 days and a second', ago(30, 1), ['low']],
  ])('that it is inactive for %s', (_, at, expected) => {
    expect(severitiesOf('AK-06', inactive(ago(400), { events: known([deactivated(at)]) }))).toEqual(expected);
  });

  test('the last time counts', () => {
    const events = known([deactivated(ago(5)), deactivated(ago(80))]);

    expect(severitiesOf('AK-06', inactive(ago(400), { events }))).toEqual([]);
  });

  test.each([
    ['of another key', { keyId: 'AKIASECONDSECONDSEC2' }, {}],
    ['of a reactivation', { status: 'Active' }, {}],
    ['of a key that it does not name', { keyId: null }, { id: null }],
  ])('an event %s says nothing of it', (_, given, more) => {
    const events = known([deactivated(ago(5), given)]);

    expect(severitiesOf('AK-06', inactive(ago(400), { events }, more))).toEqual(['low']);
  });
});

describe('a rotation is open', () => {
  test.each([
    ['and did not deactivate it', { deactivatedAt: null }, []],
    ['and deactivated it 30 days ago', { deactivatedAt: ago(30) }, []],
    ['and deactivated it longer ago', { deactivatedAt: ago(30, 1) }, ['low']],
    ['whose new key it is', { oldKey: null, newKey: 'AKIAFIRSTFIRSTFIRST1', deactivatedAt: ago(31) }, []],
    ['of another key', { oldKey: 'AKIAOTHEROTHEROTHER1', deactivatedAt: ago(5) }, ['low']],
  ])('%s', (_, given, expected) => {
    expect(severitiesOf('AK-06', inactive(ago(400), { rotations: known([rotation(given)]) }))).toEqual(expected);
  });

  test('of a key without an id it says nothing', () => {
    const rotations = known([rotation({ oldKey: null, deactivatedAt: ago(5) })]);

    expect(wordsOf('AK-06', inactive(ago(400), { rotations }, { id: null }))).toMatchObject([
      { because: '400.0 days since it was made at 2025-11-01T10:00:00Z are more than 90' },
    ]);
  });
});

test('an active key was not left behind', () => {
  expect(severitiesOf('AK-06', inactive(ago(400), {}, { active: true }))).toEqual([]);
});
