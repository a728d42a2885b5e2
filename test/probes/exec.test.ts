// The exec probe with real child processes: what an exit means, what a child is given, and how it is ended.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../../src/clock.ts';
import { openProbe, resolveProbe } from '../../src/probes/registry.ts';
import { noAws } from './no-aws.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-exec-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function script(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

function stoppedClock(): VirtualClock {
  return createVirtualClock('2026-11-22T10:00:00Z', { auto: false });
}

async function open(
  command: string,
  {
    clock = stoppedClock(),
    env = { PATH: process.env.PATH } as Record<string, string | undefined>,
    ...rest
  }: { clock?: VirtualClock; env?: Record<string, string | undefined>; signal?: AbortSignal } = {},
) {
  const spec = resolveProbe(`exec:${command}`, { cwd: folder, env: { PATH: process.env.PATH } });
  return openProbe(spec, { clock, aws: noAws, env, ...rest });
}

/** The pid that a script wrote into a file, as soon as it is whole. */
async function pidIn(path: string): Promise<number> {
  for (;;) {
    const text = existsSync(path) ? await readFile(path, 'utf8') : '';
    if (text.endsWith('\n')) return Number(text);
    await new Promise(setImmediate);
  }
}

/** Resolves when the process is gone or a mere entry in the process table. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' Z ');
    if (/ [ZX] /.test(status)) return;
    await new Promise(setImmediate);
  }
}

test('exit 0 is a pass', async () => {
  await script('check.sh', 'exit 0');

  const probe = await open('./check.sh');

  expect(await probe.look()).toEqual({ verdict: 'pass', detail: 'check.sh exited with 0' });
});

test('any other exit is a failure, and nothing of its output is shown', async () => {
  await script('check.sh', 'echo a secret; echo a secret >&2; exit 3');

  const probe = await open('./check.sh');

  expect(await probe.look()).toEqual({ verdict: 'fail', detail: 'check.sh exited with 3' });
});

test('a command that a signal ended is a failure', async () => {
  await script('check.sh', 'kill -TERM $$');

  const probe = await open('./check.sh');

  expect(await probe.look()).toEqual({ verdict: 'fail', detail: 'check.sh was ended by SIGTERM' });
});

test('a command that is there no more gives no data', async () => {
  const path = await script('check.sh', 'exit 0');
  const probe = await open('./check.sh');
  await rm(path);

  expect(await probe.look()).toEqual({ verdict: 'noData', detail: 'check.sh could not be started (ENOENT)' });
});

test('a word that no program can be given gives no data', async () => {
  await script('check.sh', 'exit 0');
  const probe = await open("./check.sh 'a\0b'");

  expect(await probe.look()).toEqual({
    verdict: 'noData',
    detail: 'check.sh could not be started (ERR_INVALID_ARG_VALUE)',
  });
});

test('words arrive as they were quoted, and no shell looks at them', async () => {
  await script('check.sh', `printf '%s\\n' "$@" > '${folder}/words'`);
  const probe = await open(`./check.sh 'two words' "" $HOME * 'a;b'`);

  await probe.look();

  expect(await readFile(join(folder, 'words'), 'utf8')).toBe('two words\n\n$HOME\n*\na;b\n');
});

test('a child has no credentials of ours in its environment, and all else', async () => {
  await script('check.sh', `/usr/bin/env > '${folder}/env'`);
  const probe = await open('./check.sh', {
    env: {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'hidden-1',
      AWS_SESSION_TOKEN: 'hidden-2',
      AWS_SECURITY_TOKEN: 'hidden-3',
      KEYTURN_STATE_DIR: 'hidden-4',
      AWS_PROFILE: 'production',
      UNSET: undefined,
    },
  });

  await probe.look();

  const env = await readFile(join(folder, 'env'), 'utf8');
  expect(env).toContain('AWS_PROFILE=production\n');
  expect(env).not.toMatch(/AKIA|hidden|UNSET/);
});

test('a child that reads its input finds it closed', async () => {
  await script('check.sh', 'read line && exit 1; exit 0');

  const probe = await open('./check.sh');

  expect((await probe.look()).verdict).toBe('pass');
});

test('after sixty seconds the command is ended with all it started, and gives no data', async () => {
  const clock = stoppedClock();
  await script('check.sh', `sleep 1000 & echo $! > '${folder}/pid'; wait`);
  const probe = await open('./check.sh', { clock });

  const looking = probe.look();
  const pid = await pidIn(join(folder, 'pid'));
  await clock.advance(60_000);

  expect(await looking).toEqual({ verdict: 'noData', detail: 'check.sh did not end within 60 seconds' });
  await gone(pid);
});

test('just before sixty seconds have passed a command is left running', async () => {
  const clock = stoppedClock();
  await script('check.sh', `echo $$ > '${folder}/pid'; while [ ! -e '${folder}/go' ]; do sleep 0.01; done`);
  const probe = await open('./check.sh', { clock });

  const looking = probe.look();
  await pidIn(join(folder, 'pid'));
  await clock.advance(59_999);
  await writeFile(join(folder, 'go'), '');

  expect(await looking).toEqual({ verdict: 'pass', detail: 'check.sh exited with 0' });
});

test('a look gives up at once, and ends the command, where the person wants to stop', async () => {
  const stop = new AbortController();
  await script('check.sh', `echo $$ > '${folder}/pid'; sleep 1000`);
  const probe = await open('./check.sh', { signal: stop.signal });

  const looking = probe.look();
  const pid = await pidIn(join(folder, 'pid'));
  stop.abort(new Error('stopped by the person'));

  await expect(looking).rejects.toThrow('stopped by the person');
  await gone(pid);
});

test('nothing is started where the person wanted to stop before', async () => {
  await script('check.sh', `touch '${folder}/started'`);
  const probe = await open('./check.sh', { signal: AbortSignal.abort(new Error('stopped by the person')) });

  await expect(probe.look()).rejects.toThrow('stopped by the person');
  expect(existsSync(join(folder, 'started'))).toBe(false);
});

test('S9 the plan pins the program and relative paths, so the command means the same from every folder', async () => {
  await mkdir(join(folder, 'bin'));
  await script('bin/check', 'exit 0');
  const surroundings = { cwd: folder, env: { PATH: `/nowhere:${folder}/bin` } };

  expect(resolveProbe('exec:check ./conf.json ../other --fast', surroundings)).toBe(
    `exec:${folder}/bin/check ${folder}/conf.json ${join(folder, '..')}/other --fast`,
  );
  expect(resolveProbe('exec:bin/check', surroundings)).toBe(`exec:${folder}/bin/check`);
  expect(resolveProbe(`exec:${folder}/bin/check`, { cwd: '/', env: {} })).toBe(`exec:${folder}/bin/check`);
});
