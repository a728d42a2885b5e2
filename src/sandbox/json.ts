// The JSON protocol: the operation in X-Amz-Target, JSON both ways, and for what every service refuses codes of its own.
import type { Params, Wire } from './service.ts';
import { ServiceError } from './service-error.ts';

export interface JsonProtocol {
  version: '1.0' | '1.1';
  /** The name of the message in the service's own errors. */
  message: 'Message' | 'message';
  /** The code of a failure on AWS's side. */
  failure: string;
}

/** What the Query protocol calls otherwise. */
export const jsonCodes: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  IncompleteSignature: 'IncompleteSignatureException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  ExpiredToken: 'ExpiredTokenException',
  AccessDenied: 'AccessDeniedException',
  Throttling: 'ThrottlingException',
  ValidationError: 'ValidationException',
};
const common = new Set([...Object.values(jsonCodes), 'SerializationException', 'UnknownOperationException']);

export function json({ version, message, failure }: JsonProtocol): Wire {
  const headers = { 'content-type': `application/x-amz-json-${version}` };
  return {
    read: ({ headers: { 'x-amz-target': target = '' }, body }) => {
      const operation = target.slice(target.lastIndexOf('.') + 1);
      const params = paramsIn(body);
      return params ? { operation, params } : { operation, params: {}, unreadable: unreadable() };
    },
    result: (_request, result) => ({ headers, body: JSON.stringify(result ?? {}) }),
    worded: (error) => {
      if (error.code === 'ServiceFailure') return new ServiceError(failure, 500, error.message);
      const code = jsonCodes[error.code];
      return code === undefined ? error : new ServiceError(code, 400, error.message);
    },
    refusal: (error) => {
      // Some of SSM's errors come without any message.
      const told = error.message === '' ? {} : { [common.has(error.code) ? 'message' : message]: error.message };
      return { headers, body: JSON.stringify({ __type: error.code, ...told }) };
    },
    unknownOperation: () => new ServiceError('UnknownOperationException', 400, ''),
  };
}

/** A time as these services write it. */
export function epochSeconds(ms: number): number {
  return ms / 1000;
}

function paramsIn(body: string): Params | null {
  try {
    const params: unknown = JSON.parse(body || '{}');
    return typeof params === 'object' && params !== null && !Array.isArray(params) ? (params as Params) : null;
  } catch {
    return null;
  }
}

function unreadable(): ServiceError {
  return new ServiceError('SerializationException', 400, '');
}
