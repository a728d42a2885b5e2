// The rotation function as Secrets Manager calls it: what a rotation leaves, whatever was cut off in between, and what it refuses.
import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { told } from '../../src/lambda/in-lambda.ts';
import { make } from '../../src/lambda/native/rotate-secret.ts';
import { steps } from '../../src/lambda/native/version.ts';
import { type Cloud, type CloudOptions, createCloud, region, secret, user } from '../support/cloud.ts';

const lambdaArn = `arn:aws:lambda:${region}:123456789012:function:rotate-secret`;

async function openRotation(options: CloudOptions = {}) {
  const cloud = await createCloud(options);
  const { sandbox, parts, functions, sfn } = cloud;
  parts.deployment.KEYTURN_STATE_MACHINE = cloud.stateMachineArn;
  // Whoever reads the secret goes on with the new key: else the silence of the old one would prove nothing (S14).
  cloud.once('awaitQuiet', async () => {
    await cloud.clock.advance(3_600_000);
    cloud.account.use(cloud.newKey());
  });
  const refusals: string[] = [];
  const run = told(parts, make);
  sandbox.functions.register('rotate-secret', (event) =>
    run(event).catch((error: Error) => {
      refusals.push(error.message);
      throw error;
    }),
  );
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const client = new SecretsManagerClient({
    region,
    endpoint: sandbox.url,
    credentials: { accessKeyId, secretAccessKey },
  });
  let tokens = 0;
  /** As the console does: at once, be it a new rotation or one that was not complete. Resolves to how it ended. */
  const rotate = async (more: object = {}) => {
    tokens += 1;
    const ClientRequestToken = `${tokens}`.padStart(32, '0');
    await client
      .send(new RotateSecretCommand({ SecretId: secret, ClientRequestToken, RotationLambdaARN: lambdaArn, ...more }))
      .catch((error: Error) => expect(error.message).toContain('will be reattempted'));
    return sandbox.secrets.rotated(secret);
  };
  /** The second half waits before its first look until this is let go. */
  const held = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const checkOldKeyUse = async (event: unknown) => {
      await promise;
      return functions.checkOldKeyUse(event as never);
    };
    sandbox.functions.register('checkOldKeyUse', checkOldKeyUse);
    return resolve;
  };
  const executions = async () => {
    const { executions: all = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: cloud.stateMachineArn }),
    );
    return all.map(({ name, status }) => `${name} ${status}`);
  };
  return { ...cloud, cloud, client, refusals, rotate, held, executions };
}

/** Resolves to how the second half ended. */
async function retired({ until }: Cloud, oldKey: string) {
  const execution = `arn:aws:states:${region}:123456789012:execution:keyturn:${oldKey}-1`;
  await until(execution, 'rotated');
}

const stagesOf = ({ sandbox }: Cloud) =>
  (sandbox.secrets.snapshot()[secret]?.versions ?? []).map(({ stages }) => [...stages].sort().join(' '));

