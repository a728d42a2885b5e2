// What every user of the account is allowed by, as IAM lists it for whoever takes stock. There are no groups here.

import { instant } from '../clock.ts';
import type { StoredUser } from './directory.ts';
import { page } from './iam-input.ts';
import { shownTags } from './iam-tags.ts';
import type { Operation } from './service.ts';

const administrator = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

export const authorizationOperations: Record<string, Operation> = {
  GetAccountAuthorizationDetails: {
    kind: 'read',
    access: () => [{ action: 'iam:GetAccountAuthorizationDetails', resource: '*' }],
    apply: (call) => {
      const filter = call.params.Filter as string[] | undefined;
      const wanted = (kind: string) => filter === undefined || filter.includes(kind);
      const users = wanted('User') ? call.view.users() : [];
      const { items, ...more } = page(call, users, ({ name }) => name);
      const attached = new Set(call.view.users().flatMap(({ attachedPolicies }) => attachedPolicies));
      return {
        UserDetailList: items.map(detailOf),
        GroupDetailList: [],
        RoleDetailList: [],
        Policies: wanted('AWSManagedPolicy') && !more.IsTruncated ? [...attached].sort().map(managedPolicy) : [],
        ...more,
      };
    },
  },
};

function detailOf(user: StoredUser) {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: instant(user.createdAt),
    UserPolicyList: user.policies.map(({ document }, index) => ({
      PolicyName: document.Id ?? `policy-${index + 1}`,
      PolicyDocument: encoded(document),
    })),
    GroupList: [],
    AttachedManagedPolicies: user.attachedPolicies.map((name) => ({ PolicyName: name, PolicyArn: managedArn(name) })),
    Tags: shownTags(user.tags),
  };
}

/** What the other managed policies say is not evaluated here, so they are shown to allow nothing. */
function managedPolicy(name: string) {
  const document = name === 'AdministratorAccess' ? administrator : { Version: '2012-10-17', Statement: [] };
  const version = { VersionId: 'v1', IsDefaultVersion: true, Document: encoded(document) };
  return { PolicyName: name, Arn: managedArn(name), DefaultVersionId: 'v1', PolicyVersionList: [version] };
}

function managedArn(name: string): string {
  return `arn:aws:iam::aws:policy/${name}`;
}

/** URL-encoded, as IAM gives documents (RFC 3986). */
function encoded(document: unknown): string {
  return encodeURIComponent(JSON.stringify(document));
}
