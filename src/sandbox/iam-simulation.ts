// IAM's policy simulator: what the policies of a user or role say to actions that nobody takes.
import { asUser, roleSession } from './authenticate.ts';
import { judge } from './authorize.ts';
import { rootName } from './directory.ts';
import { memberName, page, requiredText } from './iam-input.ts';
import type { Verdict } from './policy.ts';
import type { Caller } from './principal.ts';
import type { Call, Operation, Params } from './service.ts';
import { constraintError, ServiceError, validationError } from './service-error.ts';

const decisions: Record<Verdict, string> = {
  allowed: 'allowed',
  'implicitly denied': 'implicitDeny',
  'explicitly denied': 'explicitDeny',
};

const carriedOut = ['PolicySourceArn', 'ActionNames', 'ResourceArns', 'MaxItems', 'Marker'];

export const simulationOperations: Record<string, Operation> = {
  SimulatePrincipalPolicy: {
    kind: 'read',
    access: ({ params }) => [
      { action: 'iam:SimulatePrincipalPolicy', resource: requiredText(params, 'PolicySourceArn') },
    ],
    apply: (call) => {
      const { params, world } = call;
      const other = Object.keys(params).find((name) => !carriedOut.includes(name));
      if (other) throw validationError(`the embedded AWS does not carry out ${other}`);
      const principal = principalOf(call);
      const results = textsIn(params, 'ActionNames').flatMap((action) =>
        textsIn(params, 'ResourceArns', ['*']).map((resource) => ({
          EvalActionName: action,
          EvalResourceName: resource,
          EvalDecision: decisions[judge(principal, { action, resource }, world.accountId)],
          MatchedStatements: [],
          MissingContextValues: [],
        })),
      );
      const numbered = results.map((result, index) => ({ result, place: String(index).padStart(6, '0') }));
      const { items, ...more } = page(call, numbered, ({ place }) => place);
      return { EvaluationResults: items.map(({ result }) => result), ...more };
    },
  },
};

/** Whoever the ARN names, as if they called; nothing is known of a session, an address or an hour. */
function principalOf({ params, view, world }: Call): Caller {
  const arn = requiredText(params, 'PolicySourceArn');
  const [, kind, name = ''] = /^arn:aws:iam::\d{12}:(user|role)\/(?:[!-~]+\/)?([^/]+)$/.exec(arn) ?? [];
  if (!kind)
    throw new ServiceError(
      'InvalidInput',
      400,
      `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
    );
  const role = world.roles.byArn(arn);
  if (role)
    return { ...roleSession(role, 'simulated', { accessKeyId: '', issuedAt: 0 }, world.accountId), session: null };
  const user = name === rootName ? undefined : view.user(name);
  if (user?.arn !== arn) throw new ServiceError('NoSuchEntity', 404, `The ${kind} with name ${name} cannot be found.`);
  return asUser(user, '', null, world);
}

function textsIn(params: Params, name: string, byDefault?: string[]): string[] {
  const given = params[name] ?? byDefault;
  if (Array.isArray(given)) return given.map(String);
  throw constraintError(null, memberName(name), 'not be null');
}
