// Profiles whose credentials come from somewhere else: a role, a role with MFA, a process.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allBut, type Desk } from '../support/cli.ts';
import { openConfiguredDesk, rotateAlice } from '../support/configured-desk.ts';

const serial = 'arn:aws:iam::123456789012:mfa/me';

function script(desk: Desk, body: string) {
  const path = join(desk.home, 'process');
  writeFileSync(path, `#!/bin/sh\necho run >>${desk.home}/runs\n${body}\n`);
  chmodSync(path, 0o755);
}

const runs = (desk: Desk) => {
  const path = join(desk.home, 'runs');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
};

const assumptions = (desk: Desk) => desk.sandbox.requests.filter(({ operation }) => operation === 'AssumeRole');
const twoLines = /^error: [^\n]+\nhint: [^\n]+\n$/;

describe('a profile that assumes a role', () => {
  const config = '[profile ops]\nrole_arn = ROLE\nsource_profile = admin\n';

  test('is assumed once, with the key of its source profile; the role signs the rest', async () => {
    const desk = await openConfiguredDesk(config);

    const { code } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(0);
    expect(assumptions(desk).map(({ accessKeyId }) => accessKeyId)).toEqual([desk.signer.accessKeyId]);
    const others = desk.sandbox.requests.filter(({ operation }) => operation === 'ListAccessKeys');
    expect(others.every(({ accessKeyId }) => accessKeyId?.startsWith('ASIA'))).toBe(true);
  });

  test('--endpoint-url is where the role is assumed, too', async () => {
    const desk = await openConfiguredDesk(config);
    desk.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';

    const { code } = await desk.run(`${rotateAlice} --profile ops --endpoint-url ${desk.sandbox.url}`);

    expect([code, assumptions(desk).length]).toEqual([0, 1]);
  });

  test('that may not be assumed: exit 3, and the refusal names sts:AssumeRole', async () => {
    const desk = await openConfiguredDesk(config, { policies: allBut('sts:AssumeRole') });

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(3);
    expect(stderr).toContain('error: sts:AssumeRole is denied: ');
    expect(stderr).toContain('hint: allow sts:AssumeRole for whoever runs keyturn');
    expect(desk.stateFiles()).toBeNull();
  });

  test('whose source profile is not there: exit 2', async () => {
    const desk = await openConfiguredDesk('[profile ops]\nrole_arn = ROLE\nsource_profile = nobody\n');

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(2);
    expect(stderr).toMatch(twoLines);
    expect(stderr).toContain('error: profile ops leads to no credentials');
  });

  test('S17 with the very key that is rotated: from the delivery on the new one assumes it', async () => {
    const desk = await openConfiguredDesk('[profile own]\nrole_arn = ROLE\nsource_profile = self\n');
    const [alice] = desk.keys;
    desk.account.setPolicies('alice', allBut('iam:Nothing'));
    desk.addProfile('self', alice as NonNullable<typeof alice>);
    const begun = (await desk.run(`${rotateAlice} --json --profile own`)).json();
    const from = desk.sandbox.requests.length;
    await desk.pass(60);

    const { json } = await desk.run(`resume ${begun.rotation} --json --profile own`);

    expect(json().state).toBe('awaitGrace');
    expect(desk.sandbox.requests.slice(from).filter(({ accessKeyId }) => accessKeyId === alice?.accessKeyId)).toEqual(
      [],
    );
  });
});

describe('a role that asks for MFA', () => {
  const config = `[profile ops]\nrole_arn = ROLE\nsource_profile = admin\nmfa_serial = ${serial}\n`;

  test('on a terminal: the code is asked for once', async () => {
    const desk = await openConfiguredDesk(config);

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`, {
      answers: [[`MFA code for ${serial}`, '123456\r']],
    });

    expect(code).toBe(0);
    expect(assumptions(desk)).toHaveLength(1);
    expect(stderr).toContain('123456');
  });

  test('Ctrl-C at the question: exit 130, and nothing was asked of AWS', async () => {
    const desk = await openConfiguredDesk(config);

    const { code } = await desk.run(`${rotateAlice} --profile ops`, { answers: [['MFA code', '\u0003']] });

    expect(code).toBe(130);
    expect(desk.sandbox.requests).toEqual([]);
  });

  test('Ctrl-C at the question of a later command: exit 130, and the rotation stays as it is', async () => {
    const desk = await openConfiguredDesk(config);
    await desk.run(`${rotateAlice} --profile ops`, { answers: [['MFA code', '123456\r']] });
    const before = { ...desk.left(), requests: desk.sandbox.requests.length };
    await desk.pass(60);

    const { code } = await desk.run('resume --profile ops', { answers: [['MFA code', '\u0003']] });

    expect(code).toBe(130);
    expect({ ...desk.left(), requests: desk.sandbox.requests.length }).toEqual(before);
  });

  test('without a terminal: exit 2, and what to do instead', async () => {
    const desk = await openConfiguredDesk(config);

    const { code, stderr } = await desk.run(`${rotateAlice} --profile ops`);

    expect(code).toBe(2);
    expect(stderr).toMatch(twoLines);
    expect(stderr).toContain(`error: profile ops needs an MFA code of ${serial}, and there is no terminal to ask on`);
    expect(stderr).toContain('AWS_SESSION_TOKEN');
    expect(desk.sandbox.requests).toEqual([]);
  });
});

describe('credential_process', () => {
  const config = '[profile ops]\ncredential_process = HOME/process\n';

  test('what it prints signs, and it runs once', async () => {
    const desk = await openConfiguredDesk(config);
    desk.env.PAIR = `{"AccessKeyId":"${desk.signer.accessKeyId}","SecretAccessKey":"${desk.signer.secretAccessKey}"`;
    script(desk, `printf '%s,"Version":1}' "$PAIR"`);

    const { code } = await desk.run(`${rotateAlice} --profile ops`);

    expect([code, runs(desk)]).toEqual([0, 1]);
    expect(desk.sandbox.requests[0]?.accessKeyId).toBe(desk.signer.accessKeyId);
  });

  test.each([
    ['it fails', 'echo said-aloud; echo whispered >&2; exit 7'],
    ['it prints no JSON', 'echo said-aloud; echo whispered >&2'],
    ['it prints another version', `echo '{"Version":2,"SecretAccessKey":"said-aloud"}'`],
    [
      'it prints what has expired',
      `echo '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"said-aloud","Expiration":"2020-01-01T00:00:00Z"}'`,
    ],
  ])('%s: exit 2, it ran once, and nothing that it printed is shown', async (_, body) => {
    const desk = await openConfiguredDesk(config);
    script(desk, body);

    const { code, stdout, stderr } = await desk.run(`${rotateAlice} --profile ops --verbose`);

    expect([code, runs(desk)]).toEqual([2, 1]);
    expect(stderr).toContain('error: the credential_process of profile ops gave no usable credentials\nhint: run that');
    expect(stdout + stderr).not.toMatch(/said-aloud|whispered/);
    expect(desk.stateFiles()).toBeNull();
  });
});
