// AK-22: users with both a key and a password.
import { expect, test } from 'vitest';
import { findings, key, secondKey, severitiesOf, user, wordsOf } from './judged.ts';

const signsIn = (given = {}) => user({ keys: [key()], passwordEnabled: true, mfa: true, ...given });

test('the finding in full', () => {
  expect(findings('AK-22', signsIn({ mfa: false }))).toEqual([
    {
      id: '381fb7db14d89e2be4cc3190',
      rule: 'AK-22',
      severity: 'high',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'alice has a key and a console password, and no MFA',
      evidence: {
        because: 'the password is enabled and a key is active; MFA is not',
        source: 'IAM User Guide, "Security best practices in IAM": people sign in, workloads use roles',
      },
      cis: ['2.9', '2.10'],
      aliases: [],
      remediation: {
        command: null,
        text: 'give the workload a user or better a role of its own, and the person MFA',
      },
    },
  ]);
});

test('with MFA it says less', () => {
  expect(wordsOf('AK-22', signsIn({ keys: [key(), secondKey()] }))).toMatchObject([
    { title: 'alice has a key and a console password', because: 'the password is enabled and 2 keys are active' },
  ]);
});

test.each([
  ['a password and MFA', {}, ['low']],
  ['a password and no MFA', { mfa: false }, ['high']],
  ['a password, and MFA of which AWS does not say', { mfa: null }, ['low']],
  ['no password', { passwordEnabled: false }, []],
  ['a password of which AWS does not say', { passwordEnabled: null }, []],
  ['a password and an inactive key', { keys: [key({ active: false })] }, []],
])('a key, %s', (_, given, expected) => {
  expect(severitiesOf('AK-22', signsIn(given))).toEqual(expected);
});
