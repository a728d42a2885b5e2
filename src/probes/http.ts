// `http:URL`: passes on a 2xx within ten seconds. A redirect is not followed (behind it may be a login page that says 200),
// the body is not read, and neither a password nor a query in the URL is ever shown.
import { UsageError } from '../errors.ts';
import { ranOut, withTimeLimit } from '../time-limit.ts';
import type { ProbeKind, ProbeResult } from './contract.ts';

const limit = 10_000;

export const http: ProbeKind = {
  kind: 'http',
  usage: 'http:URL  passes when the URL answers 2xx within 10 seconds',

  resolve: (place) => {
    const hint = 'write the whole URL after the colon, like http:https://example.com/health';
    const url = URL.parse(place);
    if (!url) throw new UsageError('an http probe needs a complete URL', { hint });
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new UsageError(`an http probe cannot look at a URL that begins with "${url.protocol}"`, { hint });
    }
    try {
      authorization(url);
    } catch (cause) {
      throw new UsageError('the user and password in the URL of an http probe are not percent-encoded', { cause });
    }
    url.hash = '';
    return url.href;
  },

  show: (place) => {
    const { origin, pathname } = new URL(place);
    return `${origin}${pathname}`;
  },

  open: (place, { clock, signal }) => {
    const shown = http.show(place);
    return {
      spec: `http:${shown}`,
      look: async () => {
        const answer = await withTimeLimit((until) => ask(place, until), { clock, limit, signal });
        if (answer === ranOut) return { verdict: 'fail', detail: `${shown} did not answer within 10 seconds` };
        return judge(shown, answer);
      },
    };
  },
};

/** The status, or the system's word for why there is none. */
async function ask(place: string, signal: AbortSignal): Promise<number | string> {
  const url = new URL(place);
  const headers = authorization(url);
  url.username = '';
  url.password = '';
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    await response.body?.cancel().catch(() => {});
    return response.status;
  } catch (error) {
    signal.throwIfAborted();
    const code = ((error as Error).cause as { code?: unknown } | undefined)?.code;
    return typeof code === 'string' ? code : '';
  }
}

function judge(shown: string, answer: number | string): ProbeResult {
  if (typeof answer === 'string') {
    return { verdict: 'fail', detail: `${shown} could not be reached${answer && ` (${answer})`}` };
  }
  const verdict = answer >= 200 && answer < 300 ? 'pass' : 'fail';
  return { verdict, detail: `${shown} answered ${answer}` };
}

/** `fetch` refuses a URL with a user in it, so that goes into its header. */
function authorization({ username, password }: URL): Record<string, string> {
  if (!username && !password) return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
