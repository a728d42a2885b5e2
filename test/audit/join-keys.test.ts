// The report’s slots and the keys that AWS lists, put together.
import { describe, expect, test } from 'vitest';
import type { AuditedKey, ListedKey } from '../../src/audit/contract.ts';
import { joinKeys, keysOf } from '../../src/audit/join-keys.ts';
import { ago, denied, key, known } from './rules/judged.ts';

const first = 'AKIAFIRSTFIRSTFIRST1';
const second = 'AKIASECONDSECONDSEC2';
const reportAt = ago(0, 3600);
const asReport = { reportAt, asReported: false };

function reported(slot: 1 | 2, given: Partial<AuditedKey> = {}): AuditedKey {
  return key({ slot, id: null, dated: 'last_rotated', ...given });
}

function listed(id: string, createdAt: string, given: Partial<ListedKey> = {}): ListedKey {
  return { id, createdAt, status: 'Active', use: { state: 'notAsked', why: 'the report says it' }, ...given };
}

const shown = (keys: AuditedKey[]) => keys.map(({ id, slot, lastUsedAt }) => [id, slot, lastUsedAt]);

test('slots go by key id, and the newer key may be in the first', () => {
  const { keys, doubts } = joinKeys(
    [reported(1, { createdAt: ago(2), lastUsedAt: null }), reported(2, { createdAt: ago(100), lastUsedAt: ago(1) })],
    [listed(second, ago(100)), listed(first, ago(2))],
    asReport,
  );

  expect(shown(keys)).toEqual([
    [first, 1, null],
    [second, 2, ago(1)],
  ]);
  expect(doubts).toEqual([]);
});

describe('where both contradict each other', () => {
  test('the list has the date, and the doubt is kept', () => {
    const { keys, doubts } = joinKeys([reported(1, { createdAt: ago(3) })], [listed(first, ago(100))], asReport);

    expect(keys[0]).toMatchObject({ id: first, slot: 1, createdAt: ago(100), dated: 'CreateDate' });
    expect(doubts).toEqual([
      { about: `the date of ${first}`, text: `the report dates ${first} ${ago(3)}, ListAccessKeys ${ago(100)}` },
    ]);
  });

  test('the list has the status', () => {
    const { keys, doubts } = joinKeys(
      [reported(1, { createdAt: ago(5) })],
      [listed(first, ago(5), { status: 'Inactive' })],
      asReport,
    );

    expect(keys[0]?.active).toBe(false);
    expect(doubts.map(({ about }) => about)).toEqual([`the status of ${first}`]);
  });

  test('as the report has it, nothing but the id is taken from the list', () => {
    const { keys, doubts } = joinKeys(
      [reported(1, { createdAt: ago(5) })],
      [listed(first, ago(5), { status: 'Inactive' })],
      { reportAt, asReported: true },
    );

    expect(keys).toEqual([reported(1, { createdAt: ago(5), id: first })]);
    expect(doubts).toEqual([]);
  });
});

test('a key that is newer than the report is never taken for one that it has', () => {
  const use = known({ lastUsedAt: ago(0), lastUsedService: 'sts', lastUsedRegion: 'us-east-1' });

  const { keys, doubts } = joinKeys(
    [reported(1, { createdAt: ago(100), lastUsedAt: ago(80) })],
    [listed(second, ago(0, 60), { use })],
    asReport,
  );

  expect(shown(keys)).toEqual([[second, null, ago(0)]]);
  expect(doubts).toEqual([{ about: 'a key that is gone', text: 'the report has a key that is gone' }]);
});

test('a key that the report should have and has not is a doubt', () => {
  const { doubts } = joinKeys([], [listed(first, ago(5))], asReport);

  expect(doubts.map(({ about }) => about)).toEqual([`the presence of ${first}`]);
});

test('a use that is not known is not taken for none', () => {
  const use = denied('iam:GetAccessKeyLastUsed');

  const { keys } = joinKeys([], [listed(first, ago(0, 60), { use })], asReport);

  expect(keys[0]).toMatchObject({ lastUsedAt: null, isUseKnown: false });
});

test('a slot without a key is no key, and an inactive one keeps its date', () => {
  const nothing = { lastUsedAt: null, lastUsedRegion: null, lastUsedService: null };
  const keys = keysOf({
    keys: [
      { active: false, lastRotated: null, ...nothing },
      { active: false, lastRotated: ago(9), ...nothing },
    ],
  });

  expect(keys.map(({ slot, active, createdAt }) => [slot, active, createdAt])).toEqual([[2, false, ago(9)]]);
});
