// Credentials that nobody typed in: those of a workload's web identity, of a container and of a machine.
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allBut } from '../support/cli.ts';
import { openConfiguredDesk, rotateAlice } from '../support/configured-desk.ts';

const twoLines = /^error: [^\n]+\nhint: [^\n]+\n$/;

describe('a web identity', () => {
  const good = 'eyJ.of-the-pod.sig';

  /** A pod with this token in a file, named by the profile `pod` or by the environment. */
  async function pod(from: 'profile' | 'environment', token = good) {
    const desk = await openConfiguredDesk('[profile pod]\nrole_arn = POD\nweb_identity_token_file = HOME/token\n');
    const role = desk.account.createRole({ name: 'pod', policies: allBut('iam:Nothing'), webIdentityToken: good });
    const file = join(desk.home, 'token');
    const configFile = join(desk.home, '.aws/config');
    writeFileSync(file, token);
    if (from === 'profile') {
      writeFileSync(configFile, readFileSync(configFile, 'utf8').replace('POD', role.arn));
      desk.env.AWS_PROFILE = 'pod';
    } else {
      // What the file keeps as `default` would come first, and is the place itself.
      writeFileSync(configFile, '');
      desk.env.AWS_SHARED_CREDENTIALS_FILE = join(desk.home, '.aws/none');
      Object.assign(desk.env, { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role.arn });
    }
    const exchanges = () => desk.sandbox.requests.filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity');
    return { ...desk, file, exchanges };
  }

  test.each(['profile', 'environment'] as const)(
    'of the %s: assumes the role unsigned, once for a command',
    async (from) => {
      const desk = await pod(from);

      const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

      expect([code, json().outcome]).toEqual([0, 'waiting']);
      expect(desk.exchanges()).toMatchObject([{ accessKeyId: null, error: null }]);
      expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], holds: 'new' });
    },
  );

  test('--endpoint-url is where the role is assumed', async () => {
    const desk = await pod('profile');
    desk.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';

    const { code } = await desk.run(`${rotateAlice} --endpoint-url ${desk.sandbox.url}`);

    expect([code, desk.exchanges().length]).toEqual([0, 1]);
  });

  test('a token that the role does not take: exit 3, in the words of AWS, and nothing of the token', async () => {
    const desk = await pod('profile', 'eyJ.said-aloud.sig');

    const { code, stderr } = await desk.run(rotateAlice);

    expect(code).toBe(3);
    expect(stderr).toMatch(twoLines);
    expect(stderr).toContain(
      'sts:AssumeRoleWithWebIdentity is denied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    );
    expect(stderr).not.toContain('said-aloud');
    expect(desk.stateFiles()).toBeNull();
  });

  test.each(['profile', 'environment'] as const)('of the %s, no such file: exit 2, and what names it', async (from) => {
    const desk = await pod(from);
    rmSync(desk.file);

    const { code, stderr } = await desk.run(rotateAlice);

    expect(code).toBe(2);
    expect(stderr).toMatch(twoLines);
    expect(stderr).toContain('error: the token file of the web identity cannot be read');
    expect(stderr).toContain('AWS_WEB_IDENTITY_TOKEN_FILE');
    expect(desk.sandbox.requests).toEqual([]);
  });
});

/** Answers GET and PUT with what the table says of the path, as the agents of ECS and EC2 do. */
async function agent(answers: (path: string) => string | undefined): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const body = answers(url);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a container and a machine', () => {
  /** A session of a role that may do everything, as an agent gives it out. */
  async function bare() {
    const desk = await openConfiguredDesk('');
    await desk.assume(desk.role);
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = desk.env;
    for (const name of ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN']) delete desk.env[`AWS_${name}`];
    const session = { AccessKeyId: id, SecretAccessKey: secret, Token: token, Expiration: '2036-01-01T00:00:00Z' };
    desk.env.AWS_SHARED_CREDENTIALS_FILE = join(desk.home, '.aws/none');
    const from = desk.sandbox.requests.length;
    const signers = () => new Set(desk.sandbox.requests.slice(from).map(({ accessKeyId }) => accessKeyId));
    return { ...desk, session, signers };
  }

  test("the container's role: asked for once, and signs", async () => {
    const desk = await bare();
    const { url, asked } = await agent((path) => (path === '/role' ? JSON.stringify(desk.session) : undefined));
    desk.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${url}/role`;

    const { code } = await desk.run(`rotate --user alice --to ${desk.place} --yes`);

    expect([code, asked]).toEqual([0, ['/role']]);
    expect(desk.signers().has(desk.session.AccessKeyId as string)).toBe(true);
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], holds: 'new' });
  });

  test("the machine's role: asked for once, and signs", async () => {
    const desk = await bare();
    const base = '/latest/meta-data/iam/security-credentials/';
    const { url, asked } = await agent(
      (path) =>
        ({
          '/latest/api/token': 'token',
          [base]: 'rotator',
          [`${base}rotator`]: JSON.stringify({ Code: 'Success', ...desk.session }),
        })[path],
    );
    desk.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = url;
    desk.env.AWS_EC2_METADATA_DISABLED = 'false';

    const { code } = await desk.run(`rotate --user alice --to ${desk.place} --yes`);

    expect(code).toBe(0);
    expect(asked.filter((path) => path === `${base}rotator`)).toHaveLength(1);
    expect(desk.signers().has(desk.session.AccessKeyId as string)).toBe(true);
  });

  test("a role of the account assumed with the container's: credential_source", async () => {
    const desk = await bare();
    const { url } = await agent((path) => (path === '/role' ? JSON.stringify(desk.session) : undefined));
    desk.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${url}/role`;
    writeFileSync(
      join(desk.home, '.aws/config'),
      `[profile task]\nrole_arn = ${desk.role}\ncredential_source = EcsContainer\n`,
    );

    const { code } = await desk.run(`rotate --user alice --to ${desk.place} --yes --profile task`);

    expect(code).toBe(0);
    expect(
      desk.sandbox.requests.find(
        ({ operation, accessKeyId }) => operation === 'AssumeRole' && accessKeyId === desk.session.AccessKeyId,
      ),
    ).toBeDefined();
  });
});
