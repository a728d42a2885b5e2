// The http probe against a real server: which answers pass, what a time limit does, and what is never shown.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../../src/clock.ts';
import { openProbe, resolveProbe, showProbe } from '../../src/probes/registry.ts';
import { noAws } from './no-aws.ts';

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = undefined;
});

const surroundings = { cwd: '/', env: {} };

async function serve(listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function look(url: string, clock: VirtualClock = stoppedClock(), signal?: AbortSignal) {
  const spec = resolveProbe(`http:${url}`, surroundings);
  const probe = await openProbe(spec, { clock, aws: noAws, env: {}, ...(signal && { signal }) });
  return probe.look();
}

function stoppedClock(): VirtualClock {
  return createVirtualClock('2026-11-22T10:00:00Z', { auto: false });
}

test.each([
  [200, 'pass'],
  [204, 'pass'],
  [299, 'pass'],
  [301, 'fail'],
  [302, 'fail'],
  [304, 'fail'],
  [401, 'fail'],
  [404, 'fail'],
  [500, 'fail'],
  [503, 'fail'],
])('an answer of %i means %s', async (status, verdict) => {
  const host = await serve((_, response) => response.writeHead(status).end());

  expect(await look(`http://${host}/health`)).toEqual({
    verdict,
    detail: `http://${host}/health answered ${status}`,
  });
});

test('a redirect is not followed, for a login page behind it would say 200', async () => {
  const asked: (string | undefined)[] = [];
  const host = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(request.url === '/login' ? 200 : 302, { location: '/login' }).end();
  });

  const { verdict } = await look(`http://${host}/health`);

  expect(verdict).toBe('fail');
  expect(asked).toEqual(['/health']);
});

test('an endless body is not waited for, nor shown', async () => {
  const host = await serve((_, response) => {
    response.writeHead(503);
    response.write('a secret in the body');
  });

  expect(await look(`http://${host}/`)).toEqual({ verdict: 'fail', detail: `http://${host}/ answered 503` });
});

test('nobody listening is a failure that names the reason', async () => {
  const host = await serve(() => {});
  await new Promise((resolve) => server?.close(resolve));

  expect(await look(`http://${host}/`)).toEqual({
    verdict: 'fail',
    detail: `http://${host}/ could not be reached (ECONNREFUSED)`,
  });
});

test('no answer within ten seconds is a failure', async () => {
  const clock = stoppedClock();
  const asked = Promise.withResolvers<void>();
  const host = await serve(() => asked.resolve());

  const looking = look(`http://${host}/slow`, clock);
  await asked.promise;
  await clock.advance(10_000);

  expect(await looking).toEqual({
    verdict: 'fail',
    detail: `http://${host}/slow did not answer within 10 seconds`,
  });
});

test('an answer just before ten seconds have passed still counts', async () => {
  const clock = stoppedClock();
  const asked = Promise.withResolvers<() => void>();
  const host = await serve((_, response) => asked.resolve(() => response.writeHead(200).end()));

  const looking = look(`http://${host}/slow`, clock);
  const answer = await asked.promise;
  await clock.advance(9_999);
  answer();

  expect((await looking).verdict).toBe('pass');
});

test('a look gives up at once where the person wants to stop', async () => {
  const stop = new AbortController();
  const asked = Promise.withResolvers<void>();
  const host = await serve(() => asked.resolve());

  const looking = look(`http://${host}/`, stoppedClock(), stop.signal);
  await asked.promise;
  stop.abort(new Error('stopped by the person'));

  await expect(looking).rejects.toThrow('stopped by the person');
});

test('user, password and query reach the server and are shown nowhere', async () => {
  const asked: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const host = await serve((request, response) => {
    asked.push(request);
    response.writeHead(403).end();
  });
  const url = `http://monitor:p%40ss@${host}/health?token=abc#top`;
  const spec = resolveProbe(`http:${url}`, surroundings);

  const probe = await openProbe(spec, { clock: stoppedClock(), aws: noAws, env: {} });
  const result = await probe.look();

  expect(asked[0]?.url).toBe('/health?token=abc');
  // monitor:p@ss
  expect(asked[0]?.headers.authorization).toBe('Basic bW9uaXRvcjpwQHNz');
  expect(result).toEqual({ verdict: 'fail', detail: `http://${host}/health answered 403` });
  expect(probe.spec).toBe(`http:http://${host}/health`);
  expect(showProbe(spec)).toBe(`http:http://${host}/health`);
});
