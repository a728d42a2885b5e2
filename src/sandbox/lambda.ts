// Lambda, as far as functions are run and looked up; they are registered with the sandbox, not deployed.
import { functionArn, functionName } from './functions.ts';
import { optionalText, requiredText } from './iam-input.ts';
import { jsonCodes } from './json.ts';
import type { Access, Call, Operation, Service, Wire } from './service.ts';
import { ServiceError } from './service-error.ts';

const headers = { 'content-type': 'application/json' };
const prefix = '/2015-03-31/functions';

/** The few whose status is not that of the refusal itself. */
const statuses: Record<string, number> = { Throttling: 429, ServiceFailure: 500 };
const codes: Record<string, string> = {
  ...jsonCodes,
  Throttling: 'TooManyRequestsException',
  ServiceFailure: 'ServiceException',
};

/** REST with JSON, but for the payloads, which are whatever the function takes and gives. */
const wire: Wire = {
  read: ({ method, path, query, headers: given, body }) => {
    const [name = '', action] = path
      .slice(prefix.length + 1)
      .split('/')
      .map(decodeURIComponent);
    if (!path.startsWith(prefix)) return { operation: `${method} ${path}`, params: {} };
    if (method === 'POST' && action === 'invocations') {
      const InvocationType = given['x-amz-invocation-type'] ?? 'RequestResponse';
      return { operation: 'Invoke', params: { FunctionName: name, InvocationType, Payload: body } };
    }
    if (method === 'GET' && name === '') return { operation: 'ListFunctions', params: { ...query } };
    if (method === 'GET' && action === undefined) return { operation: 'GetFunction', params: { FunctionName: name } };
    return { operation: `${method} ${path}`, params: {} };
  },
  result: ({ operation }, result = {}) => {
    if (operation !== 'Invoke') return { headers, body: JSON.stringify(result) };
    const { StatusCode, Payload, FunctionError } = result as {
      StatusCode: number;
      Payload: string;
      FunctionError?: string;
    };
    const told = FunctionError === undefined ? {} : { 'x-amz-function-error': FunctionError };
    return { status: StatusCode, headers: { ...headers, 'x-amz-executed-version': '$LATEST', ...told }, body: Payload };
  },
  worded: ({ code, status, message }) => new ServiceError(codes[code] ?? code, statuses[code] ?? status, message),
  refusal: ({ code, message, status }) => ({
    headers: { ...headers, 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: status >= 500 ? 'Service' : 'User', Message: message }),
  }),
  unknownOperation: () => new ServiceError('UnknownOperationException', 404, ''),
};

const operations: Record<string, Operation> = {
  Invoke: {
    kind: 'change',
    access: (call) => onFunction(call, 'lambda:InvokeFunction'),
    apply: async (call) => {
      const { name, arn } = functionIn(call);
      const payload = optionalText(call.params, 'Payload') ?? '';
      if (!isJson(payload)) {
        throw new ServiceError('InvalidRequestContentException', 400, 'Could not parse request body into json');
      }
      const invoked = call.world.functions.invoke(name, arn, payload);
      if (call.params.InvocationType === 'Event') return { StatusCode: 202, Payload: '' };
      const { payload: Payload, failed } = await invoked;
      return { StatusCode: 200, Payload, ...(failed ? { FunctionError: 'Unhandled' } : {}) };
    },
  },

  GetFunction: {
    kind: 'read',
    access: (call) => onFunction(call, 'lambda:GetFunction'),
    apply: (call) => ({ Configuration: configuration(call, functionIn(call).name) }),
  },

  ListFunctions: {
    kind: 'read',
    access: () => [{ action: 'lambda:ListFunctions', resource: '*' }],
    apply: (call) => ({ Functions: call.world.functions.names().map((name) => configuration(call, name)) }),
  },
};

export const lambda: Service = { name: 'lambda', wire, sensitive: ['Payload'], operations };

function onFunction(call: Call, action: string): Access[] {
  const given = requiredText(call.params, 'FunctionName');
  return [{ action, resource: functionArn(call.region, call.world.accountId, functionName(given) ?? given) }];
}

function functionIn(call: Call): { name: string; arn: string } {
  const given = requiredText(call.params, 'FunctionName');
  const name = functionName(given) ?? '';
  const arn = functionArn(call.region, call.world.accountId, name || given);
  if (!call.world.functions.has(name)) {
    throw new ServiceError('ResourceNotFoundException', 404, `Function not found: ${arn}`);
  }
  return { name, arn };
}

function configuration({ region, world }: Call, name: string): Record<string, unknown> {
  const FunctionArn = functionArn(region, world.accountId, name);
  return { FunctionName: name, FunctionArn, Runtime: 'nodejs24.x', State: 'Active', Version: '$LATEST' };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text || '{}');
    return true;
  } catch {
    return false;
  }
}
