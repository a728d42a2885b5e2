// AK-43: exemptions that have ended.
import { expect, test } from 'vitest';
import { findings, key, policy, severitiesOf, user } from './judged.ts';

const exempt = (given: object, keys = [key()]) =>
  user({
    keys,
    policy: policy({ exemptions: [{ key: null, reason: 'vendor', until: '2026-11-30', ended: true, ...given }] }),
  });

test('the finding in full, of a user', () => {
  expect(findings('AK-43', exempt({}))).toEqual([
    {
      id: 'b5423915e785d6b29eaa479a',
      rule: 'AK-43',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'the exemption of alice ended with 2026-11-30: vendor',
      evidence: {
        key: null,
        reason: 'vendor',
        until: '2026-11-30',
        because: 'its last day was 2026-11-30; since then it exempts from nothing',
        source: 'the policy file: every exemption has a reason and a last day',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: null,
        text: 'take it out of keyturn.yaml, or give it a new last day and a reason that still holds',
      },
    },
  ]);
});

test('and in full, of a key', () => {
  expect(findings('AK-43', exempt({ key: 'AKIAFIRSTFIRSTFIRST1' }))).toMatchObject([
    {
      id: '92b4f21e4dac194cd4df05c5',
      title: 'the exemption of AKIAFIRSTFIRSTFIRST1 ended with 2026-11-30: vendor',
      evidence: { key: 'AKIAFIRSTFIRSTFIRST1' },
    },
  ]);
});

test.each([
  ['for the user, ended', {}, [key()], ['medium']],
  ['for this key, ended', { key: 'AKIAFIRSTFIRSTFIRST1' }, [key()], ['medium']],
  ['for a key that is gone, ended', { key: 'AKIAGONEGONEGONEGONE' }, [key()], []],
  ['for a key that is inactive, ended', { key: 'AKIAFIRSTFIRSTFIRST1' }, [key({ active: false })], []],
  ['for a user without an active key, ended', {}, [key({ active: false })], []],
  ['for the user, in force', { ended: false }, [key()], []],
])('an exemption %s', (_, given, keys, expected) => {
  expect(severitiesOf('AK-43', exempt(given, keys))).toEqual(expected);
});

test('without a policy file there is none', () => {
  expect(severitiesOf('AK-43', user({ keys: [key()] }))).toEqual([]);
});
