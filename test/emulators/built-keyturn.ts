// The built command as on a user's machine: a child process that has nothing but the bundle, a folder with a credentials
// file, and the environment. It speaks to an emulator over the wire; nothing of ours is in this process.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAMClient, ListAccessKeysCommand, ListUserTagsCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, type TestContext } from 'vitest';
import { builtCli } from '../support/built-cli.ts';
import { type RotationJson, rotationJson } from './rotation-json.ts';
import { type Credentials, clientFor, type Emulator, environmentFor, makeUser, type NewUser } from './servers.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The one document on stdout, which has to have the documented shape. */
  json(): RotationJson;
}

export interface Running {
  /** Resolves as soon as stderr holds the text; rejects where the command ends before. */
  says(text: string): Promise<void>;
  interrupt(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

/** What is true in the account and on disk, for one comparison at a test's end. */
export interface Standing {
  keys: Record<string, string>;
  claims: string[];
  vault: string[];
  locks: string[];
}

export interface Desk {
  user: string;
  /** Its own, in which keyturn runs. */
  folder: string;
  /** The user's pairs as they were made, in the order asked for. */
  pairs: Credentials[];
  credentialsFile: string;
  /** `--to` for the profile that holds the first pair. */
  place: string;
  /** The credentials file as it was at first, and as it is now. */
  before: string;
  file(): Promise<string>;
  /** The pair that the profile holds now. */
  held(): Promise<Credentials>;
  start(command: string | string[], options?: RunOptions): Running;
  run(command: string | string[], options?: RunOptions): Promise<Ended>;
  standing(): Promise<Standing>;
  /** `sts:GetCallerIdentity` signed with a pair: the caller's ARN, or the name of the refusal. */
  callerAs(pair: Credentials): Promise<string>;
}

export interface RunOptions {
  /** Whose key signs what keyturn does: by default the administrator's; or whatever the desk's own profile holds. */
  as?: Credentials | 'own profile';
  /** Another machine: a folder of its own for keyturn's state. */
  stateDir?: string;
}

/** Makes a user, and a folder of its own with a profile of the same name that holds the user's first pair. */
export async function openDesk(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  emulator: Emulator,
  user: NewUser,
): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-emulators-'));
  const runs: Running[] = [];
  onTestFinished(async () => {
    for (const run of runs) run.interrupt('SIGKILL');
    await Promise.allSettled(runs.map(({ ended }) => ended));
    await rm(folder, { recursive: true, force: true });
  });
  const entry = await builtCli();
  const credentialsFile = join(folder, 'credentials');
  const defaultState = join(folder, 'state');
  await mkdir(join(folder, 'home'));

  const pairs = await makeUser(emulator, user);
  const before = profileText(user.name, pairs[0]);
  await writeFile(credentialsFile, before, { mode: 0o600 });
  const iam = new IAMClient(clientFor(emulator));
  const file = () => readFile(credentialsFile, 'utf8');
  const held = async () => heldIn(await file());

  const signedBy = (as: Credentials | 'own profile') => {
    if (as !== 'own profile') return environmentFor(emulator, as);
    const {
      AWS_ACCESS_KEY_ID: _,
      AWS_SECRET_ACCESS_KEY: __,
      ...rest
    } = environmentFor(emulator, emulator.adminCredentials);
    return { ...rest, AWS_SHARED_CREDENTIALS_FILE: credentialsFile, AWS_PROFILE: user.name };
  };

  const start = (
    command: string | string[],
    { as = emulator.adminCredentials, stateDir = defaultState }: RunOptions = {},
  ) => {
    const words = typeof command === 'string' ? command.split(' ') : command;
    const child = spawn(process.execPath, [entry, ...words, '--json'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: join(folder, 'home'), KEYTURN_STATE_DIR: stateDir, ...signedBy(as) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = watched(child, async (output) => {
      const { secretAccessKey } = await held();
      const secrets = [secretAccessKey, ...pairs.map((pair) => pair.secretAccessKey)].filter(Boolean);
      if (secrets.some((secret) => output.includes(secret))) throw new Error(`keyturn ${words[0]} printed a secret`);
    });
    runs.push(running);
    return running;
  };

  return {
    user: user.name,
    folder,
    pairs,
    credentialsFile,
    place: `credentials-file:${user.name}@${credentialsFile}`,
    before,
    file,
    held,
    start,
    run: (command, options) => start(command, options).ended,
    standing: async () => {
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: user.name }));
      const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName: user.name }));
      return {
        keys: Object.fromEntries(AccessKeyMetadata.map((key) => [key.AccessKeyId ?? '', key.Status ?? ''])),
        claims: Tags.map((tag) => tag.Key ?? '').filter((key) => key.startsWith('keyturn:')),
        vault: await namesIn(join(defaultState, 'vault')),
        locks: await namesIn(join(defaultState, 'locks')),
      };
    },
    callerAs: async (pair) => {
      const sts = new STSClient(clientFor(emulator, pair));
      return sts.send(new GetCallerIdentityCommand({})).then(
        ({ Arn }) => Arn ?? '',
        (error: Error) => error.name,
      );
    },
  };
}

/** With what the command said about it, where the exit code is another. */
export function expectExit({ code, stderr }: Ended, expected: number): void {
  expect(code, stderr).toBe(expected);
}

/** Claim, vault and lock are gone, and of keys only these are there. */
export function nothingLeft(keys: Record<string, string>): Standing {
  return { keys, claims: [], vault: [], locks: [] };
}

function watched(child: ChildProcess, afterwards: (output: string) => Promise<void>): Running {
  let stdout = '';
  let stderr = '';
  let closed = false;
  let listeners: (() => void)[] = [];
  const changed = () => {
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    changed();
  });

  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      closed = true;
      changed();
      const json = () => rotationJson(stdout, stderr);
      afterwards(stdout + stderr).then(() => resolve({ code, stdout, stderr, json }), reject);
    });
  });
  // One that is only killed at the end of its test is awaited by nobody else.
  ended.catch(() => {});
  return {
    ended,
    interrupt: (signal) => child.kill(signal),
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const said = stderr.includes(text);
          if (!said && !closed) return;
          listeners = listeners.filter((one) => one !== look);
          if (said) resolve();
          else reject(new Error(`keyturn ended without saying "${text}":\n${stderr}`));
        };
        listeners.push(look);
        look();
      }),
  };
}

/** With what people have around a profile: comments, other profiles, blanks that have to stay. */
function profileText(profile: string, pair: Credentials | undefined): string {
  const lines = pair
    ? `aws_access_key_id=${pair.accessKeyId}\naws_secret_access_key =   ${pair.secretAccessKey}\n`
    : '';
  return `# shared by the team\n[default]\nregion = eu-west-1\n\n[${profile}]\n${lines}region = us-east-1   \n\n[other]\noutput = json\n`;
}

function heldIn(text: string): Credentials {
  return {
    accessKeyId: /aws_access_key_id\s*=\s*(\S+)/.exec(text)?.[1] ?? '',
    secretAccessKey: /aws_secret_access_key\s*=\s*(\S+)/.exec(text)?.[1] ?? '',
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
