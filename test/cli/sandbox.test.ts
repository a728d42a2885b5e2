// keyturn sandbox: the built command as a server of its own, used by what it prints and ended as a person ends it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { IAMClient, ListAccessKeysCommand, ListUsersCommand, paginateListUsers } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCli } from '../support/built-cli.ts';
import { openDesk } from '../support/cli.ts';
import { errorShape } from '../support/shape.ts';

interface Printed {
  url: string;
  env: Record<string, string>;
  users: {
    name: string;
    keys: { accessKeyId: string; secretAccessKey: string; status: string; createdAt: string }[];
  }[];
}

/** The command in a shell of its own, its standard output in a file. */
async function serving(flags = '') {
  const desk = await openDesk({ real: true });
  const running = await startCli(desk, { onTestFinished }, `sandbox ${flags}`, {
    shell: 'exec "$@" >printed',
    env: Object.fromEntries(Object.keys(desk.env).flatMap((name) => (/^AWS_/.test(name) ? [[name, null]] : []))),
  });
  await running.says('until Ctrl-C');
  const printed = readFileSync(join(desk.cwd, 'printed'), 'utf8');
  return { ...running, desk, printed, document: () => JSON.parse(printed) as Printed };
}

const clientOf = ({ url, env }: Printed, pair?: { accessKeyId: string; secretAccessKey: string }) => ({
  endpoint: url,
  region: env.AWS_REGION as string,
  credentials: pair ?? {
    accessKeyId: env.AWS_ACCESS_KEY_ID as string,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY as string,
  },
});

describe('keyturn sandbox', () => {
  test('prints what a shell can take, and nothing else; Ctrl-C ends it well', async () => {
    const { desk, printed, kill, ended } = await serving('--region eu-central-1');
    const ask =
      '. ./printed; for name in AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION; do eval "echo \\$$name"; done';

    const shell = spawnSync('/bin/sh', ['-c', ask], { cwd: desk.cwd, encoding: 'utf8', env: {} });

    kill('SIGINT');
    const { code, stderr } = await ended;
    const [url, ...regions] = shell.stdout.trim().split('\n');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(regions).toEqual(['eu-central-1', 'eu-central-1']);
    expect(printed.split('\n').map((line) => line.split('=')[0])).toEqual([
      'export AWS_ENDPOINT_URL',
      'export AWS_ACCESS_KEY_ID',
      'export AWS_SECRET_ACCESS_KEY',
      'export AWS_REGION',
      'export AWS_DEFAULT_REGION',
      '',
    ]);
    expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 1 });
    await expect(fetch(url as string)).rejects.toThrow('fetch failed');
  });

  test('with --json prints one line, with the users and their secrets, which AWS accepts', async () => {
    const { printed, document } = await serving('--json');

    const { users } = document();

    expect(printed.trimEnd().split('\n').length).toBe(1);
    expect(users.map(({ name, keys }) => [name, ...keys.map(({ status }) => status)])).toEqual([
      ['administrator', 'Active'],
      ['alice', 'Active'],
      ['bob', 'Active', 'Active'],
      ['carol', 'Inactive', 'Active'],
      ['dave'],
    ]);
    for (const { name, keys } of users) {
      const listed = await new IAMClient(clientOf(document())).send(new ListAccessKeysCommand({ UserName: name }));
      expect(listed.AccessKeyMetadata?.map((key) => [key.AccessKeyId, key.Status])).toEqual(
        keys.map((key) => [key.accessKeyId, key.status]),
      );
      for (const key of keys.filter(({ status }) => status === 'Active')) {
        const caller = await new STSClient(clientOf(document(), key)).send(new GetCallerIdentityCommand());
        expect(caller.Arn).toBe(`arn:aws:iam::123456789012:user/${name}`);
      }
    }
  });

  test('gives a fleet that is the same each time but for its dates', async () => {
    const [one, another] = [await serving('--seed fleet --json'), await serving('--seed fleet --json')];
    const names = (printed: Printed) =>
      printed.users.map(({ name, keys }) => [name, ...keys.map(({ accessKeyId, status }) => [accessKeyId, status])]);

    const pages = paginateListUsers({ client: new IAMClient(clientOf(one.document())) }, {});
    let listed = 0;
    for await (const { Users = [] } of pages) listed += Users.length;

    const counts = one.document().users.map(({ keys }) => keys.length);
    expect([listed, counts.length]).toEqual([5001, 5001]);
    expect(names(one.document())).toEqual(names(another.document()));
    for (const count of [0, 1, 2]) expect(counts.filter((have) => have === count).length).toBeGreaterThan(20);
  });

  test('listens where it is told to', async () => {
    const port = await freePort();
    const { document } = await serving(`--port ${port} --json`);

    const { Users } = await new IAMClient(clientOf(document())).send(new ListUsersCommand());

    expect(document().url).toBe(`http://127.0.0.1:${port}`);
    expect(Users?.length).toBe(5);
  });
});

describe('is refused:', () => {
  test('a port that is taken', async () => {
    const { desk, document } = await serving('--json');
    const { port } = new URL(document().url);

    const { code, stdout, stderr } = await desk.run(`sandbox --port ${port}`);

    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: port ${port} of 127.0.0.1 is taken\nhint: name another with --port, or leave --port out for any that is free\n`,
    });
  });

  test.each([
    ['--port 65536', '--port: "65536" is no port'],
    ['--port x', '--port: "x" is no port'],
    ['--seed huge', "option '--seed <name>' argument 'huge' is invalid. Allowed choices are small, fleet."],
    ['--region $(date)', '--region: "$(date)" is no region'],
  ])('%s', async (flags, message) => {
    const desk = await openDesk();

    const { code, json } = await desk.run(`sandbox ${flags} --json`);

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toBe(message);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
