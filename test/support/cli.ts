// Runs the command line in this process, `main` itself with fake streams, against an embedded AWS; what it leaves behind
// is compared at the test's end with every secret there was.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { onTestFinished, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { RotationDocument } from '../../src/cli/rotation-document.ts';
import { type Clock, createVirtualClock, systemClock } from '../../src/clock.ts';
import {
  type Credentials,
  createSandbox,
  type KeyArrangement,
  type PolicyDocument,
  type Settings,
} from '../../src/sandbox/index.ts';
import { type Canary, createCanary } from './canary.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { createTideClock } from './tide-clock.ts';

export { allBut } from './world-options.ts';

export const start = '2026-12-06T10:00:00Z';
export const user = 'alice';

export interface DeskOptions {
  /** Alice's keys, the one that the place holds first. Default: one, of June, that an application used an hour ago. */
  keys?: readonly KeyArrangement[];
  /** When that first key was last used; null for never. */
  lastUsed?: string | null;
  service?: string;
  /** What whoever runs keyturn may do; by default everything. */
  policies?: readonly PolicyDocument[];
  settings?: Partial<Settings>;
  accountId?: string;
  /** Real time, for child processes. */
  real?: boolean;
  /** Waits of hours hold still until the test lets them pass: what runs in AWS does not hurry through its weeks. */
  tide?: boolean;
}

/** What a command said and how it ended. */
export interface Transcript {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The one document on stdout; throws where there is not exactly one. */
  json(): Printed;
}

/** Every document that a command may print, as one type: a test says by what it expects which one it was. */
export interface Printed extends RotationDocument {
  rotations: RotationDocument[];
  error: { name: string; message: string; hint: string };
}