test('a rotation gives the secret a new key and leaves the old one to the state machine, which retires it', async () => {
  const { cloud, rotate, executions, oldKey, sandbox, left, told } = await openRotation();

  const ended = await rotate();
  const started = await executions();
  await retired(cloud, oldKey);

  expect(ended).toBe('rotated');
  expect(started).toHaveLength(1);
  expect(started[0]).toContain(`${oldKey}-1`);
  expect(left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
  const text = String(sandbox.secrets.value(secret, { region }));
  expect(Object.keys(JSON.parse(text))).toEqual(['host', 'accessKeyId', 'secretAccessKey']);
  expect(text).toMatch(/^\{\n {2}"host": "db\.example\.com",\n/);
  expect(told()).toContain('rotated');
});

test('set up without rotating at once, only whether the current pair works is tested', async () => {
  const { rotate, left, changes, refusals } = await openRotation();

  const ended = await rotate({ RotateImmediately: false });

  expect({ ended, refusals }).toEqual({ ended: 'rotated', refusals: [] });
  expect(left()).toEqual({ keys: ['old Active'], claims: [], secrets: [], place: 'old' });
  expect(changes()).toEqual([]);
});

test('while the old key is being watched another rotation is refused, and makes no third key', async () => {
  const { cloud, rotate, held, left, refusals, executions, oldKey } = await openRotation();
  const letGo = held();
  await rotate();

  const again = await rotate();

  expect(again).toBe('createSecret: RefusedError');
  expect(refusals).toEqual([expect.stringContaining('alice is being rotated already: rotation sm-')]);
  expect(left().keys).toEqual(['old Active', 'new Active']);
  expect(await executions()).toEqual([`${oldKey}-1 RUNNING`]);
  letGo();
  await retired(cloud, oldKey);
  expect(left().keys).toEqual(['new Active']);
});

test('S20 S21 cut off around any change, a rotation that is tried again ends with one new key and nothing left over', async () => {
  const whole = await openRotation();
  whole.held();
  const before = whole.sandbox.requests.length;
  await whole.rotate();
  const done = whole.sandbox.requests.slice(before).map(({ operation }) => operation);
  // What the state machine does is no part of the function.
  const own = done.slice(0, done.indexOf('StartExecution') + 1);
  const isChange = (operation = '') => /^(?:Create|Put|Start|Tag|UpdateSecret)/.test(operation);
  const cutOff = [...own.keys()].filter((lived) => lived > 0 && (isChange(own[lived]) || isChange(own[lived - 1])));
  expect(cutOff.length).toBeGreaterThan(12);
  for (const lived of cutOff) {
    const { cloud, sandbox, rotate, held, left, executions, oldKey } = await openRotation();
    held();
    // The rotation function alone asks for anything now, and dies: nothing it would do afterwards is done.
    sandbox.fault({ operation: '*', call: (call) => call > lived, kind: 'accessDenied' });
    await rotate();
    sandbox.clearFaults();
    const wasMoved = stagesOf(cloud).includes('AWSPREVIOUS');

    const ended = await rotate();

    // Once the new version is current, Secrets Manager takes the rotation for complete: what it begins then is another one.
    const expected = wasMoved ? 'createSecret: RefusedError' : 'rotated';
    expect({ lived, ended }).toEqual({ lived, ended: expected });
    expect(left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'new' });
    expect(stagesOf(cloud).slice(0, 2)).toEqual(['AWSPREVIOUS', expect.stringContaining('AWSCURRENT')]);
    expect(await executions()).toEqual([`${oldKey}-1 RUNNING`]);
  }
});

test.each(['lostAnswer', 'noAnswer'] as const)(
  'S20 the answer to CreateAccessKey (%s) may be lost in any attempt: no orphan stays',
  async (kind) => {
    const { sandbox, rotate, held, left } = await openRotation();
    held();
    sandbox.fault({ operation: 'CreateAccessKey', call: (call) => call <= 2, kind: 'lostAnswer' });
    if (kind === 'lostAnswer') sandbox.fault({ operation: 'PutSecretValue', call: 1, kind });

    await rotate();
    const ended = await rotate();

    expect(ended).toBe('rotated');
    expect(left().keys).toEqual(['old Active', 'new Active']);
  },
);

test('each step may be called twice', async () => {
  const { cloud, parts, sandbox, rotate, held, left, executions, oldKey } = await openRotation();
  held();
  const run = make(parts);
  sandbox.functions.register('rotate-secret', async (event) => {
    await run(event);
    await run(event);
  });

  expect(await rotate()).toBe('rotated');
  for (const Step of steps) {
    const { arn = '', versions = [] } = sandbox.secrets.snapshot()[secret] ?? {};
    await run({ Step, SecretId: arn, ClientRequestToken: versions.at(-1)?.id });
  }

  expect(left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'new' });
  expect(stagesOf(cloud)).toEqual(['AWSPREVIOUS', 'AWSCURRENT AWSPENDING']);
  expect(await executions()).toEqual([`${oldKey}-1 RUNNING`]);
});

