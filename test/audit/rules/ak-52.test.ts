// AK-52: sources that contradict each other.
import { expect, test } from 'vitest';
import { ago, denied, findings, known, user } from './judged.ts';

const doubts = [{ about: 'the date of K', text: 'the report dates K otherwise' }];

test('the finding in full', () => {
  const use = { state: 'notAsked', why: 'the report says it' } as const;
  const listed = known([{ id: 'K', status: 'Active' as const, createdAt: ago(10), use }]);

  expect(findings('AK-52', user({ doubts, listed }))).toEqual([
    {
      id: 'f351fb0bac5b722384f59057',
      rule: 'AK-52',
      severity: 'informational',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'alice: the report dates K otherwise',
      evidence: {
        reported: { user: 'alice' },
        listed: [
          {
            id: 'K',
            status: 'Active',
            createdAt: '2026-11-26T10:00:00Z',
            use: { state: 'notAsked', why: 'the report says it' },
          },
        ],
        because: 'the report dates K otherwise',
        source: 'IAM User Guide, "Get credential reports"; ListAccessKeys is the authority for ids, status and age',
      },
      cis: [],
      aliases: [],
      remediation: { command: null, text: 'look again in four hours, or with --fresh' },
    },
  ]);
});

test('a list that is not known is no evidence', () => {
  const [said] = findings('AK-52', user({ doubts, listed: denied('iam:ListAccessKeys') }));

  expect(said?.evidence.listed).toBeNull();
});

test('every doubt is told for itself', () => {
  const said = findings('AK-52', user({ doubts: [...doubts, { about: 'the status of K', text: 'K is Inactive' }] }));

  expect(said.map(({ title }) => title)).toEqual(['alice: the report dates K otherwise', 'alice: K is Inactive']);
  expect(new Set(said.map(({ id }) => id)).size).toBe(2);
});

test('without a doubt there is nothing to tell', () => {
  expect(findings('AK-52', user())).toEqual([]);
});
