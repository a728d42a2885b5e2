// Users who can change IAM are not rotated by anything that nobody watches, unless the policy file lists them by name (S29):
// whoever could make such a rotation deliver a key elsewhere would own the account.
import { RefusedError } from '../errors.ts';
import type { Parts } from './parts.ts';
import type { Subject } from './subject.ts';

/** Each of these alone is enough to become an administrator, or to take another user's place. */
const powers = [
  'iam:AddUserToGroup',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:CreatePolicyVersion',
  'iam:PutGroupPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateLoginProfile',
];

/** Throws RefusedError; what cannot be found out counts as if they could. */
export async function mustNotAdministrate(parts: Parts, { user, settings }: Subject): Promise<void> {
  if (settings.administrators.some((name) => name.toLowerCase() === user.name.toLowerCase())) return;
  const allowed = await parts.aws.allowedTo(user.arn, powers);
  if (allowed.length === 0) return;
  throw new RefusedError(`${user.name} can change IAM: ${allowed.slice(0, 3).join(', ')}`, {
    hint: 'nothing was changed; rotate such a key with a person at hand, or list the user under administrators in the policy file',
  });
}
