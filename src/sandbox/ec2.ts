// EC2, as far as it says which regions there are: those of every account, and one that has to be enabled first.
import { optionalText } from './iam-input.ts';
import { element, queryXml } from './query-xml.ts';
import type { Operation, Service } from './service.ts';
import { ServiceError } from './service-error.ts';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const headers = { 'content-type': 'text/xml;charset=UTF-8' };

/** What other services call otherwise. */
const codes: Record<string, readonly [code: string, status: number]> = {
  AccessDenied: ['UnauthorizedOperation', 403],
  InvalidClientTokenId: ['AuthFailure', 401],
  SignatureDoesNotMatch: ['AuthFailure', 401],
  Throttling: ['RequestLimitExceeded', 503],
  ServiceFailure: ['InternalError', 500],
};

const everywhere = [
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
  ...['ca-central-1', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'sa-east-1'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
].map((name) => ({ name, status: 'opt-in-not-required' }));

const regions = [{ name: 'af-south-1', status: 'not-opted-in' }, ...everywhere];

const operations: Record<string, Operation> = {
  DescribeRegions: {
    kind: 'read',
    access: () => [{ action: 'ec2:DescribeRegions', resource: '*' }],
    apply: ({ params }) => {
      const shown = optionalText(params, 'AllRegions') === 'true' ? regions : everywhere;
      return {
        regionInfo: shown.map(({ name, status }) => ({
          regionName: name,
          regionEndpoint: `ec2.${name}.amazonaws.com`,
          optInStatus: status,
        })),
      };
    },
  },
};

export const ec2: Service = {
  name: 'ec2',
  // Requests are those of the Query protocol; answers have no element around the result, and lists have `item`s.
  wire: {
    ...queryXml({ namespace, version: '2016-11-15' }),
    result: ({ operation }, result = {}, requestId) => {
      const members = Object.entries(result).map(([name, value]) =>
        Array.isArray(value)
          ? `<${name}>${value.map((one) => element('item', one)).join('')}</${name}>`
          : element(name, value),
      );
      const [open, close] = [`<${operation}Response xmlns="${namespace}">`, `</${operation}Response>`];
      return { headers, body: `${open}${element('requestId', requestId)}${members.join('')}${close}` };
    },
    worded: (error) => {
      const [code, status] = codes[error.code] ?? [error.code, error.status];
      return new ServiceError(code, status, error.message);
    },
    refusal: ({ code, message }, requestId) => ({
      headers,
      body: element('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId }),
    }),
  },
  operations,
};
