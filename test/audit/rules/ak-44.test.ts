// AK-44: users whom Terraform manages.
import { expect, test } from 'vitest';
import { denied, findings, key, known, severitiesOf, user } from './judged.ts';

const tagged = (tags: Record<string, string>, given = {}) => user({ keys: [key()], tags: known(tags), ...given });

test('the finding in full', () => {
  expect(findings('AK-44', tagged({ owner: 'ann', 'made-by': 'Terraform' }))).toEqual([
    {
      id: 'ce5d4a913935574a2ed7c9f4',
      rule: 'AK-44',
      severity: 'informational',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'alice is managed by Terraform, by the tag made-by',
      evidence: {
        tag: { key: 'made-by', value: 'Terraform' },
        because: 'the tag made-by=Terraform',
        source: 'Terraform AWS provider, aws_iam_access_key: the secret is in the state',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: null,
        text: 'a key rotated outside of Terraform shows as drift, and its next apply may make another; take aws_iam_access_key out of the configuration first. The state holds the secret of a key that it made',
      },
    },
  ]);
});

test.each([
  ['the tag made-by=Terraform', { 'made-by': 'Terraform' }, {}, ['informational']],
  ['the tag opentofu=yes', { opentofu: 'yes' }, {}, ['informational']],
  ['the tag owner=ann', { owner: 'ann' }, {}, []],
  ['no active key', { 'made-by': 'Terraform' }, { keys: [key({ active: false })] }, []],
  ['tags that are not known', {}, { tags: denied('iam:ListUserTags') }, []],
])('%s', (_, tags, given, expected) => {
  expect(severitiesOf('AK-44', tagged(tags, given))).toEqual(expected);
});
