// Whose credentials, which region, which endpoint: as in the AWS CLI, and flags win.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allBut, type Desk, openDesk } from '../support/cli.ts';
import { errorShape } from '../support/shape.ts';

/** Whose key signed the first request. */
async function signerOf(desk: Desk, command = 'rotate --user alice --dry-run --to credentials-file:default') {
  const from = desk.sandbox.requests.length;
  const { code, stderr } = await desk.run(command);
  return { code, stderr, key: desk.sandbox.requests[from]?.accessKeyId };
}

/** No key in the environment; `admin` is a profile. */
async function withProfiles() {
  const desk = await openDesk();
  desk.addProfile('admin', desk.signer);
  delete desk.env.AWS_ACCESS_KEY_ID;
  delete desk.env.AWS_SECRET_ACCESS_KEY;
  return desk;
}

describe('credentials', () => {
  test('a key in the environment', async () => {
    const desk = await openDesk();

    expect(await signerOf(desk)).toMatchObject({ code: 0, key: desk.signer.accessKeyId });
  });

  test('AWS_PROFILE', async () => {
    const desk = await withProfiles();
    desk.env.AWS_PROFILE = 'admin';

    expect(await signerOf(desk)).toMatchObject({ code: 0, key: desk.signer.accessKeyId });
  });

  test('--profile, before or after the command, wins over AWS_PROFILE', async () => {
    const desk = await withProfiles();
    desk.env.AWS_PROFILE = 'default';

    const after = await signerOf(desk, 'rotate --user alice --dry-run --to credentials-file:default --profile admin');
    const before = await signerOf(desk, '--profile admin rotate --user alice --dry-run --to credentials-file:default');

    expect([after.key, before.key]).toEqual([desk.signer.accessKeyId, desk.signer.accessKeyId]);
  });

  test('--profile wins over a key in the environment, which wins over AWS_PROFILE', async () => {
    const desk = await openDesk();
    desk.addProfile('admin', desk.signer);
    const [alice] = desk.keys;
    desk.account.setPolicies('alice', allBut('iam:Nothing'));
    desk.env.AWS_ACCESS_KEY_ID = alice?.accessKeyId;
    desk.env.AWS_SECRET_ACCESS_KEY = alice?.secretAccessKey;
    desk.env.AWS_PROFILE = 'admin';

    const plain = await signerOf(desk);
    const flagged = await signerOf(desk, 'rotate --user alice --dry-run --to credentials-file:default --profile admin');

    expect([plain.key, flagged.key]).toEqual([alice?.accessKeyId, desk.signer.accessKeyId]);
  });

  test("the caller's own user is the default", async () => {
    const desk = await openDesk();
    const [alice] = desk.keys;
    desk.account.setPolicies('alice', allBut('iam:Nothing'));
    desk.env.AWS_ACCESS_KEY_ID = alice?.accessKeyId;
    desk.env.AWS_SECRET_ACCESS_KEY = alice?.secretAccessKey;

    const { code, json } = await desk.run('rotate --to credentials-file:default --yes --json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ user: 'alice', oldKey: alice?.accessKeyId, outcome: 'waiting' });
  });

  test('none at all: exit 2', async () => {
    const desk = await withProfiles();
    writeFileSync(desk.credentialsFile, '');

    const { code, json } = await desk.run('rotate --user alice --to credentials-file:default --yes --json');

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(json().error).toMatchObject({ name: 'CredentialsError', hint: expect.stringContaining('--profile') });
    expect(desk.stateFiles()).toBeNull();
  });

  test('a profile that is not there: exit 2', async () => {
    const desk = await withProfiles();

    const { code, stderr } = await desk.run('rotate --user alice --to credentials-file:default --yes --profile nobody');

    expect(code).toBe(2);
    expect(stderr).toContain("error: there is no profile nobody in the AWS CLI's files");
    expect(desk.sandbox.requests).toEqual([]);
  });

  test.each([
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'AWS does not accept the key'],
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }, 'AWS does not accept the key'],
  ])('%s: exit 3', async (_, env, message) => {
    const desk = await openDesk();
    Object.assign(desk.env, env);

    const { code, json } = await desk.run('rotate --user alice --to credentials-file:default --yes --json');

    expect(code).toBe(3);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toContain(message);
    expect(desk.stateFiles()).toBeNull();
  });

  test('an expired session: exit 3, and how to sign in again', async () => {
    const desk = await openDesk();
    const { arn } = desk.account.createRole({ name: 'operator', policies: allBut('iam:Nothing') });
    await desk.assume(arn);
    await desk.pass(2);

    const { code, json } = await desk.run('rotate --user alice --to credentials-file:default --yes --json');

    expect(code).toBe(3);
    expect(json().error).toMatchObject({
      message: expect.stringContaining('has expired'),
      hint: expect.stringContaining('sign in again'),
    });
  });

  test('a session that expires between two commands: exit 3, everything stays, and a new one goes on', async () => {
    const desk = await openDesk();
    const { arn } = desk.account.createRole({ name: 'operator', policies: allBut('iam:Nothing') });
    await desk.assume(arn);
    await desk.waiting();
    const before = desk.left();
    await desk.pass(60);

    const expired = await desk.run('resume --json');
    const then = desk.left();
    await desk.assume(arn);
    const renewed = await desk.run('resume --json');

    expect(expired.stderr).toContain('has expired');
    expect(expired.stderr).toContain('hint: sign in again');
    expect([expired.code, renewed.code]).toEqual([3, 0]);
    expect(then).toEqual(before);
    expect(renewed.json().state).toBe('awaitGrace');
  });

  test("a role's credentials have no user of their own: exit 2 without --user, with it all is well", async () => {
    const desk = await openDesk();
    const { arn } = desk.account.createRole({ name: 'operator', policies: allBut('iam:Nothing') });
    await desk.assume(arn);

    const nameless = await desk.run('rotate --to credentials-file:default --yes --json');
    const named = await desk.run('rotate --user alice --to credentials-file:default --yes --json');

    expect(nameless.code).toBe(2);
    expect(nameless.json().error.hint).toContain('--user');
    expect(named.json().outcome).toBe('waiting');
  });

  test('root credentials: keys of the root user are never touched, exit 3', async () => {
    const desk = await openDesk();
    const root = desk.account.createRootKey();
    desk.canary.guard(root);
    desk.env.AWS_ACCESS_KEY_ID = root.accessKeyId;
    desk.env.AWS_SECRET_ACCESS_KEY = root.secretAccessKey;

    const { code, json } = await desk.run('rotate --to credentials-file:default --yes --json');

    expect(code).toBe(3);
    expect(json().error.message).toContain('keys of the root user are never touched');
    expect(desk.changes()).toEqual([]);
  });
});

