// keyturn sandbox: the embedded AWS as a server of its own, for any program that can be told an endpoint, until Ctrl-C. Its
// secrets open nothing elsewhere, so it prints them.
import { UsageError } from '../../errors.ts';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { createProgress } from '../progress.ts';
import { furnish, type SeededUser, type SeedName } from '../sandbox-seeds.ts';

export async function sandbox(flags: Flags, io: Io): Promise<number> {
  const seed = (flags.seed ?? 'small') as SeedName;
  const server = await listening(io, seed, readPort(flags.port));
  try {
    const { url, credentials, account } = server;
    const users = furnish(account, seed, io.clock);
    const env = environmentOf(server, flags.region ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? 'us-east-1');
    io.stdout.write(
      flags.json
        ? `${JSON.stringify({ url, env, users: [administrator(server, credentials.accessKeyId), ...users] })}\n`
        : Object.entries(env)
            .map(([name, value]) => `export ${name}=${value}\n`)
            .join(''),
    );
    createProgress(io, flags).say(
      'until Ctrl-C; to use it, give another terminal these lines, or here: keyturn sandbox >env.sh & then . ./env.sh',
    );
    await untilInterrupted(io.interrupted);
  } finally {
    await server.close();
  }
  return exitCodes.done;
}

async function listening({ clock }: Io, seed: SeedName, port: number | undefined): Promise<Sandbox> {
  try {
    return await createSandbox({ clock, seed, ...(port === undefined ? {} : { port }) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EACCES' ? 'may not be used by you' : 'is taken';
    throw new UsageError(`port ${port} of 127.0.0.1 ${why}`, {
      hint: 'name another with --port, or leave --port out for any that is free',
    });
  }
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port: "${text}" is no port`, { hint: 'a number up to 65535, like --port 4566' });
}

function environmentOf({ url, credentials }: Sandbox, region: string): Record<string, string> {
  if (!/^[a-z0-9-]+$/.test(region)) {
    throw new UsageError(`--region: "${region}" is no region`, { hint: 'like --region eu-central-1' });
  }
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

function administrator({ credentials, account }: Sandbox, id: string): SeededUser {
  const { status, createdAt } = account.snapshot().administrator?.keys.find((key) => key.id === id) ?? {};
  if (!status || !createdAt) throw new Error('the sandbox has no administrator');
  return { name: 'administrator', keys: [{ ...credentials, status, createdAt }] };
}

function untilInterrupted(interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}
