// Profiles that sign in to AWS's access portal: the token that `aws sso login` left is exchanged there, over the wire.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { openConfiguredDesk, rotateAlice } from '../support/configured-desk.ts';

const startUrl = 'https://corp.awsapps.com/start';
const session = `[sso-session corp]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n`;
const account = 'sso_account_id = 123456789012\nsso_role_name = Admin\n';
const modern = `${session}[profile ops]\nsso_session = corp\n${account}`;
const legacy = `[profile ops]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n${account}`;
const twoLines = /^error: [^\n]+\nhint: [^\n]+\n$/;

/** What `aws sso login` leaves behind for a session of this name, or for a start URL of the older kind. */
function keepToken(desk: Desk, name: string, accessToken: string, expiresAt: string) {
  desk.canary.guard({ accessKeyId: '', secretAccessKey: accessToken });
  const folder = join(desk.home, '.aws/sso/cache');
  mkdirSync(folder, { recursive: true });
  const file = `${createHash('sha1').update(name).digest('hex')}.json`;
  writeFileSync(join(folder, file), JSON.stringify({ accessToken, expiresAt }));
}

interface Arrangement {
  config?: string;
  /** Under which the token is kept. */
  name?: string;
  permissionSet?: string;
  hours?: number;
}

/** Somebody signed in whose permission set is a role that may do everything. */
async function signedIn({ config = modern, name = 'corp', permissionSet = 'Admin', hours = 8 }: Arrangement = {}) {
  const desk = await openConfiguredDesk(config);
  const token = desk.account.signIn({ permissionSets: { [permissionSet]: desk.role }, seconds: hours * 3600 });
  keepToken(desk, name, token, '2036-01-01T00:00:00Z');
  const exchanges = () => desk.sandbox.requests.filter(({ operation }) => operation === 'GetRoleCredentials');
  return { ...desk, exchanges };
}

describe('a session that is valid', () => {
  test.each([
    ['of a session', modern, 'corp'],
    ['of the older kind', legacy, startUrl],
  ])(
    '%s: the token is exchanged once for a command, and the role signs the rotation to its end',
    async (_, config, name) => {
      const desk = await signedIn({ config, name, hours: 24 * 60 });

      const begun = await desk.run(`${rotateAlice} --json --profile ops`);
      const exchanged = desk.exchanges().length;
      await desk.pass(60);
      const grace = await desk.run('resume --json --profile ops');
      await desk.pass(24 * 30);
      const ended = await desk.run('resume --json --profile ops');

      expect([begun.code, grace.code, ended.code]).toEqual([0, 0, 0]);
      expect([grace.json().state, ended.json().outcome]).toEqual(['awaitGrace', 'rotated']);
      expect([exchanged, desk.exchanges().length]).toEqual([1, 3]);
      expect(desk.left()).toEqual({ keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' });
      const signers = desk.sandbox.requests.filter(({ service }) => service === 'iam');
      expect(signers.every(({ accessKeyId }) => accessKeyId?.startsWith('ASIA'))).toBe(true);
    },
  );

  test('behind a role: what the portal gives assumes it', async () => {
    const config = `${modern}[profile top]\nrole_arn = ROLE\nsource_profile = ops\n`;
    const desk = await signedIn({ config });

    const { code } = await desk.run(`${rotateAlice} --profile top`);

    expect(code).toBe(0);
    expect(desk.sandbox.requests.slice(0, 2)).toMatchObject([
      { operation: 'GetRoleCredentials', accessKeyId: null },
      { operation: 'AssumeRole', accessKeyId: expect.stringMatching(/^ASIA/) },
    ]);
  });

  test.each([
    ['--endpoint-url', (url: string) => ({ flag: `--endpoint-url ${url}` })],
    [
      'AWS_ENDPOINT_URL_SSO',
      (url: string) => ({ env: { AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL_IAM: url, AWS_ENDPOINT_URL_STS: url } }),
    ],
  ])('%s is where the portal is', async (_, settings) => {
    const desk = await signedIn();
    const { flag = '', env = {} } = settings(desk.sandbox.url) as { flag?: string; env?: Record<string, string> };
    Object.assign(desk.env, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, env);

    const { code } = await desk.run(`${rotateAlice} --profile ops ${flag}`);

    expect([code, desk.exchanges().length]).toEqual([0, 1]);
  });
});

describe('the portal does not give what is asked for', () => {
  test('the session ended there before its time: exit 2, everything stays, and how to sign in', async () => {
    const desk = await signedIn({ hours: 1 });
    await desk.run(`${rotateAlice} --profile ops`);
    const before = desk.left();
    await desk.pass(60);

    const { code, stderr } = await desk.run('resume --profile ops');

    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: the SSO session of profile ops has expired, or was never begun\n' +
        'hint: run aws sso login --profile ops, then the same command again\n',
    );
    expect(desk.left()).toEqual(before);
  });

  test('the account and role are not for whoever signed in: exit 2, and which settings name them', async () => {
    const desk = await signedIn({ permissionSet: 'ReadOnly' });

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(2);
    expect(stderr).toMatch(twoLines);
    expect(stderr).toContain('error: SSO does not give the account and role of profile ops to whoever signed in');
    expect(stderr).toContain('sso_account_id');
    expect(desk.stateFiles()).toBeNull();
  });

  test('nothing listens there: exit 3, and where to look', async () => {
    const desk = await signedIn();
    desk.env.AWS_ENDPOINT_URL_SSO = 'http://127.0.0.1:9';

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(3);
    expect(stderr).toMatch(twoLines);
    expect(stderr).toContain('error: AWS could not be reached for sso:GetRoleCredentials: ECONNREFUSED');
    expect(desk.stateFiles()).toBeNull();
  });

  test('it asks to slow down: exit 3, and to wait', async () => {
    const desk = await signedIn();
    desk.sandbox.fault({ operation: 'GetRoleCredentials', call: 'every', kind: 'throttled' });

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(3);
    expect(stderr).toMatch(twoLines);
    expect(stderr).toContain('error: AWS throttled sso:GetRoleCredentials');
  });
});

describe('no session that is valid', () => {
  test.each([
    ['a session that has expired', modern, 'corp'],
    ['one of the older kind that has expired', legacy, startUrl],
    ['a session that was never begun', modern, null],
    ['one of the older kind that was never begun', legacy, null],
  ])('%s: exit 2, and the command that signs in', async (_, config, name) => {
    const desk = await openConfiguredDesk(config);
    if (name) keepToken(desk, name, 'said-aloud', '2020-01-01T00:00:00Z');

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: the SSO session of profile ops has expired, or was never begun\n' +
        'hint: run aws sso login --profile ops, then the same command again\n',
    );
    expect(desk.sandbox.requests).toEqual([]);
  });

  test('behind a role: the hint names the profile that signs in', async () => {
    const desk = await openConfiguredDesk(`${modern}[profile top]\nrole_arn = ROLE\nsource_profile = ops\n`);

    const { code, stderr } = await desk.run(`${rotateAlice} --profile top`);

    expect(code).toBe(2);
    expect(stderr).toContain('hint: run aws sso login --profile ops, then');
  });
});
