// The socket side: reads a whole request, hands it over, and writes the answer or cuts the connection.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface HttpExchange {
  method: string;
  /** Encoded, as received. */
  path: string;
  query: Record<string, string | string[]>;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** `cut` ends the connection without an answer, `reset` does so with a TCP reset, `silence` leaves it open for ever. */
export type Outcome = HttpAnswer | 'cut' | 'reset' | 'silence';

export interface HttpServer {
  url: string;
  /** Ends every connection, idle or not. */
  close(): Promise<void>;
}

/** On 127.0.0.1; port 0 is any that is free. Rejects with Node's error where the port cannot be had. */
export async function startHttpServer(
  handle: (request: HttpExchange) => Promise<Outcome>,
  port = 0,
): Promise<HttpServer> {
  const server = createServer((incoming, response) => {
    read(incoming)
      .then(handle)
      .then((outcome) => write(response, outcome))
      .catch(() => response.destroy());
  });
  // Idle connections stay until `close`: one that ended by itself could take a client's next request with it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sandbox has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage): Promise<HttpExchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const [path = '/', search = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  return {
    method: incoming.method ?? 'POST',
    path,
    query: readQuery(search),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function readQuery(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const given = new URLSearchParams(search);
  for (const name of new Set(given.keys())) {
    const values = given.getAll(name);
    query[name] = values.length === 1 ? String(values[0]) : values;
  }
  return query;
}

function write(response: ServerResponse, outcome: Outcome): void {
  if (outcome === 'silence') return;
  if (outcome === 'reset') response.socket?.resetAndDestroy();
  else if (outcome === 'cut') response.destroy();
  else {
    // The Date of an answer is the sandbox's time, never this machine's.
    response.sendDate = false;
    response.writeHead(outcome.status, outcome.headers);
    response.end(outcome.body);
  }
}
