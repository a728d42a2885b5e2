// `keyturn sandbox` under a program that is not ours and knows nothing of it: the AWS CLI, given what the command prints and
// no more.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtCli } from '../support/built-cli.ts';
import { python } from './venv.ts';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

let folder: string;
let env: Record<string, string>;
let end: () => Promise<Ended>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-aws-cli-'));
  const server = run(process.execPath, [await builtCli(), 'sandbox', '--json'], { HOME: folder });
  ({ env } = JSON.parse(await server.firstLine));
  end = () => {
    server.child.kill('SIGINT');
    return server.ended;
  };
}, 90_000);

afterAll(async () => {
  const { code } = await end();
  await rm(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

/** `aws …`; what it prints as JSON. */
async function aws(...args: string[]) {
  const { code, stdout, stderr } = await awsEnds(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim() === '' ? null : JSON.parse(stdout);
}

function awsEnds(args: string[], others: Record<string, string> = {}): Promise<Ended> {
  const settings = { HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', AWS_DEFAULT_OUTPUT: 'json' };
  return run(python, ['-m', 'awscli', ...args], { ...settings, ...env, ...others }).ended;
}

describe('the AWS CLI, unchanged,', () => {
  test('asks who it is', async () => {
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/administrator',
    });
  });

  test('lists the users, with every page and a query of its own', async () => {
    const names = await aws('iam', 'list-users', '--page-size', '2', '--query', 'Users[].UserName');

    expect(names).toEqual(['administrator', 'alice', 'bob', 'carol', 'dave']);
  });

  test('rotates a key by hand, and what was deactivated is refused', async () => {
    const user = ['--user-name', 'dave'];
    const { AccessKey } = await aws('iam', 'create-access-key', ...user);
    const id = ['--access-key-id', AccessKey.AccessKeyId];
    const pair = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey };
    const asDave = () => awsEnds(['sts', 'get-caller-identity', '--query', 'Arn'], pair);

    const active = await asDave();
    await aws('iam', 'update-access-key', ...user, ...id, '--status', 'Inactive');
    const inactive = await asDave();
    await aws('iam', 'delete-access-key', ...user, ...id);

    expect(active).toMatchObject({ code: 0, stdout: '"arn:aws:iam::123456789012:user/dave"\n' });
    expect(inactive.code).not.toBe(0);
    expect(inactive.stderr).toContain('InvalidClientTokenId');
    expect(await aws('iam', 'list-access-keys', ...user)).toEqual({ AccessKeyMetadata: [] });
  });

  test('tags a user, and is told of one that is not there', async () => {
    await aws('iam', 'tag-user', '--user-name', 'alice', '--tags', 'Key=team,Value=web shop');

    expect(await aws('iam', 'list-user-tags', '--user-name', 'alice')).toMatchObject({
      Tags: [{ Key: 'team', Value: 'web shop' }],
    });
    expect((await awsEnds(['iam', 'get-user', '--user-name', 'nobody'])).stderr).toContain('NoSuchEntity');
  });

  test('reads the credential report', async () => {
    await aws('iam', 'generate-credential-report');

    const { Content } = await aws('iam', 'get-credential-report');

    const lines = Buffer.from(Content, 'base64').toString('utf8').trim().split('\n');
    expect(lines.map((line) => line.split(',')[0])).toEqual(expect.arrayContaining(['user', 'alice', 'dave']));
  });

  test('keeps a secret in Secrets Manager, with its versions', async () => {
    const id = ['--secret-id', 'shop/key'];
    await aws('secretsmanager', 'create-secret', '--name', 'shop/key', '--secret-string', '{"n":1}');
    await aws('secretsmanager', 'put-secret-value', ...id, '--secret-string', '{"n":2}');

    const now = await aws('secretsmanager', 'get-secret-value', ...id);
    const before = await aws('secretsmanager', 'get-secret-value', ...id, '--version-stage', 'AWSPREVIOUS');

    expect([before.SecretString, now.SecretString]).toEqual(['{"n":1}', '{"n":2}']);
  });

  test('keeps a parameter in Parameter Store', async () => {
    const name = ['--name', '/shop/key'];
    await aws('ssm', 'put-parameter', ...name, '--type', 'SecureString', '--value', 'one');
    await aws('ssm', 'put-parameter', ...name, '--type', 'SecureString', '--value', 'two', '--overwrite');

    const { Parameter } = await aws('ssm', 'get-parameter', ...name, '--with-decryption');

    expect(Parameter).toMatchObject({ Type: 'SecureString', Value: 'two', Version: 2 });
  });
});

function run(command: string, args: string[], variables: Record<string, string>) {
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.includes('\n')) resolve(stdout);
    });
    ended.then(() => reject(new Error(`${command} ended:\n${stderr}`)), reject);
  });
  firstLine.catch(() => {});
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return { child, ended, firstLine };
}
