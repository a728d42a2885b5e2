// Whole rotations whose places, or whose vault, are in AWS: through the command line, and back.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Desk, openDesk, user } from '../support/cli.ts';

const region = 'eu-west-1';

/** A desk whose old pair is in a secret, in one parameter, and in two. */
async function openPlaces(options: Parameters<typeof openDesk>[0] = {}) {
  const desk = await openDesk(options);
  const [old] = desk.keys;
  const { accessKeyId = '', secretAccessKey = '' } = old ?? {};
  const { secrets, parameters } = desk.sandbox;
  secrets.create({
    name: 'app/key',
    region,
    value: JSON.stringify({ host: 'db-1', aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey }),
  });
  parameters.create({ name: '/app/key', region, value: JSON.stringify({ accessKeyId, secretAccessKey }) });
  parameters.create({ name: '/app/secret', region, value: secretAccessKey });
  parameters.create({ name: '/app/id', region, value: accessKeyId, type: 'String' });
  const specs = ['secretsmanager:app/key', 'ssm:/app/key', 'ssm:/app/secret#id=/app/id'];

  const held = () => {
    const secret = JSON.parse(secrets.value('app/key', { region }) ?? '{}');
    const parameter = JSON.parse(parameters.value('/app/key', region));
    desk.canary.guard(
      { accessKeyId: '', secretAccessKey: secret.aws_secret_access_key },
      { accessKeyId: '', secretAccessKey: parameter.secretAccessKey },
      { accessKeyId: '', secretAccessKey: parameters.value('/app/secret', region) },
    );
    const ids = [secret.aws_access_key_id, parameter.accessKeyId, parameters.value('/app/id', region)];
    return ids.map((id) => (id === accessKeyId ? 'old' : id === desk.newKey() ? 'new' : 'another'));
  };
  return { ...desk, specs, to: specs.map((spec) => `--to ${spec}`).join(' '), held };
}

function vaultOf({ sandbox }: Desk): string[] {
  return Object.keys(sandbox.secrets.snapshot({ region })).filter((name) => name.startsWith('keyturn/'));
}

describe('a rotation', () => {
  test('brings the new key to every kind of place in AWS, and pins their region', async () => {
    const desk = await openPlaces();

    const { code, json } = await desk.run(`rotate --user ${user} ${desk.to} --yes --wait --json`);

    expect({ code, holds: desk.held(), keys: desk.left().keys }).toEqual({
      code: 0,
      holds: ['new', 'new', 'new'],
      keys: ['new Active'],
    });
    expect(json().consumers.map(({ spec }) => spec)).toEqual([
      'secretsmanager:app/key#region=eu-west-1',
      'ssm:/app/key#region=eu-west-1',
      'ssm:/app/secret#id=/app/id,region=eu-west-1',
    ]);
  });

  test('S24 that goes back gives each its old pair, and keeps what else was changed', async () => {
    const desk = await openPlaces();
    const { secrets } = desk.sandbox;
    await desk.run(`rotate --user ${user} ${desk.to} --yes --json`);
    const delivered = desk.held();
    const now = secrets.value('app/key', { region }) ?? '';
    secrets.put('app/key', now.replace('db-1', 'db-2'), { region });

    const { code } = await desk.run('rollback --yes --json');

    expect(delivered).toEqual(['new', 'new', 'new']);
    expect({ code, holds: desk.held() }).toMatchObject({ code: 0, holds: ['old', 'old', 'old'] });
    expect(JSON.parse(secrets.value('app/key', { region }) ?? '{}')).toMatchObject({ host: 'db-2' });
  });

  test('S17 of the own key signs the places’ calls with the new one from the delivery on', async () => {
    const desk = await openPlaces();
    const [own] = desk.keys;
    desk.account.setPolicies(user, [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    ]);
    desk.env.AWS_ACCESS_KEY_ID = own?.accessKeyId;
    desk.env.AWS_SECRET_ACCESS_KEY = own?.secretAccessKey;

    const { code } = await desk.run(`rotate ${desk.to} --vault secretsmanager --yes --wait --json`);

    const { requests } = desk.sandbox;
    const delivered = requests.findIndex(
      ({ operation, error }) => operation === 'UpdateSecretVersionStage' && error === null,
    );
    const since = requests.slice(delivered);
    expect({ code, holds: desk.held() }).toEqual({ code: 0, holds: ['new', 'new', 'new'] });
    expect(since.length).toBeGreaterThan(20);
    expect(since.filter(({ accessKeyId }) => accessKeyId === own?.accessKeyId)).toEqual([]);
  });

  test('is refused before any key is made where a place is not ready', async () => {
    const desk = await openPlaces();
    desk.sandbox.secrets.put('app/key', '{}', { region, stages: ['AWSPENDING'] });

    const { code, stderr } = await desk.run(`rotate --user ${user} ${desk.to} --yes --json`);

    expect({ code, keys: desk.left().keys }).toEqual({ code: 3, keys: ['old Active'] });
    expect(stderr).toContain('the secret app/key has a pending version');
  });

  test('without any region is a usage error, because the services are regional', async () => {
    const desk = await openPlaces();
    desk.env.AWS_REGION = undefined;
    writeFileSync(desk.credentialsFile, readFileSync(desk.credentialsFile, 'utf8').replace(/^region.*\n/m, ''));

    const place = await desk.run(`rotate --user ${user} --to ssm:/app/key --yes --json`);
    const vault = await desk.run(`rotate --user ${user} --to ${desk.place} --vault secretsmanager --yes --json`);

    expect([place.code, place.json().error.message]).toEqual([2, 'in which region is ssm:/app/key?']);
    expect([vault.code, vault.json().error.message]).toEqual([2, 'in which region is the vault secretsmanager?']);
    expect(desk.left().keys).toEqual(['old Active']);
  });
});

