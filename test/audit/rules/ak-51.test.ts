// AK-51: a credential report that is too old to be believed.
import { expect, test } from 'vitest';
import { findingOfAccount } from '../../../src/audit/judge.ts';
import { ak51, staleReport } from '../../../src/audit/rules/ak-51.ts';
import { judge, key, limits, user } from './judged.ts';

const reportOf = (generatedAt: string, newer: string[] = []) => staleReport(generatedAt, { newer }, limits());

test('the finding in full, of the account', () => {
  const said = reportOf('2026-12-06T04:00:00Z', ['user eve', 'a key of bob']);

  expect(said && findingOfAccount(ak51, said, { account: '123456789012', set: 'cis-6.0', limits: limits() })).toEqual({
    id: '546bc1edbd8f93b0653ecc06',
    rule: 'AK-51',
    severity: 'informational',
    status: 'OPEN',
    user: '<account>',
    keyId: null,
    title: 'the credential report is 6.0 hours old, and user eve and 1 more came after it',
    evidence: {
      generatedAt: '2026-12-06T04:00:00Z',
      newer: ['user eve', 'a key of bob'],
      because: '6.0 hours since 2026-12-06T04:00:00Z are more than 4; user eve and 1 more came after it',
      source: 'IAM User Guide, "Get credential reports": up to four hours old',
    },
    cis: [],
    aliases: [],
    remediation: {
      command: 'keyturn audit --fresh',
      text: 'AWS makes a new report four hours after the last one; --fresh asks for every user instead',
    },
  });
});

test.each([
  [
    'four hours and a second',
    '2026-12-06T05:59:59Z',
    [],
    'the credential report is 4.0 hours old',
    '4.0 hours since 2026-12-06T05:59:59Z are more than 4',
  ],
  [
    'four hours to the second, and somebody is newer',
    '2026-12-06T06:00:00Z',
    ['user eve'],
    'the credential report is 4.0 hours old, and user eve came after it',
    'user eve came after it',
  ],
  [
    'an hour and 59 minutes, and some are newer',
    '2026-12-06T08:01:00Z',
    ['user eve', 'a key of bob', 'a key of carl'],
    'the credential report is 1.9 hours old, and user eve and 2 more came after it',
    'user eve and 2 more came after it',
  ],
  [
    'a time that is still to come, and somebody is newer',
    '2026-12-06T10:05:00Z',
    ['user eve'],
    'the credential report is 0.0 hours old, and user eve came after it',
    'user eve came after it',
  ],
])('a report of %s', (_, generatedAt, newer, title, because) => {
  expect(reportOf(generatedAt, newer)).toMatchObject({ title, evidence: { because } });
});

test.each([
  ['four hours to the second', '2026-12-06T06:00:00Z'],
  ['a time that is still to come', '2026-12-06T10:05:00Z'],
])('a report of %s can be believed', (_, generatedAt) => {
  expect(reportOf(generatedAt)).toBeNull();
});

test('of many that are newer, twenty are evidence', () => {
  const said = reportOf(
    '2026-12-06T06:00:00Z',
    Array.from({ length: 25 }, (_, n) => `user u${n}`),
  );

  expect(said?.evidence.newer).toHaveLength(20);
  expect(said?.title).toBe('the credential report is 4.0 hours old, and user u0 and 24 more came after it');
});

test('of a user it says nothing', () => {
  expect(judge('AK-51', user({ keys: [key()] }))).toEqual([]);
});
