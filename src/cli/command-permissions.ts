// Which activities each command may come to, and what it asks of AWS besides: what `keyturn policy` prints.
import { activityPermissions } from '../activities/permissions.ts';
import { type ActivityName, activityNames } from '../machine/context.ts';
import type { Vault } from '../vault/contract.ts';
import { permissions as vaultPermissions } from '../vault/secrets-manager-vault.ts';

interface Needs {
  activities: readonly ActivityName[];
  /** For what the command does without an activity. */
  besides: readonly string[];
  /** What it may do with the vault. */
  vault?: readonly (keyof Vault)[];
  /** Whether it looks for places through all of AWS. */
  searches?: true;
  /** What is allowed for the whole account, or not at all. */
  accountWide?: readonly string[];
}

/** What it takes to show how the keys stand. */
const show = ['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys'];
const wholeRotation: Needs = { activities: activityNames, besides: show, vault: ['get', 'put', 'remove'] };

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
const commandNeeds: Readonly<Record<string, Needs | null>> = {
  '': wholeRotation,
  rotate: wholeRotation,
  resume: wholeRotation,
  proceed: wholeRotation,
  retire: { activities: secondHalf, besides: show },
  rollback: { activities: wayBack, besides: show, vault: ['get', 'remove'] },
  // Of a user's own rotation even a look is signed with the new pair (S17).
  status: { activities: [], besides: show, vault: ['get'] },
  evidence: { activities: [], besides: show, vault: ['get'] },
  release: {
    activities: [],
    besides: [...show, 'iam:GetUser', 'iam:ListUserTags', 'iam:TagUser', 'iam:UntagUser'],
  },
  // What it takes in Step Functions is added to this.
  handoff: { activities: [], besides: [...show, 'iam:GetUser', 'iam:ListUserTags'], vault: ['get'] },
  audit: {
    activities: [],
    besides: show,
    accountWide: [
      'iam:GenerateCredentialReport',
      'iam:GetAccountAuthorizationDetails',
      'iam:GetAccountSummary',
      'iam:GetCredentialReport',
      'iam:ListRoles',
      'iam:ListUsers',
      'cloudtrail:DescribeTrails',
      'cloudtrail:GetEventSelectors',
      'cloudtrail:GetTrailStatus',
      'cloudtrail:LookupEvents',
    ],
  },
  find: { activities: [], besides: ['iam:GetAccessKeyLastUsed'], searches: true },
  who: {
    activities: [],
    besides: ['iam:GetAccessKeyLastUsed'],
    accountWide: ['cloudtrail:LookupEvents', 'ec2:DescribeRegions'],
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
  const needs = commandNeeds[command];
  return needs && [...needs.activities.flatMap((name) => activityPermissions[name]), ...needs.besides];
}

/** The actions that the command needs on the secrets of a vault in AWS; none where it comes to no vault. */
export function vaultActionsOf(command: string): string[] {
  const verbs = commandNeeds[command]?.vault ?? [];
  return [...new Set(verbs.flatMap((verb) => vaultPermissions[verb]))].sort();
}

/** Whether the command looks for places through all of AWS. */
export function searches(command: string): boolean {
  return commandNeeds[command]?.searches === true;
}

/** The actions that it needs on everything: AWS knows no resource for them. */
export function accountWideActionsOf(command: string): readonly string[] {
  return commandNeeds[command]?.accountWide ?? [];
}

/** Whether the command may write to places. */
export function delivers(command: string): boolean {
  const { activities = [] } = commandNeeds[command] ?? {};
  return activities.includes('deliverKey') || activities.includes('restoreConsumers');
}

/** Whether the command may look at probes. */
export function probes(command: string): boolean {
  return commandNeeds[command]?.activities.includes('checkHealth') === true;
}
