// A person who signs in: an MFA code typed at a real terminal, and the built command behind a single sign-on.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/built-cli.ts';
import { openConfiguredDesk, rotateAlice } from '../../support/configured-desk.ts';
import { enter, openTerminal } from '../../support/terminal.ts';

const waiting = {
  keys: ['old Active', 'new Active'],
  claims: 1,
  vault: ['new.json', 'old.json'],
  locks: [],
  holds: 'new',
};

describe.concurrent('a role that is given to those with MFA only', () => {
  const serial = 'arn:aws:iam::123456789012:mfa/me';
  const config = `[profile ops]\nrole_arn = ROLE\nsource_profile = admin\nmfa_serial = ${serial}\n`;

  test('a wrong code is refused by AWS: exit 3, nothing is changed; the right one rotates', async (context) => {
    const desk = await openConfiguredDesk(config, { real: true, requiresMfa: true }, context);
    desk.account.setMfaCode(serial, '271828');

    const first = await openTerminal(desk, context, `${rotateAlice} --profile ops`);
    await first.answer(`MFA code for ${serial}`, `314159${enter}`);
    const refused = await first.ended;
    const between = { changes: desk.changes(), state: desk.stateFiles() };
    const second = await openTerminal(desk, context, `${rotateAlice} --profile ops`);
    await second.answer(`MFA code for ${serial}`, `271828${enter}`);
    const rotated = await second.ended;

    expect(refused.code).toBe(3);
    expect(refused.screen).toMatch(/error: AWS did not accept the MFA code for sts:AssumeRole \(request \S+\)\nhint: /);
    expect(between).toEqual({ changes: [], state: null });
    expect(rotated.code).toBe(0);
    expect(desk.left()).toEqual(waiting);
  });

  test('a profile that forgets the device: exit 3, and the refusal names sts:AssumeRole', async (context) => {
    const desk = await openConfiguredDesk(
      config.replace(/mfa_serial.*\n/, ''),
      { real: true, requiresMfa: true },
      context,
    );

    const { code, stderr } = await runCli(desk, context, `${rotateAlice} --profile ops`);

    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: sts:AssumeRole is denied: User: \S+ is not authorized[^\n]+\nhint: [^\n]+\n$/);
    expect(desk.stateFiles()).toBeNull();
  });
});

describe.concurrent('a single sign-on', () => {
  test('the built command exchanges the token and rotates', async (context) => {
    const config = `[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
[profile ops]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
`;
    const desk = await openConfiguredDesk(config, { real: true }, context);
    const accessToken = desk.account.signIn({ permissionSets: { Admin: desk.role } });
    desk.canary.guard({ accessKeyId: '', secretAccessKey: accessToken });
    const cache = join(desk.home, '.aws/sso/cache');
    mkdirSync(cache, { recursive: true });
    writeFileSync(
      join(cache, `${createHash('sha1').update('corp').digest('hex')}.json`),
      JSON.stringify({ accessToken, expiresAt: '2036-01-01T00:00:00Z' }),
    );

    const { code, stderr } = await runCli(desk, context, `${rotateAlice} --profile ops --verbose`);

    expect(code).toBe(0);
    expect(stderr).not.toContain(accessToken);
    expect(desk.sandbox.requests[0]).toMatchObject({ operation: 'GetRoleCredentials', error: null });
    expect(desk.left()).toEqual(waiting);
  });
});
