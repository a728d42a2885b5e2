// A process under test. It runs keyturn's own command line, the very `main` of the bundle, and whatever that loads; only
// the clock is the test's, because a rotation waits for weeks. It runs one command after another, until it is killed in one.
import { flushCompileCache } from 'node:module';
import { Writable } from 'node:stream';
import { main } from '../../../src/cli/main.ts';
import { createChildClock } from './child-clock.ts';
import { watchFiles } from './child-files.ts';
import { rotateUnattended } from './child-unattended.ts';
import type { FromChild, Order, ToChild } from './messages.ts';

const tell = (message: FromChild) => void process.send?.(message);
const clock = createChildClock(tell);
const waiting = new Map<number, () => void>();
let ids = 0;

const files = watchFiles({
  about: (name) => tell({ kind: 'file', name }),
  placed: async (role) => {
    const done = clock.busy();
    const id = ++ids;
    tell({ kind: 'placed', id, role });
    await new Promise<void>((resolve) => waiting.set(id, resolve));
    waiting.delete(id);
    done();
  },
});

process.on('message', (message: ToChild) => {
  if (message.kind === 'wake') clock.wake(message.id, message.now);
  else if (message.kind === 'goOn') waiting.get(message.id)?.();
  else void run(message);
});
// Whoever started this process is gone.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function run(order: Order): Promise<void> {
  const { argv, unattended, env, cwd, home } = order;
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  files.begin(order);
  clock.begin(order.now, order.tellWhileAsking);
  const [stdout, stderr] = [printer('stdout'), printer('stderr')];
  const code = unattended
    ? await rotateUnattended(unattended, { env, clock, print: (text) => void stdout.write(text) })
    : await main(argv, {
        stdin: process.stdin,
        stdout,
        stderr,
        env,
        cwd,
        home,
        clock,
        terminal: false,
        interrupted: new AbortController().signal,
      });
  tell({ kind: 'ended', code });
  // Node keeps compiled code when a process exits, and this one never does.
  flushCompileCache();
}

function printer(stream: 'stdout' | 'stderr'): NodeJS.WriteStream {
  const written = new Writable({
    write: (chunk, _, done) => {
      tell({ kind: 'printed', stream, text: String(chunk) });
      done();
    },
  });
  return Object.assign(written, { isTTY: false }) as unknown as NodeJS.WriteStream;
}
