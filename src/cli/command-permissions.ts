// Which activities each command may come to, and what it asks of AWS besides: what `keyturn policy` prints.
import { activityPermissions } from '../activities/permissions.ts';
import { type ActivityName, activityNames } from '../machine/context.ts';
import type { CommandName } from './not-there-yet.ts';

interface Needs {
  activities: readonly ActivityName[];
  /** For what the command does without an activity. */
  besides: readonly string[];
  /** For what it looks through besides users. */
  search?: readonly string[];
}

/** What it takes to show how the keys stand. */
const show = ['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys'];
const wholeRotation: Needs = { activities: activityNames, besides: show };

const wayBack: readonly ActivityName[] = [
  'claimUser',
  'inspectKeys',
  'reactivateKey',
  'verifyOldKey',
  'restoreConsumers',
  'removeNewKey',
  'releaseUser',
];

const secondHalf: readonly ActivityName[] = [
  'claimUser',
  'inspectKeys',
  'checkOldKeyUse',
  'deactivateKey',
  'checkHealth',
  'noteMissedLook',
  'deleteKey',
  'reactivateKey',
  'verifyOldKey',
  'releaseUser',
];

/** Null: asks nothing of AWS. The empty name is the wizard's, which may come to anything. */
const commandNeeds: Record<CommandName, Needs | null> = {
  '': wholeRotation,
  rotate: wholeRotation,
  resume: wholeRotation,
  proceed: wholeRotation,
  retire: { activities: secondHalf, besides: show },
  rollback: { activities: wayBack, besides: show },
  status: { activities: [], besides: show },
  release: {
    activities: [],
    besides: [...show, 'iam:GetUser', 'iam:ListUserTags', 'iam:TagUser', 'iam:UntagUser'],
  },
  find: {
    activities: [],
    besides: ['iam:GetAccessKeyLastUsed'],
    search: [
      'secretsmanager:BatchGetSecretValue',
      'secretsmanager:GetSecretValue',
      'secretsmanager:ListSecrets',
      'ssm:DescribeParameters',
      'ssm:GetParameters',
    ],
  },
  policy: null,
  demo: null,
  sandbox: null,
  completion: null,
};

/** The one call that brings a key back, and what it takes to show the keys afterwards (S1). */
export const onlyReactivate = ['iam:UpdateAccessKey', ...show];

export const commandNames = Object.keys(commandNeeds).filter(Boolean);

/** The actions that the command needs; null where it asks nothing of AWS, undefined where there is no such command. */
export function actionsOf(command: string): string[] | null | undefined {
  if (!Object.hasOwn(commandNeeds, command)) return undefined;
  const needs = commandNeeds[command as CommandName];
  return needs && [...needs.activities.flatMap((name) => activityPermissions[name]), ...needs.besides];
}

/** The actions by which the command looks for places; lists have no resource of their own. */
export function searchActionsOf(command: string): readonly string[] {
  return commandNeeds[command as CommandName]?.search ?? [];
}

/** Whether the command may write to places. */
export function delivers(command: string): boolean {
  const { activities = [] } = commandNeeds[command as CommandName] ?? {};
  return activities.includes('deliverKey') || activities.includes('restoreConsumers');
}
