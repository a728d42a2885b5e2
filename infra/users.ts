// Whose keys a deployment may touch, and whose it must not: as resources, conditions and denials in the roles' policies.
import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { userStatements } from '../src/activities/permissions.ts';
import type { Policy } from '../src/policy/policy.ts';

export interface UserScope {
  /** ARNs. */
  users: string[];
  /** What all of them are below. */
  path: string;
  /** Every user must have this tag. */
  tag?: { key: string; value: string } | undefined;
  /** Whom nothing may be done to that goes towards a deletion. */
  denied: { users: string[]; until?: string }[];
}

interface Given {
  userPath?: string | undefined;
  userTag?: { key: string; value: string } | undefined;
  administratorsPath?: string | undefined;
  mode: 'report-only' | 'rotate';
}

/** Throws where it is not said whose keys are meant. */
export function userScope(
  stack: Stack,
  policy: Policy,
  { userPath, userTag, administratorsPath, mode }: Given,
): UserScope {
  if (userPath === undefined && userTag === undefined) {
    throw new Error("whose keys? give userPath ('/' for all users of the account), userTag, or both");
  }
  for (const path of [userPath, administratorsPath]) {
    if (path !== undefined && !/^\/(?:[!-#%-)+->@-~]+\/)*$/.test(path)) {
      throw new Error(`a path of users begins and ends with a slash and holds no * or ?: not ${path}`);
    }
  }
  const user = (name: string) =>
    stack.formatArn({
      service: 'iam',
      region: '',
      resource: 'user',
      resourceName: name,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  const below = (path: string) => user(`${path.slice(1)}*`);
  const denied: UserScope['denied'] = [
    ...(mode === 'report-only' ? [{ users: [user('*')] }] : []),
    ...(administratorsPath === undefined ? [] : [{ users: [below(administratorsPath)] }]),
    ...exemptUsers(policy).map(({ name, until }) => ({ users: [user(name), user(`*/${name}`)], until })),
  ];
  const path = userPath ?? '/';
  return { users: [below(path)], path, tag: userTag, denied };
}

/** Of those who are exempt as a whole; IAM's policies know nothing of single keys. */
function exemptUsers({ content: { exemptions = [] } }: Policy): { name: string; until: string }[] {
  return exemptions.flatMap(({ user, key, until }) => (user && !key ? [{ name: user, until }] : []));
}

/** Allows the actions on the users of the scope alone. */
export function onUsers(scope: UserScope, actions: readonly string[]): PolicyStatement[] {
  return userStatements(actions, scope.users).map((statement) => onScope(scope, PolicyStatement.fromJson(statement)));
}

/** The statement, where the user has the tag. */
export function onScope({ tag }: UserScope, statement: PolicyStatement): PolicyStatement {
  if (tag) statement.addCondition('StringEquals', { [`aws:ResourceTag/${tag.key}`]: tag.value });
  return statement;
}

const changes = ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:TagUser', 'iam:UpdateAccessKey'];

/** Outlasts whatever else is allowed. Not for roles that go back: those must never be stopped by anything of ours (S1). */
export function denials({ denied }: UserScope): PolicyStatement[] {
  return denied.map(
    ({ users, until }) =>
      new PolicyStatement({
        effect: Effect.DENY,
        actions: changes,
        resources: users,
        // The last day counts to its end.
        ...(until ? { conditions: { DateLessThanEquals: { 'aws:CurrentTime': `${until}T23:59:59Z` } } } : {}),
      }),
  );
}
