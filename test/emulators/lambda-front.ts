// Stands in front of an emulator that cannot run functions: invocations are answered by the functions themselves, everything
// else goes through as it is, but for the calls that a test wants refused.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Notice } from '../../src/lambda/notices.ts';
import { createFunction, type FunctionSpec, type LambdaFunction } from './lambda-function.ts';

export interface LambdaFront {
  url: string;
  port: number;
  /** By the function's name. */
  deploy(name: string, spec: FunctionSpec): void;
  /** AWS refuses the next `times` calls of IAM that hold all these parameters, with this error. */
  refuse(parameters: Record<string, string>, error: string, times: number): void;
  /** Where topics may send what is published. */
  noticesUrl: string;
  /** What was sent there. */
  notices(): Notice[];
  /** All that functions have printed. */
  printed(): string;
  close(): void;
}

const noticesPath = '/notices';
const invocation = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

/** `upstream` may be known later than this. */
export async function startFront(upstream: () => string): Promise<LambdaFront> {
  const functions = new Map<string, LambdaFunction>();
  const heard: Notice[] = [];
  const refusals: { parameters: [string, string][]; error: string; times: number }[] = [];

  const refusalOf = (body: string) => {
    const sent = new URLSearchParams(body);
    const meant = refusals.find(({ parameters }) => parameters.every(([name, value]) => sent.get(name) === value));
    if (!meant) return null;
    meant.times -= 1;
    if (meant.times === 0) refusals.splice(refusals.indexOf(meant), 1);
    return meant.error;
  };

  const invoke = async (resource: string, body: string, response: ServerResponse) => {
    // A function is called by its name or by its ARN.
    const name = decodeURIComponent(resource).split(':function:').at(-1) ?? '';
    const called = functions.get(name);
    if (!called) {
      const type = { 'x-amzn-errortype': 'ResourceNotFoundException', 'content-type': 'application/json' };
      response.writeHead(404, type).end(JSON.stringify({ Type: 'User', Message: `Function not found: ${name}` }));
      return;
    }
    const { failed, payload } = await called.invoke(JSON.parse(body || '{}'));
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(failed ? { 'x-amz-function-error': 'Unhandled' } : {}),
    });
    response.end(JSON.stringify(payload));
  };

  const server = createServer(async (asked, response) => {
    const body = await buffer(asked);
    const [, resource] = invocation.exec(asked.url ?? '') ?? [];
    const error = refusalOf(String(body));
    try {
      if (asked.url === noticesPath) response.end(void heard.push(noticeIn(String(body))));
      else if (resource) await invoke(resource, String(body), response);
      else if (error) response.writeHead(400, { 'content-type': 'text/xml' }).end(refusal(error));
      else await passOn(upstream(), asked, body, response);
    } catch (failure) {
      response.writeHead(502).end(String(failure));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    deploy: (name, spec) => {
      functions.set(name, createFunction(spec));
    },
    refuse: (parameters, error, times) => {
      refusals.push({ parameters: Object.entries(parameters), error, times });
    },
    noticesUrl: `http://127.0.0.1:${port}${noticesPath}`,
    notices: () => heard,
    printed: () => [...functions.values()].map((one) => one.printed()).join(''),
    close: () => {
      for (const one of functions.values()) one.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Unchanged, so that what was signed still is. */
function passOn(upstream: string, asked: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const { hostname, port } = new URL(upstream);
  const { method, url: path, headers } = asked;
  return new Promise((resolve, reject) => {
    const passed = request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response).on('finish', resolve).on('error', reject);
    });
    passed.on('error', reject).end(body);
  });
}

/** A message of SNS holds the notice for people, a blank line, and the same for programs. */
function noticeIn(message: string): Notice {
  const { Message } = JSON.parse(message) as { Message: string };
  return JSON.parse(Message.slice(Message.indexOf('\n\n')));
}

function refusal(code: string): string {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error>`;
  return `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${error}<RequestId>refused</RequestId></ErrorResponse>`;
}
