// A gate between one process and AWS: every request stops there until it is let through. It goes on as it came, signature
// and all, and so does the answer.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gate {
  readonly url: string;
  /** How many requests stand before it. */
  waiting(): number;
  /** The one that came first. */
  letThrough(): void;
  close(): Promise<void>;
}

export async function openGate(sandbox: { url: string }, arrived: () => void): Promise<Gate> {
  const { hostname, port } = new URL(sandbox.url);
  const queue: (() => void)[] = [];

  const forward = (incoming: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const { method, url: path, headers } = incoming;
    const outgoing = request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    outgoing.end(body);
  };
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    queue.push(() => forward(incoming, Buffer.concat(chunks), response));
    arrived();
  });
  // An idle connection that ended by itself could take a request with it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: () => queue.length,
    letThrough: () => queue.shift()?.(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
