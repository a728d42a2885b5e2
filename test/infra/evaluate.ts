// What AWS would say to a request, by an evaluator of policies that is not ours. It fills in no condition key by itself, so
// the callers here carry those that AWS documents for their kind of credentials, and no others.
import { runSimulation } from '@cloud-copilot/iam-simulate';

export interface Caller {
  /** As GetCallerIdentity would name it. */
  principal: string;
  keys: Readonly<Record<string, string | string[]>>;
}

export interface Statement {
  Effect: string;
  [element: string]: unknown;
}

export interface Policies {
  identity?: readonly Statement[];
  scp?: readonly Statement[];
  boundary?: readonly Statement[];
  /** Of the resource itself. */
  resource?: readonly Statement[];
}

export interface Request {
  action: string;
  resource: string;
  keys?: Readonly<Record<string, string | string[]>>;
}

const accountId = '123456789012';

export const iamArn = (rest: string) => `arn:aws:iam::${accountId}:${rest}`;

const everything: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };

const called = { 'aws:ViaAWSService': 'false' };
const temporary = { ...called, 'aws:TokenIssueTime': '2026-11-22T08:00:00Z' };

/** A user's key that signs by itself: neither a token nor a word on MFA. */
export const userKey = (path: string): Caller => ({
  principal: iamArn(`user${path}`),
  keys: { ...called, 'aws:PrincipalArn': iamArn(`user${path}`), 'aws:PrincipalType': 'User' },
});

/** What GetSessionToken makes of a user's key, or a sign-in makes of a password. */
export function userSession(path: string, mfa: 'with MFA' | 'without MFA'): Caller {
  const { principal, keys } = userKey(path);
  return { principal, keys: { ...keys, ...temporary, ...present(mfa === 'with MFA') } };
}

export const rootKey: Caller = {
  principal: iamArn('root'),
  keys: { ...called, 'aws:PrincipalArn': iamArn('root'), 'aws:PrincipalType': 'Account' },
};

export const rootSession = (mfa: 'with MFA' | 'without MFA'): Caller => ({
  principal: iamArn('root'),
  keys: { ...rootKey.keys, ...temporary, ...present(mfa === 'with MFA') },
});

/** A role's session: its own ARN has no path, aws:PrincipalArn has. */
export const roleSession = (path: string): Caller => ({
  principal: `arn:aws:sts::${accountId}:assumed-role/${path.split('/').at(-1)}/session`,
  keys: {
    ...temporary,
    'aws:PrincipalArn': iamArn(`role${path}`),
    'aws:PrincipalType': 'AssumedRole',
    'aws:MultiFactorAuthPresent': 'false',
  },
});

/** The role itself, as policies and simulators name it. */
export const role = (path: string): Caller => ({ ...roleSession(path), principal: iamArn(`role${path}`) });

function present(mfa: boolean): Record<string, string> {
  return mfa
    ? { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '90000' }
    : { 'aws:MultiFactorAuthPresent': 'false' };
}

/** Of a caller whose own policies allow everything, unless it is told which. FullAWSAccess is attached beside the SCP. */
export async function verdict(caller: Caller, request: Request, policies: Policies): Promise<string> {
  const { identity = [everything], scp = [], boundary, resource } = policies;
  const found = await runSimulation(
    {
      request: {
        principal: caller.principal,
        action: request.action,
        resource: { resource: request.resource, accountId },
        contextVariables: { ...caller.keys, ...request.keys },
      },
      identityPolicies: [{ name: 'identity', policy: document(identity) }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'r-abcd',
          policies: [
            { name: 'FullAWSAccess', policy: document([everything]) },
            ...(scp.length > 0 ? [{ name: 'scp', policy: document(scp) }] : []),
          ],
        },
      ],
      resourceControlPolicies: [],
      ...(resource ? { resourcePolicy: document(resource) } : {}),
      ...(boundary ? { permissionBoundaryPolicies: [{ name: 'boundary', policy: document(boundary) }] } : {}),
    },
    {},
  );
  if (found.resultType === 'error') throw new Error(JSON.stringify(found.errors));
  return found.overallResult;
}

const document = (Statement: readonly Statement[]) => ({ Version: '2012-10-17', Statement });
