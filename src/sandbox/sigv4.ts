// Signature Version 4 of a request as received: read from its Authorization header, and computed anew by the SDK's own
// signer. Presigned URLs are not read.
import { createHash } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpExchange } from './http-server.ts';
import { ServiceError } from './service-error.ts';

export interface Signature {
  accessKeyId: string;
  service: string;
  region: string;
  signedHeaders: readonly string[];
  signature: string;
  /** `X-Amz-Date`, as sent. */
  date: string;
  signedAt: number;
}

const authorization =
  /^AWS4-HMAC-SHA256\s+Credential=(?<id>[^/\s,]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request,\s*SignedHeaders=(?<headers>[^,\s]+),\s*Signature=(?<signature>[0-9a-f]{64})$/;
const skewAllowed = 15 * 60 * 1000;

/** Null where the request is not signed at all. */
export function readSignature({ headers }: HttpExchange): Signature | null {
  const header = headers.authorization;
  if (header === undefined) return null;
  const date = headers['x-amz-date'] ?? '';
  const { id, region, service, headers: signed, signature } = authorization.exec(header)?.groups ?? {};
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.slice(1).map(Number);
  if (!id || !region || !service || !signed || !signature || !parts) {
    throw new ServiceError('IncompleteSignature', 400, 'Authorization header or X-Amz-Date is missing or malformed.');
  }
  const [year = 0, month = 0, day = 0, hour, minute, second] = parts;
  const signedAt = Date.UTC(year, month - 1, day, hour, minute, second);
  return { accessKeyId: id, service, region, signedHeaders: signed.split(';'), signature, date, signedAt };
}

/** Throws SignatureDoesNotMatch unless the request was signed with this secret. */
export async function verifySignature(request: HttpExchange, given: Signature, secret: string): Promise<void> {
  const { service, region, accessKeyId, signedHeaders } = given;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey: secret },
    service,
    region,
    sha256: Sha256,
    applyChecksum: false,
    uriEscapePath: service !== 's3',
  });
  const headers = Object.fromEntries(signedHeaders.map((name) => [name, request.headers[name] ?? '']));
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: request.path,
      query: request.query,
      headers,
      body: request.body,
    },
    { signingDate: new Date(given.signedAt), signableHeaders: new Set(signedHeaders) },
  );
  const expected = /Signature=([0-9a-f]+)$/.exec(signed.headers.authorization ?? '')?.[1];
  if (expected !== given.signature || !bodyIsTheSigned(request)) {
    throw new ServiceError(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

/** Throws as AWS does for a signature made more than 15 minutes away from `now`. */
export function checkSkew({ signedAt, date }: Signature, now: number): void {
  const [limit, comparison] =
    signedAt < now - skewAllowed
      ? [now - skewAllowed, 'Signature expired: %d is now earlier than %l (%n - 15 min.)']
      : [now + skewAllowed, 'Signature not yet current: %d is still later than %l (%n + 15 min.)'];
  if (Math.abs(now - signedAt) <= skewAllowed) return;
  const message = comparison.replace('%d', date).replace('%l', basic(limit)).replace('%n', basic(now));
  throw new ServiceError('SignatureDoesNotMatch', 403, message);
}

/** The signer takes `X-Amz-Content-Sha256` at its word. */
function bodyIsTheSigned({ headers, body }: HttpExchange): boolean {
  const claimed = headers['x-amz-content-sha256'];
  return claimed === undefined || claimed === createHash('sha256').update(body).digest('hex');
}

function basic(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z')
    .replace(/[-:]/g, '');
}
