// AK-42: rotations that wait for a person.
import { expect, test } from 'vitest';
import { ago, denied, findings, known, rotation, rotationInEvidence, severitiesOf, user, wordsOf } from './judged.ts';

const rotating = (...given: object[]) => user({ rotations: known(given.map(rotation)) });

test('the finding in full', () => {
  expect(findings('AK-42', rotating({ standing: 'stuck' }))).toEqual([
    {
      id: 'a94fbf685b5e7b498e99ba04',
      rule: 'AK-42',
      severity: 'high',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'rotation r-1 of alice is stuck, begun 2.0 days ago',
      evidence: {
        ...rotationInEvidence,
        standing: 'stuck',
        because: 'the old key is still used',
        source: 'the record of the rotation: what is stuck waits for a person',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: 'keyturn resume r-1',
        text: 'see keyturn status r-1; keyturn rollback r-1 goes back',
      },
    },
  ]);
});

test.each([
  ['waits', { since: ago(60) }, []],
  ['is stuck', { standing: 'stuck', since: ago(0) }, ['high']],
  ['was stopped two days ago', { standing: 'stopped', since: ago(2) }, []],
  ['was stopped longer ago', { standing: 'stopped', since: ago(2, 1) }, ['high']],
  ['was stopped nobody knows when', { standing: 'stopped', since: '' }, []],
])('a rotation that %s', (_, given, expected) => {
  expect(severitiesOf('AK-42', rotating(given))).toEqual(expected);
});

test('where no reason is recorded, it says since when', () => {
  expect(wordsOf('AK-42', rotating({ standing: 'stopped', since: ago(3), reason: '' }))).toMatchObject([
    {
      title: 'rotation r-1 of alice is stopped, begun 3.0 days ago',
      because: 'it is stopped, and was begun at 2026-12-03T10:00:00Z',
    },
  ]);
});

test('each rotation is told for itself', () => {
  const said = findings('AK-42', rotating({ standing: 'stuck' }, { standing: 'stuck', rotation: 'r-2' }));

  expect(new Set(said.map(({ id }) => id)).size).toBe(2);
});

test('of rotations that nobody knows it says nothing', () => {
  expect(severitiesOf('AK-42', user({ rotations: denied('the state folder') }))).toEqual([]);
});
