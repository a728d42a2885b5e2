// AK-41: users of whose next key nobody says where it goes.
import { expect, test } from 'vitest';
import { denied, findings, key, policy, secondKey, severitiesOf, user, wordsOf } from './judged.ts';

const placeless = (given = {}) => user({ keys: [key()], policy: policy(), ...given });

test('the finding in full', () => {
  expect(findings('AK-41', placeless())).toEqual([
    {
      id: 'ee904479f3cd09329996cb1c',
      rule: 'AK-41',
      severity: 'low',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'the policy file does not say where the next key of alice goes',
      evidence: {
        tags: { owner: 'ann@example.com' },
        because: 'no consumers are named for this user, by name, path or default',
        source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
      },
      cis: ['2.13'],
      aliases: [],
      remediation: {
        command: 'keyturn find AKIAFIRSTFIRSTFIRST1',
        text: 'find out which places hold the key, and name them under consumers in keyturn.yaml',
      },
    },
  ]);
});

test.each([
  ['no policy file', { policy: null }, []],
  ['no place', {}, ['low']],
  ['a place', { policy: policy({ places: ['ssm:/app'] }) }, []],
  ['no active key', { keys: [key({ active: false })] }, []],
])('%s', (_, given, expected) => {
  expect(severitiesOf('AK-41', placeless(given))).toEqual(expected);
});

test.each([
  ['of two keys', [key({ active: false }), secondKey()], 'keyturn find AKIASECONDSECONDSEC2'],
  ['without an id', [key({ id: null })], 'keyturn audit --user alice'],
])('the command is about the active key, %s', (_, keys, command) => {
  expect(wordsOf('AK-41', placeless({ keys }))).toMatchObject([{ command }]);
});

test('tags that are not known are no evidence', () => {
  const [said] = findings('AK-41', placeless({ tags: denied('iam:ListUserTags') }));

  expect(said?.evidence.tags).toBeNull();
});
