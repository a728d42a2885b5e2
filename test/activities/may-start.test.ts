import { expect, test } from 'vitest';
import { mayStart } from '../../src/activities/may-start.ts';
import { timeOf } from '../../src/clock.ts';
import type { KeyFacts, Plan } from '../../src/machine/context.ts';

const old: KeyFacts = {
  id: 'AKIAOLDOLDOLDOLD0001',
  status: 'Active',
  createdAt: '2026-11-06T10:00:00Z',
  lastUsedAt: '2026-12-06T09:00:00Z',
  lastUsedService: 's3',
  lastUsedRegion: 'eu-west-1',
};
const other: KeyFacts = { ...old, id: 'AKIAOTHEROTHER000002', lastUsedAt: null, lastUsedService: null };
const plan = { user: 'alice', oldKey: old.id, minAge: 0, allowSmtp: false, freeSlot: 'never' } as Plan;
const day = 86_400;

test.each<[string, Partial<Plan>, KeyFacts[], string]>([
  ['one active key', {}, [old], 'create'],
  ['no key, and none to replace', { oldKey: null }, [], 'create'],
  ['one inactive key beside none to replace', { oldKey: null }, [{ ...other, status: 'Inactive' }], 'create'],
  ['the key is not the user’s', {}, [other], 'refused'],
  ['the key is inactive', {}, [{ ...old, status: 'Inactive' }], 'refused'],
  ['the key has a status of tomorrow', {}, [{ ...old, status: 'Suspended' }], 'refused'],
  ['younger than minAge by a second', { minAge: 30 * day + 1 }, [old], 'nothingToDo'],
  ['minAge old, to the second', { minAge: 30 * day }, [old], 'create'],
  ['S19 its last service is ses', {}, [{ ...old, lastUsedService: 'ses' }], 'refused'],
  ['S19 ses, taken care of', { allowSmtp: true }, [{ ...old, lastUsedService: 'ses' }], 'create'],
  ['S19 a user made for SMTP', { user: 'ses-smtp-user.20261206-100000' }, [old], 'refused'],
  ['S19 a user named like one', { user: 'ses-smtp-username' }, [old], 'create'],
  ['two keys', {}, [old, other], 'noSlot'],
  ['two keys, and one may go', { freeSlot: 'inactive' }, [old, { ...other, status: 'Inactive' }], 'create'],
  ['too young goes before no room', { minAge: 31 * day }, [old, other], 'nothingToDo'],
])('%s: %s', (_, overrides, keys, expected) => {
  expect(mayStart({ ...plan, ...overrides }, keys, timeOf('2026-12-06T10:00:00Z')).verdict).toBe(expected);
});

test.each<[Partial<Plan>, KeyFacts[], string]>([
  [{}, [old], 'there is room for a new key'],
  [{}, [other], 'AKIA…0001 is not a key of alice'],
  [{}, [{ ...old, status: 'Inactive' }], 'the old key AKIA…0001 is Inactive, so nobody can be using it'],
  [{ minAge: 31 * day }, [old], 'AKIA…0001 was made at 2026-11-06T10:00:00Z, so it is young enough'],
  [
    { user: 'SES-SMTP-user.1' },
    [old],
    'AKIA…0001 sends mail through SES, and an SMTP password is derived from the key: it would stop working',
  ],
])('%j: the reason', (overrides, keys, reason) => {
  expect(mayStart({ ...plan, ...overrides }, keys, timeOf('2026-12-06T10:00:00Z')).reason).toBe(reason);
});

test('a user whose name only contains such a name is none for SMTP', () => {
  const { verdict } = mayStart({ ...plan, user: 'my-ses-smtp-user' }, [old], timeOf('2026-12-06T10:00:00Z'));

  expect(verdict).toBe('create');
});

test('no room names both keys with what is known of their use', () => {
  const { reason } = mayStart(plan, [old, { ...other, status: 'Inactive' }], timeOf('2026-12-06T10:00:00Z'));

  expect(reason).toBe(
    'alice has two keys already: AKIA…0001 (active, last used 2026-12-06T09:00:00Z) and AKIA…0002 (inactive, no use known)',
  );
});
