// What each activity may do, at a glance; the proof runs every activity with this, and with each single action taken away.
import { expect, test } from 'vitest';
import { activityPermissions, userStatements } from '../../src/activities/permissions.ts';

const caller = 'sts:GetCallerIdentity';
const tags = ['iam:GetUser', 'iam:ListUserTags'];
const keys = ['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys'];
const fence = [...tags, 'iam:TagUser'];
const quarantine = 'iam:ListAttachedUserPolicies';

test.each<[keyof typeof activityPermissions, string[]]>([
  ['claimUser', [...fence, 'iam:UntagUser', caller]],
  ['inspectKeys', [...tags, ...keys, caller]],
  ['preflightConsumers', tags],
  ['freeSlot', [...fence, ...keys, 'iam:DeleteAccessKey', caller]],
  ['createKey', [...fence, ...keys, 'iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:UpdateAccessKey', caller]],
  ['verifyNewKey', [caller]],
  ['deliverKey', [...fence, caller]],
  ['checkOldKeyUse', [...tags, ...keys, caller]],
  ['deactivateKey', [...fence, ...keys, 'iam:UpdateAccessKey', caller]],
  ['checkHealth', [...tags, ...keys, quarantine, caller]],
  ['noteMissedLook', [quarantine]],
  ['deleteKey', [...fence, ...keys, 'iam:DeleteAccessKey', caller]],
  ['reactivateKey', [...fence, 'iam:ListAccessKeys', 'iam:UpdateAccessKey', caller]],
  ['verifyOldKey', [caller]],
  ['restoreConsumers', [...fence, caller]],
  ['removeNewKey', [...fence, ...keys, 'iam:DeleteAccessKey', 'iam:UpdateAccessKey', caller]],
  ['releaseUser', [...fence, 'iam:ListAccessKeys', 'iam:UntagUser']],
])('%s needs these actions and no others', (activity, actions) => {
  expect([...new Set(activityPermissions[activity])].sort()).toEqual([...actions].sort());
});

test('each action once, by what it does; who asks who they are needs no permission, and a claim is tagged alone', () => {
  const users = ['arn:aws:iam::123456789012:user/alice'];

  expect(userStatements([caller, 'iam:UntagUser', 'iam:DeleteAccessKey', ...fence, ...fence, ...keys], users)).toEqual([
    {
      Sid: 'Look',
      Effect: 'Allow',
      Action: ['iam:GetAccessKeyLastUsed', 'iam:GetUser', 'iam:ListAccessKeys', 'iam:ListUserTags'],
      Resource: users,
    },
    { Sid: 'ChangeKeys', Effect: 'Allow', Action: ['iam:DeleteAccessKey'], Resource: users },
    {
      Sid: 'Claim',
      Effect: 'Allow',
      Action: ['iam:TagUser', 'iam:UntagUser'],
      Resource: users,
      Condition: {
        'ForAllValues:StringLike': { 'aws:TagKeys': ['keyturn:claim:*'] },
        Null: { 'aws:TagKeys': 'false' },
      },
    },
  ]);
  expect(userStatements([caller], users)).toEqual([]);
});
