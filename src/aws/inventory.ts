// The account's users as a whole, page by page: who there is, and what their policies say.
import type * as Sdk from '@aws-sdk/client-iam';
import { instant } from '../clock.ts';
import type { Inventory, NamedPolicy, PolicyHolder } from './contract.ts';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.IAMClient;
}

/** The most that one page holds (IAM API Reference). */
const pageSize = 1000;

export function inventoryOf(connect: () => Promise<Connected>): Inventory {
  return {
    async *users() {
      const { sdk, client } = await connect();
      let Marker: string | undefined;
      do {
        const page = await translated('iam:ListUsers', () =>
          client.send(new sdk.ListUsersCommand({ MaxItems: pageSize, Marker })),
        );
        for (const {
          UserName: name = '',
          Arn: arn = '',
          Path: path = '/',
          UserId: id = '',
          CreateDate,
        } of page.Users ?? []) {
          yield { name, arn, path, id, createdAt: instant(CreateDate?.getTime() ?? 0) };
        }
        Marker = page.IsTruncated ? page.Marker : undefined;
      } while (Marker !== undefined);
    },

    holders: async () => {
      const { sdk, client } = await connect();
      const users: PolicyHolder[] = [];
      const groups: PolicyHolder[] = [];
      const managed = new Map<string, string>();
      let Marker: string | undefined;
      do {
        const page = await translated('iam:GetAccountAuthorizationDetails', () =>
          client.send(
            new sdk.GetAccountAuthorizationDetailsCommand({
              Filter: ['User', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'],
              MaxItems: pageSize,
              Marker,
            }),
          ),
        );
        for (const user of page.UserDetailList ?? []) {
          users.push({
            name: user.UserName ?? '',
            tags: Object.fromEntries((user.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
            groups: user.GroupList ?? [],
            inline: inlineOf(user.UserPolicyList),
            attached: attachedOf(user.AttachedManagedPolicies),
            boundary: user.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
          });
        }
        for (const group of page.GroupDetailList ?? []) {
          groups.push({
            name: group.GroupName ?? '',
            tags: {},
            groups: [],
            inline: inlineOf(group.GroupPolicyList),
            attached: attachedOf(group.AttachedManagedPolicies),
            boundary: null,
          });
        }
        for (const { Arn = '', PolicyVersionList = [] } of page.Policies ?? []) {
          const version = PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion);
          if (version?.Document) managed.set(Arn, documentOf(version.Document));
        }
        Marker = page.IsTruncated ? page.Marker : undefined;
      } while (Marker !== undefined);
      return { users, groups, managed };
    },

    roles: async (PathPrefix) => {
      const { sdk, client } = await connect();
      const arns: string[] = [];
      let Marker: string | undefined;
      do {
        const page = await translated('iam:ListRoles', () =>
          client.send(new sdk.ListRolesCommand({ PathPrefix, MaxItems: pageSize, Marker })),
        );
        arns.push(...(page.Roles ?? []).flatMap(({ Arn }) => Arn ?? []));
        Marker = page.IsTruncated ? page.Marker : undefined;
      } while (Marker !== undefined);
      return arns;
    },

    rootHasKey: async () => {
      const { sdk, client } = await connect();
      const { SummaryMap } = await translated('iam:GetAccountSummary', () =>
        client.send(new sdk.GetAccountSummaryCommand({})),
      );
      return (SummaryMap?.AccountAccessKeysPresent ?? 0) > 0;
    },
  };
}

function inlineOf(policies: Sdk.PolicyDetail[] | undefined): NamedPolicy[] {
  return (policies ?? []).map(({ PolicyName = '', PolicyDocument = '' }) => ({
    name: PolicyName,
    document: documentOf(PolicyDocument),
  }));
}

function attachedOf(policies: Sdk.AttachedPolicy[] | undefined): { name: string; arn: string }[] {
  return (policies ?? []).map(({ PolicyName = '', PolicyArn = '' }) => ({ name: PolicyName, arn: PolicyArn }));
}

/** IAM gives documents URL-encoded (RFC 3986); other servers may not. */
function documentOf(text: string): string {
  if (text.trimStart().startsWith('{')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
