// moto and MiniStack with authentication switched on, each with an administrator who is an IAM user: neither's root
// credentials are of use in a test, since both let root do what AWS would not.
import { fileURLToPath } from 'node:url';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { freePort, type LeashedServer, startLeashed } from './leash.ts';
import { cacheFolder, python } from './venv.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Emulator {
  url: string;
  account: string;
  /** Keys of the IAM user `admin`, who may do anything; new ones after each `reset`. */
  readonly adminCredentials: Credentials;
  /** Empties the account, but for a new `admin`. */
  reset(): Promise<void>;
  /** Resolves once the server is gone; safe to call twice. */
  close(): Promise<void>;
}

export interface NewUser {
  name: string;
  path?: string;
  tags?: Record<string, string>;
  /** One access key for each status, at most two; by default one that is Active. */
  keys?: ('Active' | 'Inactive')[];
  /** Statements of one inline policy; without any the user may do nothing. */
  allow?: { Action: string | string[]; Resource: string | string[] }[];
}

interface MotoOptions {
  lambdaPort?: number;
  daysAgoFile?: string;
}

const region = 'us-east-1';
const mendedMoto = fileURLToPath(new URL('mended-moto.py', import.meta.url));

/**
 * moto knows the limit of two keys, last use and the credential report. It accepts Inactive keys, so never test their
 * refusal here; and it matches no Resource but `*`. With a `lambdaPort` its Step Functions call functions there, and tell what happened as
 * AWS does. With a `daysAgoFile` users, keys and uses are dated so many days ago as that says at the time, and the report is
 * as AWS's.
 */
export async function startMoto({ lambdaPort, daysAgoFile }: MotoOptions = {}): Promise<Emulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const isMended = lambdaPort !== undefined || daysAgoFile !== undefined;
  const program = isMended ? [mendedMoto] : ['-m', 'moto.server'];
  const server = await startLeashed({
    command: [python, ...program, '-H', '127.0.0.1', '-p', `${port}`],
    env: { MOTO_PORT: `${lambdaPort ?? port}`, ...(daysAgoFile ? { MOTO_DAYS_AGO_FILE: daysAgoFile } : {}) },
    readyUrl: `${url}/moto-api/`,
    folder: `${cacheFolder}/run/moto-${port}`,
  });

  return bootstrapped({
    url,
    account: '123456789012',
    server,
    makeAdmin: async () => {
      await post(`${url}/moto-api/reset-auth`, 'inf');
      await post(`${url}/moto-api/reset`);
      await post(`${url}/moto-api/config`, JSON.stringify({ stepfunctions: { execute_state_machine: true } }));
      const admin = await makeAdmin(url);
      await post(`${url}/moto-api/reset-auth`, '0');
      return admin;
    },
  });
}

/**
 * MiniStack refuses Inactive and deleted keys, and runs whole stacks; Waits of Step Functions are 100,000 times shorter. It
 * knows neither last use nor the limit of two keys. `program` is what Python runs.
 */
export async function startMiniStack(program: readonly string[] = ['-m', 'ministack']): Promise<Emulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startLeashed({
    command: [python, ...program],
    env: {
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      GATEWAY_PORT: `${port}`,
      CLOUDTRAIL_RECORDING: '1',
      SFN_WAIT_SCALE: '0.00001',
      AWS_ENDPOINT_URL: url,
    },
    readyUrl: `${url}/_ministack/health`,
    folder: `${cacheFolder}/run/ministack-${port}`,
  });

  return bootstrapped({
    url,
    account: '000000000000',
    server,
    makeAdmin: async () => {
      await post(`${url}/_ministack/reset`);
      return makeAdmin(url);
    },
  });
}

export const starts = { moto: () => startMoto(), MiniStack: () => startMiniStack() };

/** What an unmodified client of the SDK needs to speak to the emulator, by default as its administrator. */
export function clientFor(emulator: Emulator, credentials = emulator.adminCredentials) {
  return { endpoint: emulator.url, region, credentials: { ...credentials } };
}

/** What a child process needs to reach the emulator with these credentials, and to find no others. */
export function environmentFor({ url }: Emulator, credentials: Credentials): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Makes a user as `admin` and returns its keys in the order asked for. */
export function makeUser(emulator: Emulator, user: NewUser): Promise<Credentials[]> {
  return makeUserAs(new IAMClient(clientFor(emulator)), user);
}

async function makeAdmin(endpoint: string): Promise<Credentials> {
  const root = { accessKeyId: 'test', secretAccessKey: 'test' };
  const iam = new IAMClient({ endpoint, region, credentials: root });
  const [admin] = await makeUserAs(iam, { name: 'admin', allow: [{ Action: '*', Resource: '*' }] });
  if (!admin) throw new Error('the emulator made no key for its administrator');
  return admin;
}

async function makeUserAs(iam: IAMClient, user: NewUser): Promise<Credentials[]> {
  const { name: UserName, path = '/', tags = {}, keys = ['Active'], allow = [] } = user;
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(new CreateUserCommand({ UserName, Path: path, Tags }));
  if (allow.length > 0) {
    const Statement = allow.map((statement) => ({ Effect: 'Allow', ...statement }));
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'permissions', PolicyDocument }));
  }

  const pairs: Credentials[] = [];
  for (const status of keys) pairs.push(await makeKey(iam, UserName, status));
  return pairs;
}

/** Whoever signs makes a key for the user. */
export async function makeKey(iam: IAMClient, UserName: string, Status: 'Active' | 'Inactive'): Promise<Credentials> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
  if (Status !== 'Active') await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
}

async function bootstrapped(options: {
  url: string;
  account: string;
  server: LeashedServer;
  makeAdmin: () => Promise<Credentials>;
}): Promise<Emulator> {
  const { url, account, server, makeAdmin } = options;
  let adminCredentials: Credentials;
  try {
    adminCredentials = await makeAdmin();
  } catch (error) {
    await server.end();
    throw error;
  }
  return {
    url,
    account,
    get adminCredentials() {
      return adminCredentials;
    },
    reset: async () => {
      adminCredentials = await makeAdmin();
    },
    close: server.end,
  };
}

async function post(url: string, body = ''): Promise<void> {
  const response = await fetch(url, { method: 'POST', body });
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}`);
}
