// The Query protocol: form-urlencoded requests, XML answers, as IAM and STS speak it.
import type { Params, Wire } from './service.ts';
import { ServiceError } from './service-error.ts';

export function queryXml({ namespace, version }: { namespace: string; version: string }): Wire {
  const headers = { 'content-type': 'text/xml' };
  return {
    read: ({ body }) => {
      const form = new URLSearchParams(body);
      return { operation: form.get('Action') ?? '', params: unflatten(form) };
    },
    result: ({ operation }, result, requestId) => ({
      headers,
      body: element(
        `${operation}Response`,
        { [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } },
        namespace,
      ),
    }),
    worded: (error) => error,
    refusal: (error, requestId) => ({
      headers,
      body: element(
        'ErrorResponse',
        {
          Error: { Type: error.status >= 500 ? 'Receiver' : 'Sender', Code: error.code, Message: error.message },
          RequestId: requestId,
        },
        namespace,
      ),
    }),
    unknownOperation: (operation) =>
      new ServiceError('InvalidAction', 400, `Could not find operation ${operation} for version ${version}`),
  };
}

interface Node {
  [name: string]: string | Node;
}

/** `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: 'a' }] }`; SNS's maps are lists of `entry`s. */
function unflatten(form: URLSearchParams): Params {
  const root: Node = {};
  for (const [path, value] of form) {
    const names = path.split('.');
    // Member names start with a capital, indexes are numbers; so `__proto__` is no name.
    if (['Action', 'Version'].includes(path) || !names.every((name) => /^(?:[A-Z]\w*|member|entry|\d+)$/.test(name)))
      continue;
    let node = root;
    for (const name of names.slice(0, -1)) {
      const below = node[name];
      const next: Node = typeof below === 'object' ? below : {};
      node[name] = next;
      node = next;
    }
    node[names.at(-1) ?? ''] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, node]) => [name, withLists(node)]));
}

function withLists(node: string | Node): unknown {
  if (typeof node === 'string') return node;
  const list = node.member ?? node.entry;
  if (typeof list === 'object') {
    return Object.entries(list)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, one]) => withLists(one));
  }
  return Object.fromEntries(Object.entries(node).map(([name, below]) => [name, withLists(below)]));
}

/** One element; what is in a list becomes `member`s of it. */
export function element(name: string, value: unknown, namespace?: string): string {
  const attribute = namespace ? ` xmlns="${namespace}"` : '';
  return `<${name}${attribute}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (value instanceof Map) return [...value].map(([key, one]) => element('entry', { key, value: one })).join('');
  if (Array.isArray(value)) return value.map((one) => element('member', one)).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => element(name, one))
      .join('');
  }
  return escapeText(String(value));
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };

function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '').replace(/[&<>"\r]/g, (char) => escapes[char] ?? char);
}
