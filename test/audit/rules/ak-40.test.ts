// AK-40: users for whom nobody answers.
import { expect, test } from 'vitest';
import { denied, findings, key, known, policy, severitiesOf, user, wordsOf } from './judged.ts';

const tagged = (tags: Record<string, string>, given = {}) => user({ keys: [key()], tags: known(tags), ...given });

test('the finding in full', () => {
  expect(findings('AK-40', tagged({ boss: 'ann' }))).toEqual([
    {
      id: 'ed55609b5941df5884242be9',
      rule: 'AK-40',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'nobody answers for alice',
      evidence: {
        tags: { boss: 'ann' },
        because: 'none of the tags owner, team-email, and no owner in the policy file',
        source: 'AWS Well-Architected, SEC03-BP04 and tagging best practices: an owner for each credential',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: 'aws iam tag-user --user-name alice --tags Key=owner,Value=NAME@DOMAIN',
        text: 'name somebody who can be told, by a tag or under owner in keyturn.yaml',
      },
    },
  ]);
});

test.each([
  ['an owner', { owner: 'ann@example.com' }, []],
  ['an owner under another of the known tags, in other case', { 'Team-Email': 'x' }, []],
  ['no tag', {}, ['medium']],
  ['a tag that is not known', { boss: 'ann' }, ['medium']],
])('%s', (_, tags, expected) => {
  expect(severitiesOf('AK-40', tagged(tags))).toEqual(expected);
});

test('the tag to set is the first of those that are known', () => {
  const [first] = wordsOf('AK-40', tagged({}), { ownerTags: ['Team', 'owner'] });
  const [none] = wordsOf('AK-40', tagged({}), { ownerTags: [] });

  expect(first?.command).toBe('aws iam tag-user --user-name alice --tags Key=Team,Value=NAME@DOMAIN');
  expect(none?.command).toBe('aws iam tag-user --user-name alice --tags Key=owner,Value=NAME@DOMAIN');
});

test.each([
  ['of it', 'ann@example.com', []],
  ['of it, in other case', 'Ann@EXAMPLE.com', []],
  ['of the other one', 'ann@corp.example', []],
  ['elsewhere', 'ann@evil.example', ['medium']],
  ['of one that ends alike', 'ann@notexample.com', ['medium']],
  ['that has no domain', 'ann', ['medium']],
])('where domains are known, an owner %s', (_, owner, expected) => {
  expect(severitiesOf('AK-40', tagged({ owner }), { ownerDomains: ['Example.com', 'corp.example'] })).toEqual(expected);
});

test('an owner elsewhere is told by name', () => {
  const facts = tagged({ Owner: 'ann@evil.example' });

  expect(wordsOf('AK-40', facts, { ownerDomains: ['example.com', 'corp.example'] })).toMatchObject([
    {
      title: 'the owner of alice is in none of the known domains: ann@evil.example',
      because: 'tag Owner says ann@evil.example; known are example.com, corp.example',
    },
  ]);
});

test.each([
  ['an owner in the policy file', { policy: policy({ owner: 'ops' }) }, []],
  ['a policy file that names none', { policy: policy() }, ['medium']],
  ['no active key', { keys: [key({ active: false })] }, []],
  ['tags that are not known', { tags: denied('iam:ListUserTags') }, []],
])('%s', (_, given, expected) => {
  expect(severitiesOf('AK-40', tagged({}, given))).toEqual(expected);
});
