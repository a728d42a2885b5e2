// AK-15: new keys that nobody was seen using.
import { expect, test } from 'vitest';
import {
  ago,
  denied,
  findings,
  key,
  keyInEvidence,
  known,
  rotation,
  rotationInEvidence,
  secondKey,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const waiting = (given: object, fresh = {}) =>
  user({
    keys: [key({ lastUsedAt: null }), secondKey({ lastUsedAt: null, ...fresh })],
    rotations: known([rotation(given)]),
  });

test('the finding in full', () => {
  expect(findings('AK-15', waiting({ since: ago(9), deliveredAt: ago(4) }))).toEqual([
    {
      id: 'e5778e8163a713abccee0d68',
      rule: 'AK-15',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIASECONDSECONDSEC2',
      title: 'AKIASECONDSECONDSEC2, the new key of alice, was delivered 4.0 days ago and was never used',
      evidence: {
        ...keyInEvidence,
        keyId: 'AKIASECONDSECONDSEC2',
        slot: 2,
        lastUsedAt: null,
        ...rotationInEvidence,
        since: '2026-11-27T10:00:00Z',
        deliveredAt: '2026-12-02T10:00:00Z',
        because: 'no use is known, and 4.0 days since 2026-12-02T10:00:00Z are more than 3',
        source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less", the remediation',
      },
      cis: ['2.13'],
      aliases: [],
      remediation: {
        command: 'keyturn status r-1',
        text: 'whoever should use it may have to be restarted, or reads another place',
      },
    },
  ]);
});

test('where no delivery is known, it counts from the beginning', () => {
  expect(wordsOf('AK-15', waiting({ since: ago(9), deliveredAt: null }))).toMatchObject([
    {
      title: 'AKIASECONDSECONDSEC2, the new key of alice, has been in rotation for 9.0 days and was never used',
      because: 'no use is known, and 9.0 days since 2026-11-27T10:00:00Z are more than 3',
    },
  ]);
});

test.each([
  ['delivered three days ago', { since: ago(9), deliveredAt: ago(3) }, {}, []],
  ['delivered longer ago', { since: ago(9), deliveredAt: ago(3, 1) }, {}, ['medium']],
  ['in a rotation of which only a claim tells', { since: ago(3, 1), deliveredAt: null }, {}, ['medium']],
  ['in a rotation begun nobody knows when', { since: '', deliveredAt: null }, {}, []],
  ['used since', { since: ago(9), deliveredAt: ago(9) }, { lastUsedAt: ago(1) }, []],
  ['of which use is not known', { since: ago(9), deliveredAt: ago(9) }, { isUseKnown: false }, []],
  ['that is gone', { deliveredAt: ago(9), newKey: 'AKIAGONEGONEGONEGONE' }, {}, []],
  ['without an id', { deliveredAt: ago(9), newKey: null }, { id: null }, []],
])('a new key %s', (_, given, fresh, expected) => {
  expect(severitiesOf('AK-15', waiting(given, fresh))).toEqual(expected);
});

test('of a rotation that nobody knows it says nothing', () => {
  const facts = { ...waiting({}), rotations: denied('the state folder') };

  expect(severitiesOf('AK-15', facts)).toEqual([]);
});