test('the region of a profile counts where none is set otherwise', async () => {
  const desk = await openPlaces();
  desk.env.AWS_REGION = undefined;

  const { json } = await desk.run(`rotate --user ${user} --to ssm:/app/key --yes --json`);

  expect(json().consumers.map(({ spec }) => spec)).toEqual(['ssm:/app/key#region=eu-west-1']);
});

describe('the vault in Secrets Manager', () => {
  test('keeps the pairs from command to command, nothing of them on this machine, and is gone at the end', async () => {
    const desk = await openPlaces();

    const begun = await desk.run(`rotate --user ${user} ${desk.to} --vault secretsmanager --yes --json`);
    const between = { aws: vaultOf(desk), here: desk.left().vault };
    await desk.pass(60);
    await desk.run('resume --json');
    await desk.pass(24 * 8);
    const { code } = await desk.run('resume --json');

    const rotation = begun.json().rotation;
    expect(between).toEqual({ aws: [`keyturn/vault/${rotation}`], here: [] });
    expect(desk.record(rotation ?? '').context.plan.vault).toBe('secretsmanager');
    expect({ code, aws: vaultOf(desk), holds: desk.held() }).toEqual({
      code: 0,
      aws: [],
      holds: ['new', 'new', 'new'],
    });
  });

  test('gives the old pair back to a roll back that names no vault', async () => {
    const desk = await openPlaces();
    await desk.run(`rotate --user ${user} ${desk.to} --vault secretsmanager --yes --json`);

    const { code } = await desk.run('rollback --yes --json');

    expect({ code, aws: vaultOf(desk), holds: desk.held() }).toEqual({
      code: 0,
      aws: [],
      holds: ['old', 'old', 'old'],
    });
  });
});

test('keyturn policy is enough for such places', async () => {
  const printed = await (await openPlaces()).run(
    'policy rotate --user alice --to secretsmanager:app/key --to ssm:/app/key --to ssm:/app/secret#id=/app/id',
  );
  const desk = await openPlaces({ policies: [JSON.parse(printed.stdout)] });

  const { code } = await desk.run(`rotate --user ${user} ${desk.to} --yes --wait --json`);

  expect({ code, holds: desk.held() }).toEqual({ code: 0, holds: ['new', 'new', 'new'] });
});