test('finishSecret once more, when the old key is gone, begins nothing', async () => {
  const { cloud, parts, sandbox, rotate, executions, oldKey } = await openRotation();
  await rotate();
  await retired(cloud, oldKey);
  const { arn = '', versions = [] } = sandbox.secrets.snapshot()[secret] ?? {};

  await make(parts)({ Step: 'finishSecret', SecretId: arn, ClientRequestToken: versions.at(-1)?.id });

  expect(await executions()).toEqual([`${oldKey}-1 SUCCEEDED`]);
});

describe('S24 a secret that was changed while it was rotated', () => {
  async function changed() {
    const opened = await openRotation();
    const { sandbox, parts } = opened;
    opened.held();
    const run = told(parts, make);
    sandbox.functions.register('rotate-secret', async (event) => {
      if ((event as { Step: string }).Step === 'finishSecret') {
        sandbox.functions.register('rotate-secret', run);
        const value = JSON.parse(String(sandbox.secrets.value(secret, { region })));
        sandbox.secrets.put(secret, JSON.stringify({ ...value, host: 'new.example.com' }, null, 2), { region });
      }
      return run(event);
    });
    return { ...opened, ended: await opened.rotate() };
  }

  test('is not put back to what it was: the rotation stops and says how to take the change along', async () => {
    const { ended, left, sandbox } = await changed();

    expect(ended).toBe('finishSecret: UnexpectedStateError');
    expect(left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'old' });
    expect(sandbox.published.at(-1)).toMatchObject({ attributes: { event: 'stuck' } });
    expect(JSON.stringify(sandbox.published.at(-1))).toContain('--version-stage AWSPENDING --remove-from-version-id');
  });

  test('at the last moment is not put back either', async () => {
    const { sandbox, rotate, held, left } = await openRotation();
    held();
    let tags = 0;
    sandbox.onRequest(({ phase, operation }) => {
      // The claim is raised for the key that is made, and once more right before the secret is changed.
      if (phase !== 'after' || operation !== 'TagUser' || ++tags !== 3) return;
      const value = JSON.parse(String(sandbox.secrets.value(secret, { region })));
      sandbox.secrets.put(secret, JSON.stringify({ ...value, host: 'new.example.com' }, null, 2), { region });
    });

    const ended = await rotate();

    expect(ended).toBe('finishSecret: AwsRefusalError');
    expect(left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'old' });
    expect(String(sandbox.secrets.value(secret, { region }))).toContain('"host": "new.example.com"');
  });

  test('keeps the change, and gets the same new key, when its pending version is given up', async () => {
    const { rotate, left, sandbox, newKey } = await changed();
    const made = newKey();
    sandbox.secrets.label(secret, 'AWSPENDING', null, region);

    const ended = await rotate();

    expect(ended).toBe('rotated');
    expect(newKey()).toBe(made);
    expect(left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'new' });
    expect(String(sandbox.secrets.value(secret, { region }))).toContain('"host": "new.example.com"');
  });
});

