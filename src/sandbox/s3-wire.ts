// How S3 writes: REST with XML, the bucket being the first part of the path, the object what is behind it.
import type { StoredObject } from './bucket.ts';
import type { HttpExchange } from './http-server.ts';
import { element } from './query-xml.ts';
import type { Params, Wire } from './service.ts';
import { ServiceError } from './service-error.ts';

const xml = { 'content-type': 'application/xml' };
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** What other services call otherwise. */
const codes: Record<string, readonly [code: string, status: number]> = {
  InvalidClientTokenId: ['InvalidAccessKeyId', 403],
  MissingAuthenticationToken: ['AccessDenied', 403],
  ExpiredToken: ['ExpiredToken', 400],
  Throttling: ['SlowDown', 503],
  ServiceFailure: ['InternalError', 500],
};

const bucketOperations: Record<string, string> = { PUT: 'CreateBucket', HEAD: 'HeadBucket' };
const objectOperations: Record<string, string> = { PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject' };

export const s3Wire: Wire = {
  read: (http) => {
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(http.path) ?? [];
    const params = { Bucket: decodeURIComponent(bucket), ...(key && { Key: decodeURIComponent(key) }), ...rest(http) };
    const lists = !key && http.method === 'GET' && http.query['list-type'] === '2';
    const named = (key ? objectOperations : bucketOperations)[http.method];
    return { operation: lists ? 'ListObjectsV2' : (named ?? `${http.method} ${http.path}`), params };
  },
  result: ({ operation }, result = {}) => {
    if (operation === 'ListObjectsV2') return { headers: xml, body: listing(result) };
    if (operation === 'GetObject' || operation === 'HeadObject') return written(result as unknown as StoredObject);
    return { headers: result as Record<string, string>, body: '' };
  },
  worded: (error) => {
    const [code, status] = codes[error.code] ?? [error.code, error.status];
    return new ServiceError(code, status, error.message);
  },
  refusal: ({ code, message }, requestId) => ({
    headers: xml,
    body: element('Error', { Code: code, Message: message, RequestId: requestId }),
  }),
  unknownOperation: () => new ServiceError('NotImplemented', 501, 'the embedded AWS does not carry this out'),
};

function rest({ query, headers, body }: HttpExchange): Params {
  return {
    Body: body,
    ContentType: headers['content-type'],
    Prefix: query.prefix,
    MaxKeys: query['max-keys'],
    ContinuationToken: query['continuation-token'],
    StartAfter: query['start-after'],
  };
}

function written({ body, contentType, etag, changedAt }: StoredObject) {
  const headers = {
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
    etag,
    'last-modified': new Date(changedAt).toUTCString(),
  };
  return { headers, body };
}

/** S3's lists have no element around their items. */
function listing({ Contents, ...about }: Record<string, unknown>): string {
  const inner = Object.entries(about).filter(([, value]) => value !== undefined);
  const texts = [
    ...inner.map(([name, value]) => element(name, value)),
    ...(Contents as Record<string, unknown>[]).map((one) => element('Contents', one)),
  ];
  return `<ListBucketResult xmlns="${namespace}">${texts.join('')}</ListBucketResult>`;
}
