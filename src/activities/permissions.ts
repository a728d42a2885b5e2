// What each activity needs to be allowed in AWS, gathered from the activities themselves, and the statements of an IAM policy
// that allows it and no more.
import type { ActivityName } from '../machine/context.ts';
import { permissions as checkHealth } from './check-health.ts';
import { permissions as checkOldKeyUse } from './check-old-key-use.ts';
import { tagPrefix } from './claim.ts';
import { permissions as claimUser } from './claim-user.ts';
import { permissions as createKey } from './create-key.ts';
import { permissions as deactivateKey } from './deactivate-key.ts';
import { permissions as deleteKey } from './delete-key.ts';
import { permissions as deliverKey } from './deliver-key.ts';
import { permissions as freeSlot } from './free-slot.ts';
import { permissions as inspectKeys } from './inspect-keys.ts';
import { permissions as noteMissedLook } from './note-missed-look.ts';
import { permissions as preflightConsumers } from './preflight-consumers.ts';
import { permissions as reactivateKey } from './reactivate-key.ts';
import { permissions as releaseUser } from './release-user.ts';
import { permissions as removeNewKey } from './remove-new-key.ts';
import { permissions as restoreConsumers } from './restore-consumers.ts';
import { permissions as verifyNewKey } from './verify-new-key.ts';
import { permissions as verifyOldKey } from './verify-old-key.ts';

/** IAM actions. What a place or a vault needs besides is theirs to say. */
export const activityPermissions: Readonly<Record<ActivityName, readonly string[]>> = {
  claimUser,
  inspectKeys,
  preflightConsumers,
  freeSlot,
  createKey,
  verifyNewKey,
  deliverKey,
  checkOldKeyUse,
  deactivateKey,
  checkHealth,
  noteMissedLook,
  deleteKey,
  reactivateKey,
  verifyOldKey,
  restoreConsumers,
  removeNewKey,
  releaseUser,
};

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource?: string[];
  NotResource?: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Everybody may ask who they are: GetCallerIdentity needs no permission (STS API Reference). */
const needsNone = ['sts:GetCallerIdentity'];

/** Only tags that are claims may be written or taken away; a call that names no tag at all is none of those (S32). */
const claimsAlone = {
  'ForAllValues:StringLike': { 'aws:TagKeys': [`${tagPrefix}*`] },
  Null: { 'aws:TagKeys': 'false' },
};

/** Allows these actions on these users (ARNs) alone. */
export function userStatements(actions: readonly string[], users: readonly string[]): PolicyStatement[] {
  const needed = [...new Set(actions)].filter((action) => !needsNone.includes(action)).sort();
  const isTagging = (action: string) => ['iam:TagUser', 'iam:UntagUser'].includes(action);
  const isLook = (action: string) => ['iam:Get', 'iam:List'].some((look) => action.startsWith(look));
  const statement = (Sid: string, Action: string[], Condition?: PolicyStatement['Condition']): PolicyStatement[] =>
    Action.length === 0
      ? []
      : [{ Sid, Effect: 'Allow', Action, Resource: [...users], ...(Condition ? { Condition } : {}) }];
  return [
    ...statement('Look', needed.filter(isLook)),
    ...statement(
      'ChangeKeys',
      needed.filter((action) => !isLook(action) && !isTagging(action)),
    ),
    ...statement('Claim', needed.filter(isTagging), claimsAlone),
  ];
}