describe('S27 nothing is made where', () => {
  const value = (cloud: Cloud) => JSON.parse(String(cloud.sandbox.secrets.value(secret, { region })));

  test.each<[string, string, CloudOptions, (cloud: Cloud) => void]>([
    [
      'neither tag nor policy names the secret',
      'nobody says that the secret app/alice is a place of alice',
      { policy: 'defaults:\n  administrators: [alice]\n' },
      () => {},
    ],
    [
      'its secret is not the key’s own',
      'does not answer as alice',
      {},
      (cloud) => {
        const wrong = { ...value(cloud), secretAccessKey: 'w'.repeat(40) };
        cloud.sandbox.secrets.put(secret, JSON.stringify(wrong), { region });
      },
    ],
    [
      'it holds somebody else’s key, and is tagged for alice',
      'nobody says that the secret app/alice is a place of bob',
      { policy: 'defaults:\n  administrators: [alice, bob]\n' },
      (cloud) => {
        const [bobs] = cloud.account.createUser({ name: 'bob', keys: [{}] }).keys;
        cloud.sandbox.secrets.put(secret, JSON.stringify(bobs), { region });
        cloud.sandbox.secrets.change(secret, { tags: { 'keyturn:user': 'alice' } }, region);
      },
    ],
    [
      'another place would be left behind',
      'ssm:/app/alice#region=us-east-1 would be left with the old key of alice',
      {
        policy: `defaults:\n  administrators: [alice]\n  consumers: ['secretsmanager:${secret}', 'ssm:/app/alice']\n`,
      },
      () => {},
    ],
    [
      'another secret that is tagged for the user holds the same pair',
      'secretsmanager:app/copy#region=us-east-1 would be left with the old key of alice',
      {},
      (cloud) => {
        const copy = { name: 'app/copy', value: JSON.stringify(value(cloud)), tags: { 'keyturn:user': 'alice' } };
        cloud.sandbox.secrets.create({ ...copy, region });
      },
    ],
    [
      'the user can change IAM and nobody listed them',
      'alice can change IAM',
      {
        policy: `defaults:\n  consumers: ['secretsmanager:${secret}']\n`,
        policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'iam:*', Resource: '*' } }],
      },
      () => {},
    ],
    ['the key was never used', 'was never used, so nobody needs another', { lastUsed: null }, () => {}],
    [
      'the switch is off',
      'nothing may begin now',
      {},
      (cloud) => cloud.sandbox.parameters.put('/keyturn/switch', 'stop', region),
    ],
    [
      'there are two keys already',
      'alice has two keys already',
      { keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-07-01T08:00:00Z' }] },
      () => {},
    ],
  ])('%s', async (_, reason, options, arrange) => {
    const { cloud, rotate, refusals, changes } = await openRotation(options);
    arrange(cloud);

    const ended = await rotate();

    expect(ended).toBe('createSecret: RefusedError');
    expect(refusals.join()).toContain(reason);
    expect(changes()).not.toContain('CreateAccessKey');
    expect(changes()).not.toContain('TagUser');
    expect(cloud.told()).toEqual(['refused']);
  });
});

test('S27 a tag names the secret as well as the policy does', async () => {
  const { sandbox, rotate, held, left } = await openRotation({ policy: 'defaults:\n  administrators: [alice]\n' });
  held();
  sandbox.secrets.change(secret, { tags: { 'keyturn:user': user } }, region);

  expect(await rotate()).toBe('rotated');
  expect(left().place).toBe('new');
});

test('properties of any name are found by the key that is in them, and keep their names', async () => {
  const { sandbox, rotate, held, newKey } = await openRotation();
  held();
  const { accessKeyId, secretAccessKey } = JSON.parse(String(sandbox.secrets.value(secret, { region })));
  sandbox.secrets.put(secret, `{"who":"${accessKeyId}","what":"${secretAccessKey}","n":1.50}`, { region });

  expect(await rotate()).toBe('rotated');
  expect(String(sandbox.secrets.value(secret, { region }))).toMatch(
    new RegExp(`^\\{"who":"${newKey()}","what":"[A-Za-z0-9/+=]{40}","n":1\\.50\\}$`),
  );
});

test('a new key that AWS does not accept is never made the current one', async () => {
  const { sandbox, rotate, left } = await openRotation({ settings: { newKeyDelay: 3_600_000 } });

  const ended = await rotate();

  expect(ended).toBe('testSecret: UnexpectedStateError');
  expect(left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'old' });
  expect(sandbox.published.at(-1)?.attributes.event).toBe('stuck');
});

test('neither an event, a message nor a log line ever holds a secret access key', async () => {
  const { cloud, sandbox, rotate, logged, oldKey } = await openRotation();
  const secrets = [JSON.parse(String(sandbox.secrets.value(secret, { region }))).secretAccessKey];
  await rotate();
  secrets.push(JSON.parse(String(sandbox.secrets.value(secret, { region }))).secretAccessKey);
  await retired(cloud, oldKey);

  const seen = JSON.stringify([logged, sandbox.published]);

  expect(secrets[0]).not.toBe(secrets[1]);
  for (const one of secrets) expect(seen).not.toContain(one);
});