describe('endpoint and region', () => {
  test('nothing listens: exit 3, and where to look', async () => {
    const desk = await openDesk();
    desk.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';

    const { code, json } = await desk.run('rotate --user alice --to credentials-file:default --yes --json');

    expect(code).toBe(3);
    expect(json()).toEqual(errorShape);
    expect(json().error).toMatchObject({
      message: expect.stringContaining('AWS could not be reached for iam:GetAccessKeyLastUsed'),
      hint: expect.stringContaining('AWS_ENDPOINT_URL'),
    });
    expect(desk.stateFiles()).toBeNull();
  });

  test.each([
    ['--endpoint-url nonsense', /^error: the endpoint for \w+:\w+ is no URL\n/, '--endpoint-url'],
    ['--region eu_west', /^error: "eu_west" is no region\n/, '--region'],
  ])('%s: exit 2, nothing was sent, and where it comes from', async (flag, message, hint) => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run(`rotate --user alice --to credentials-file:default --yes ${flag}`);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: [^\n]+\nhint: nothing was sent; [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(hint);
    expect(desk.sandbox.requests).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('AWS_ENDPOINT_URL_IAM and _STS win over AWS_ENDPOINT_URL, and --endpoint-url over all', async () => {
    const desk = await openDesk();
    const nowhere = 'http://127.0.0.1:9';
    Object.assign(desk.env, {
      AWS_ENDPOINT_URL: nowhere,
      AWS_ENDPOINT_URL_IAM: desk.sandbox.url,
      AWS_ENDPOINT_URL_STS: desk.sandbox.url,
    });
    const each = await signerOf(desk);
    Object.assign(desk.env, { AWS_ENDPOINT_URL_IAM: nowhere, AWS_ENDPOINT_URL_STS: nowhere });
    const none = await signerOf(desk);

    const flag = await signerOf(
      desk,
      `--endpoint-url ${desk.sandbox.url} rotate --user alice --dry-run --to credentials-file:default`,
    );

    expect([each.code, none.code, flag.code]).toEqual([0, 3, 0]);
  });

  test.each([
    [{ AWS_REGION: 'eu-central-1' }, '', 'eu-central-1'],
    [{ AWS_DEFAULT_REGION: 'ap-south-1' }, '', 'ap-south-1'],
    [{ AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'ap-south-1' }, '', 'eu-central-1'],
    [{ AWS_REGION: 'eu-central-1' }, '--region sa-east-1', 'sa-east-1'],
    [{ AWS_PROFILE: 'west' }, '', 'eu-west-3'],
    [{ AWS_PROFILE: 'bare' }, '', 'us-east-1'],
  ])('region: %j %s', async (env, flag, region) => {
    const desk = await openDesk();
    writeFileSync(
      join(desk.home, '.aws/config'),
      '[profile west]\nregion = eu-west-3\n[profile bare]\noutput = json\n',
    );
    delete desk.env.AWS_REGION;
    Object.assign(desk.env, env);

    const { json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json ${flag}`);

    expect(desk.record(json().rotation ?? '').context.plan.region).toBe(region);
  });
});