export interface RunOptions {
  /** What another program pipes into it. */
  input?: string;
  /** Somebody sits there and types: each answer is typed when stderr has asked for it. Without it there is no terminal. */
  answers?: readonly (readonly [question: string | RegExp, keys: string])[];
  interrupt?: AbortController;
  cwd?: string;
  /** The place is `stdout:`: the secret may be in its line there, and nowhere else. */
  printsPair?: boolean;
  /** That of a process which can die, instead of the desk's own. */
  clock?: Clock;
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** Where a test is run: for concurrent tests the one of their own context. */
export interface Ending {
  onTestFinished(handler: () => void | Promise<void>): void;
}

/** An account with alice, a home with a credentials file, an empty folder to stand in, and no state yet. */
export async function openDesk(options: DeskOptions = {}, ending: Ending = { onTestFinished }) {
  const virtual = options.tide ? createTideClock(start) : createVirtualClock(start);
  const clock: Clock = options.real ? systemClock : virtual;
  const { accountId = '123456789012', settings, real } = options;
  const sandbox = await createSandbox({ clock, accountId, ...(real ? {} : { seed: 'desk' }), ...settings });
  const { account } = sandbox;
  const canary = createCanary(() => sandbox.secretsMade);
  const folder = temporaryFolder(ending);
  const [home, cwd, stateDir] = ['home', 'here', 'state'].map((name) => join(folder, name)) as [string, string, string];
  const credentialsFile = join(home, '.aws/credentials');
  mkdirSync(join(home, '.aws'), { recursive: true });
  mkdirSync(cwd);
  ending.onTestFinished(async () => {
    vi.unstubAllEnvs();
    await sandbox.close();
    canary.look(folder);
  });

  const arranged = account.createUser({ name: user, keys: options.keys ?? [{ createdAt: '2026-06-01T08:00:00Z' }] });
  const [old] = arranged.keys;
  const at = options.lastUsed === undefined ? (options.real ? undefined : '2026-12-06T09:00:00Z') : options.lastUsed;
  if (old && at !== null) account.use(old.accessKeyId, { service: options.service ?? 's3', ...(at ? { at } : {}) });
  const operator = options.policies
    ? account.createUser({
        name: 'operator',
        policies: options.policies,
        keys: [{ createdAt: '2020-02-02T00:00:00Z' }],
      }).keys[0]
    : undefined;
  const signer = operator ?? sandbox.credentials;
  canary.guard(signer, ...arranged.keys);
  const profile = (name: string, pair: Credentials) =>
    `[${name}]\naws_access_key_id = ${pair.accessKeyId}\naws_secret_access_key = ${pair.secretAccessKey}\n`;
  writeFileSync(credentialsFile, old ? `# mine\n${profile('default', old)}region = eu-west-1\n` : '', { mode: 0o600 });

  const env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: home,
    KEYTURN_STATE_DIR: stateDir,
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: signer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: signer.secretAccessKey,
    AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
    AWS_CONFIG_FILE: join(home, '.aws/config'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const held = () => /aws_access_key_id = (\S+)/.exec(readFileSync(credentialsFile, 'utf8'))?.[1];
  const names = new Map(arranged.keys.map(({ accessKeyId }, index) => [accessKeyId, index === 0 ? 'old' : 'other']));
  const called = (id: string) => {
    if (!names.has(id)) names.set(id, [...names.values()].includes('new') ? 'another new' : 'new');
    return names.get(id) as string;
  };

  const desk = {
    sandbox,
    account,
    clock,
    env,
    folder,
    home,
    cwd,
    stateDir,
    credentialsFile,
    canary,
    signer,
    keys: arranged.keys,
    ids: arranged.keys.map(({ accessKeyId }) => accessKeyId),
    place: `credentials-file:default@${credentialsFile}`,

    /** `keyturn …` in this process; a command line is split at blanks. */
    run: async (command: string, options: RunOptions = {}) => {
      const { answers, input, clock: ticking = clock, interrupt = new AbortController(), cwd: where = cwd } = options;
      for (const [name, value] of Object.entries({ ...noAws(), ...env })) vi.stubEnv(name, value);
      const [stdout, stderr] = [sink(answers !== undefined), sink(answers !== undefined)];
      const stdin = input === undefined ? typist(stderr, answers ?? []) : piped(input);
      const code = await main(command.split(' ').filter(Boolean), {
        stdin,
        stdout: stdout.stream,
        stderr: stderr.stream,
        env,
        cwd: where,
        home,
        clock: ticking,
        terminal: answers !== undefined,
        interrupted: interrupt.signal,
      });
      canary.learn(stateDir, credentialsFile);
      return transcript(canary, code, stdout.text(), stderr.text(), options);
    },

    /** Another place: a profile in the same file. */
    addProfile: (name: string, pair: Credentials) => {
      canary.guard(pair);
      appendFileSync(credentialsFile, `\n${profile(name, pair)}`);
    },

    /** From now on keyturn runs with a session of the role, for an hour. */
    assume: async (RoleArn: string) => {
      const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
      const sts = new STSClient({ endpoint: sandbox.url, region: 'us-east-1', credentials: signer });
      const { Credentials: session } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' }));
      sts.destroy();
      env.AWS_ACCESS_KEY_ID = session?.AccessKeyId;
      env.AWS_SECRET_ACCESS_KEY = session?.SecretAccessKey;
      env.AWS_SESSION_TOKEN = session?.SessionToken;
      canary.guard({ accessKeyId: '', secretAccessKey: session?.SecretAccessKey ?? '' });
    },

    /** Time passes, and nothing else happens. */
    pass: (hours: number) => ('pass' in virtual ? virtual.pass(hours) : virtual.advance(hours * 3_600_000)),

    /** What is true in the account and on disk, for one comparison at a test's end. */
    left: () => ({
      keys: (account.snapshot()[user]?.keys ?? []).map(({ id, status }) => `${called(id)} ${status}`),
      claims: Object.keys(account.tags(user)).filter((key) => key.startsWith('keyturn:')).length,
      vault: namesIn(join(stateDir, 'vault')).map((name) => name.replace(/^rot-[a-z0-9]{10}-/, '')),
      locks: namesIn(join(stateDir, 'locks')),
      holds: held() ? called(held() as string) : 'nothing',
    }),

    /** Everything under the state folder, as paths; nothing where there is none. */
    stateFiles: () => (existsSync(stateDir) ? readdirSync(stateDir, { recursive: true }).map(String).sort() : null),
    record: (rotation: string) => JSON.parse(readFileSync(join(stateDir, 'rotations', `${rotation}.json`), 'utf8')),
    newKey: () => account.snapshot()[user]?.keys.find(({ id }) => !names.has(id) || names.get(id) === 'new')?.id ?? '',
    /** The operations that change something, in their order, since the n-th request. */
    changes: (from = 0) =>
      sandbox.requests
        .slice(from)
        .filter(({ operation, error }) => !/^(Get|List|Describe|Lookup|BatchGet)/.test(operation) && error === null)
        .map(({ operation }) => operation),
  };

  return {
    ...desk,
    /** A rotation that waits at the named park; its id. */
    waiting: async (park: 'awaitQuiet' | 'awaitGrace' = 'awaitQuiet'): Promise<string> => {
      const begun = (await desk.run(`rotate --user ${user} --to ${desk.place} --yes --json`)).json();
      if (park === 'awaitGrace') {
        await desk.pass(60);
        await desk.run('resume --json');
      }
      return begun.rotation ?? '';
    },
  };
}

export function transcript(
  canary: Canary,
  code: number | null,
  stdout: string,
  stderr: string,
  { printsPair = false }: Pick<RunOptions, 'printsPair'> = {},
): Transcript {
  canary.heard(printsPair ? stdout.replace(/^AWS_SECRET_ACCESS_KEY=.*$/m, '') : stdout, stderr);
  return {
    code,
    stdout,
    stderr,
    json: () => {
      try {
        return JSON.parse(stdout);
      } catch (cause) {
        throw new Error(`stdout is not one JSON document:\n${stdout}\nstderr:\n${stderr}`, { cause });
      }
    },
  };
}

/** The AWS settings of this machine, each to be taken away. */
export function noAws(): Record<string, undefined> {
  return Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^AWS_/.test(name) && name !== 'AWS_DISABLE_CLOCK_SKEW_CORRECTION')
      .map((name) => [name, undefined]),
  );
}

