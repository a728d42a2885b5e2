// The access portal of single sign-on: whoever brings the token of a sign-in gets a session of a role. Nothing is signed.
import type { HttpExchange } from './http-server.ts';
import { optionalText } from './iam-input.ts';
import type { Operation, Service, Wire } from './service.ts';
import { ServiceError } from './service-error.ts';

const headers = { 'content-type': 'application/json' };

/** What the Query protocol calls otherwise. */
const codes: Record<string, readonly [code: string, status: number]> = {
  AccessDenied: ['ForbiddenException', 403],
  Throttling: ['TooManyRequestsException', 429],
  ServiceFailure: ['InternalServerException', 500],
};

/** REST with JSON: the operation is the path, the input is in the query and the headers. */
const wire: Wire = {
  read: ({ path, query, headers }) => ({
    operation: path === '/federation/credentials' ? 'GetRoleCredentials' : path,
    params: {
      roleName: query.role_name,
      accountId: query.account_id,
      accessToken: headers['x-amz-sso_bearer_token'],
    },
  }),
  result: (_request, result) => ({ headers, body: JSON.stringify(result ?? {}) }),
  worded: (error) => {
    const [code, status] = codes[error.code] ?? [error.code, error.status];
    return new ServiceError(code, status, error.message);
  },
  refusal: ({ code, message }) => ({
    headers: { ...headers, 'x-amzn-errortype': code },
    body: JSON.stringify({ message, __type: `com.amazonaws.switchboard.portal#${code}` }),
  }),
  unknownOperation: () => new ServiceError('UnknownOperationException', 404, ''),
};

const operations: Record<string, Operation> = {
  GetRoleCredentials: {
    kind: 'change',
    unsigned: true,
    access: () => [],
    apply: ({ params, world }) => {
      const signIn = world.signIns.find(optionalText(params, 'accessToken') ?? '');
      if (!signIn) throw new ServiceError('UnauthorizedException', 401, 'Session token not found or invalid');
      const permissionSet = optionalText(params, 'roleName') ?? '';
      const role = Object.hasOwn(signIn.permissionSets, permissionSet)
        ? world.roles.byArn(signIn.permissionSets[permissionSet] ?? '')
        : undefined;
      if (!role || optionalText(params, 'accountId') !== world.accountId) {
        throw new ServiceError('ForbiddenException', 403, 'No access');
      }
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = world.sessions.open(
        { roleArn: role.arn, sessionName: signIn.person },
        role.maxSessionDuration,
      );
      return { roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt } };
    },
  },
};

export const sso: Service = {
  name: 'sso',
  wire,
  sensitive: ['accessToken'],
  unsigned: ({ path }: HttpExchange) => path.startsWith('/federation/'),
  operations,
};
