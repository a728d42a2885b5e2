// IAM's role operations, as far as somebody takes stock of who there is.
import { instant } from '../clock.ts';
import { optionalText, page } from './iam-input.ts';
import type { StoredRole } from './roles.ts';
import type { Operation } from './service.ts';

export const roleOperations: Record<string, Operation> = {
  ListRoles: {
    kind: 'read',
    // ListRoles has no resource type: only a policy for every resource allows it.
    access: ({ world }) => [{ action: 'iam:ListRoles', resource: '*', shown: `arn:aws:iam::${world.accountId}:role/` }],
    apply: (call) => {
      const prefix = optionalText(call.params, 'PathPrefix') ?? '/';
      const roles = call.world.roles.all().filter(({ path }) => path.startsWith(prefix));
      const { items, ...more } = page(call, roles, ({ name }) => name);
      return { Roles: items.map(shownRole), ...more };
    },
  },
};

function shownRole({ name, path, id, arn, createdAt, trusts, maxSessionDuration }: StoredRole) {
  const Statement = trusts.map((trusted) => ({
    Effect: 'Allow',
    Principal: { [trusted.startsWith('arn:') ? 'AWS' : 'Service']: trusted },
    Action: 'sts:AssumeRole',
  }));
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: arn,
    CreateDate: instant(createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement })),
    MaxSessionDuration: maxSessionDuration,
  };
}
