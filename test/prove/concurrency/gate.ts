// The way between one process and AWS, on the common time: every request takes a while to get there, and every answer to
// get back. Both go on as they came, signature and all.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CommonTime, Member } from '../crash/common-time.ts';

export interface Gate {
  readonly url: string;
  /** How many requests are on their way, there or back. */
  underWay(): number;
  close(): Promise<void>;
}

interface Way {
  clock: { now(): number };
  time: CommonTime;
  /** How long the next request, or answer, takes, in milliseconds. */
  takes(): number;
}

export async function openGate(sandbox: { url: string }, { clock, time, takes }: Way): Promise<Gate> {
  const { hostname, port } = new URL(sandbox.url);
  const travelling = new Map<number, { due: number; arrive: () => void }>();
  let [ids, underWay] = [0, 0];

  // What AWS has in hand is not travelling: until it has answered nobody rests.
  const rests = () => travelling.size === underWay;
  const member: Member = {
    rest: () =>
      rests()
        ? {
            kind: 'rest',
            sleeps: [...travelling].map(([id, { due }]) => ({ id, due })),
            asked: 0,
            answered: 0,
            woken: 0,
          }
        : null,
    wake: (id) => {
      const { arrive } = travelling.get(id) ?? {};
      travelling.delete(id);
      arrive?.();
    },
  };
  const travel = (arrive: () => void) => {
    travelling.set(++ids, { due: clock.now() + takes(), arrive });
    time.look();
  };
  const end = (answer: () => void) => {
    underWay -= 1;
    answer();
    time.look();
  };
  const forward = ({ method, url: path, headers }: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const outgoing = request({ hostname, port, method, path, headers }, async (answer) => {
      const text = await wholeOf(answer);
      travel(() => end(() => response.writeHead(answer.statusCode ?? 500, answer.headers).end(text)));
    });
    outgoing.on('error', () => end(() => response.destroy()));
    outgoing.end(body);
  };
  const server = createServer(async (incoming, response) => {
    const body = await wholeOf(incoming);
    underWay += 1;
    travel(() => forward(incoming, body, response));
  });
  // An idle connection that ended by itself could take a request with it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  time.join(member);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    underWay: () => underWay,
    close: () =>
      new Promise((resolve) => {
        time.leave(member);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function wholeOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