export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

interface Sink {
  stream: NodeJS.WriteStream;
  text(): string;
  onText(listener: () => void): void;
}

function sink(isTTY: boolean): Sink {
  let text = '';
  const listeners: (() => void)[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += chunk;
      for (const listener of listeners) listener();
      done();
    },
  });
  return {
    // Prompts end what they are given, unless it is the process's own.
    stream: Object.assign(stream, { isTTY, columns: 200, rows: 50, end: () => {} }) as unknown as NodeJS.WriteStream,
    text: () => text,
    onText: (listener) => void listeners.push(listener),
  };
}

function piped(input: string): NodeJS.ReadStream {
  const stdin = new PassThrough();
  stdin.end(input);
  return stdin as unknown as NodeJS.ReadStream;
}

/** Types the next answer as soon as its question has been asked, once what was asked is on the screen. */
function typist(asked: Sink, answers: RunOptions['answers'] & {}): NodeJS.ReadStream {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: () => stdin });
  let seen = 0;
  let next = 0;
  asked.onText(() => {
    const [question, keys] = answers[next] ?? [];
    if (question === undefined || keys === undefined) return;
    const rest = asked.text().slice(seen);
    if (typeof question === 'string' ? !rest.includes(question) : !question.test(rest)) return;
    seen = asked.text().length;
    next += 1;
    setImmediate(() => stdin.write(keys));
  });
  return stdin as unknown as NodeJS.ReadStream;
}
