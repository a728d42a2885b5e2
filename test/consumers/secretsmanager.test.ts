// The Secrets Manager consumer against the embedded AWS: what changes, what never, what is refused, and who wins a race.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { SecretsManager } from '../../src/aws/contract.ts';
import type { ConsumerDeps } from '../../src/consumers/contract.ts';
import { secretsmanager } from '../../src/consumers/secretsmanager.ts';
import { ConsumerError, UsageError } from '../../src/errors.ts';
import { describeConsumer, type TestPlace } from './consumer-contract.ts';
import { type AccountOptions, jsonOf, newPair, oldPair, openAccount, pairIn, strange } from './places-account.ts';

const place = 'app/key#region=us-east-1';
const surroundings = { cwd: '/here', home: '/home/a', env: {}, region: 'eu-west-1' };

async function setUp(value: string | Uint8Array = jsonOf(oldPair), options: AccountOptions = {}) {
  const account = await openAccount(options);
  const { secrets } = account.sandbox;
  const { arn, versionId } = secrets.create({ name: 'app/key', value, kmsKeyId: 'alias/app', tags: { team: 'web' } });
  const versions = () => secrets.snapshot()['app/key']?.versions ?? [];
  return {
    ...account,
    secrets,
    arn,
    versionId: versionId ?? '',
    consumer: account.open(secretsmanager, place),
    value: () => secrets.value('app/key') ?? '',
    /** Which version has a label, `first` being the one at the start. */
    pending: () => versions().filter(({ stages }) => stages.includes('AWSPENDING')).length,
    versions,
    changes: () =>
      account.sandbox.requests
        .filter(({ operation, error }) => !/^(Get|List|Describe)/.test(operation) && error === null)
        .map(({ operation }) => operation),
  };
}

async function createPlace(pair: KeyPair): Promise<TestPlace> {
  const { secrets, open, value, crash, watch, pending } = await setUp(jsonOf(pair));
  return {
    open: () => open(secretsmanager, place),
    put: async (other) => void secrets.put('app/key', jsonOf(other)),
    content: async () => {
      const { tags, kmsKeyId, description } = secrets.snapshot()['app/key'] ?? {};
      return { value: value(), tags, kmsKeyId, description, pending: pending() };
    },
    read: async () => pairIn(value()),
    watch: (work) => watch(() => pairIn(value()), work),
    writeAndCrash: (next, expected) =>
      crash(secretsmanager, place, 'moveStage', (consumer) => consumer.write(next, expected)),
  };
}

describeConsumer('secretsmanager', createPlace);

describe('what it holds', () => {
  test.each([
    ['accessKeyId', 'secretAccessKey'],
    ['AccessKeyId', 'SecretAccessKey'],
    ['aws_access_key_id', 'aws_secret_access_key'],
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['accesskey', 'secretkey'],
    ['S3_USER', 'S3_PASSWORD'],
  ])('is recognised in %s and %s, which keep their names', async (id, secret) => {
    const { consumer, value } = await setUp(
      jsonOf(new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'oldSecretOfFortyCharactersInAllAndNoMore'), { id, secret }),
    );

    const { holds, pair } = await consumer.preflight({ user: 'alice', oldKey: 'AKIAOLDOLDOLDOLDOLD1' });
    await consumer.write(newPair, holds);

    expect(pair?.reveal()).toBe('oldSecretOfFortyCharactersInAllAndNoMore');
    expect(value()).toBe(
      `{"host": "db-1", "${id}": "AKIANEWNEWNEWNEWNEW2", "n": 12345678901234567890, "${secret}": "new/secret+of=forty-characters-in-all+++"}`,
    );
  });

  test('is only what the named properties hold', async () => {
    const { open, value } = await setUp(
      `{"a":"${strange.accessKeyId}","b":"x","accessKeyId":"${oldPair.accessKeyId}"}`,
    );
    const consumer = open(secretsmanager, 'app/key#id=a,secret=b,region=us-east-1');

    expect(await consumer.readBack()).toBe('AKIASTRANGESTRANGER3');
    await expect(consumer.write(newPair, oldPair.accessKeyId)).rejects.toThrow(ConsumerError);
    expect(value()).toContain(strange.accessKeyId);
  });

  test('is nothing for a first key, whose properties are added', async () => {
    const { consumer, value } = await setUp('{\n  "host": "db-1"\n}');

    const { holds } = await consumer.preflight({ user: 'alice', oldKey: null });
    await consumer.write(newPair, holds);

    expect(value()).toBe(
      '{\n  "host": "db-1",\n  "accessKeyId": "AKIANEWNEWNEWNEWNEW2",\n  "secretAccessKey": "new/secret+of=forty-characters-in-all+++"\n}',
    );
  });
});

describe('preflight accepts', () => {
  test('a value that the key fills to the last byte', async () => {
    const { consumer } = await setUp(`{"x":"${'x'.repeat(65_430)}"}`);

    const preflight = await consumer.preflight({ user: 'alice', oldKey: null });

    expect(preflight).toEqual({ holds: null, pair: null, notes: [] });
  });

  test('a rotation’s label that was left on the current version', async () => {
    const { consumer, secrets, versionId } = await setUp();
    secrets.label('app/key', 'AWSPENDING', versionId);

    const { holds, notes } = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

    expect([holds, notes]).toEqual([oldPair.accessKeyId, []]);
  });
});

describe('preflight refuses, and changes nothing,', () => {
  type Desk = Awaited<ReturnType<typeof setUp>>;
  const lambda = 'arn:aws:lambda:us-east-1:123456789012:function:rotate';

  test.each<[string, string | Uint8Array, (desk: Desk) => void, string, string?]>([
    [
      'a binary value',
      new Uint8Array([1, 2, 3]),
      () => {},
      'is binary',
      'keyturn writes two properties of a JSON object',
    ],
    [
      'no value',
      jsonOf(oldPair),
      ({ secrets }) => secrets.label('app/key', 'AWSCURRENT', null),
      'the secret app/key has no current value',
      'give it one first: for a first key, {} is enough',
    ],
    ['text that is no JSON', 'AKIAOLDOLDOLDOLDOLD1', () => {}, 'is no JSON object'],
    ['a JSON list', '[1]', () => {}, 'is no JSON object'],
    ['half a pair', '{"accessKeyId":"AKIAOLDOLDOLDOLDOLD1"}', () => {}, 'has accessKeyId but no secretAccessKey'],
    ['a property that is there twice', '{"accessKeyId":"a","accessKeyId":"b"}', () => {}, 'accessKeyId twice'],
    [
      'the key under two names',
      '{"a":"AKIAOLDOLDOLDOLDOLD1","b":"AKIAOLDOLDOLDOLDOLD1"}',
      () => {},
      'has the key in a and b',
    ],
    ['an id without a clear secret', '{"a":"AKIAOLDOLDOLDOLDOLD1"}', () => {}, 'which property has its secret'],
    ['a session token', `${jsonOf(oldPair).slice(0, -1)},"sessionToken":"x"}`, () => {}, 'has a session token'],
    [
      'another key',
      jsonOf(strange),
      () => {},
      'the secret app/key holds the key AKIA…GER3 instead of the key AKIA…OLD1',
      'name the secret that holds the key to replace, or its properties: #id=PROPERTY,secret=PROPERTY',
    ],
    ['no key', '{}', () => {}, 'holds no access key instead of the key AKIA…OLD1'],
    [
      'a rotation of its own',
      jsonOf(oldPair),
      ({ secrets }) => secrets.change('app/key', { rotation: { enabled: true, lambdaArn: lambda } }),
      'has a rotation of its own',
      'two rotations of one secret undo each other: cancel that one, or leave the key to it',
    ],
    [
      'a rotation that is paused',
      jsonOf(oldPair),
      ({ secrets }) => secrets.change('app/key', { rotation: { enabled: false, lambdaArn: lambda } }),
      'has a rotation of its own',
    ],
    [
      'a pending version',
      jsonOf(oldPair),
      ({ secrets }) =>
        void secrets.put('app/key', '{}', { stages: ['AWSPENDING'], id: 'somebody-elses-version-of-it-1' }),
      'has a pending version, somebody-elses-version-of-it-1',
      'something else is about to change it; when that is over, or its label AWSPENDING taken away, try again',
    ],
    [
      'replicas that failed',
      jsonOf(oldPair),
      ({ secrets }) =>
        secrets.change('app/key', {
          replicas: [
            { region: 'eu-west-1', status: 'Failed' },
            { region: 'eu-west-2', status: 'InSync' },
            { region: 'eu-west-3', status: 'Failed' },
          ],
        }),
      'the secret app/key has replicas that are not in sync: eu-west-1 (Failed), eu-west-3 (Failed)',
    ],
    [
      'a replica that failed',
      jsonOf(oldPair),
      ({ secrets }) => secrets.change('app/key', { replicas: [{ region: 'eu-west-1', status: 'Failed' }] }),
      'not in sync: eu-west-1 (Failed)',
      'whoever reads there would keep the old key; mend the replication, or remove these replicas',
    ],
    [
      'a secret that is not there',
      '{}',
      ({ secrets }) => secrets.delete('app/key'),
      'the secret app/key is not there',
      'correct the name or the region; keyturn makes no place of its own in AWS',
    ],
  ])('%s', async (_, value, arrange, message, hint = expect.stringMatching(/./)) => {
    const desk = await setUp(value);
    arrange(desk);
    const before = desk.secrets.snapshot({ values: true });

    const error = await desk.consumer
      .preflight({ user: 'alice', oldKey: oldPair.accessKeyId })
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect((error as ConsumerError).message).toContain(message);
    expect((error as ConsumerError).hint).toEqual(hint);
    expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
    expect(desk.secrets.snapshot({ values: true })).toEqual(before);
    expect(desk.changes()).toEqual([]);
  });

  test('a value that the key would make too large', async () => {
    const { consumer } = await setUp(`{"x":"${'x'.repeat(65_500)}"}`);

    const asking = consumer.preflight({ user: 'alice', oldKey: null });

    await expect(asking).rejects.toMatchObject({
      message: 'the secret app/key would have 65606 bytes with the key in it',
      hint: 'Secrets Manager takes 65536; nothing was changed',
    });
  });

  test('a secret that is marked for deletion', async () => {
    const desk = await setUp();
    const { DeleteSecretCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const { url: endpoint, credentials } = desk.sandbox;
    const client = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials });
    await client.send(new DeleteSecretCommand({ SecretId: 'app/key' }));
    client.destroy();

    const asking = desk.consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

    await expect(asking).rejects.toMatchObject({
      message: 'the secret app/key is marked for deletion',
      hint: 'name another place, or keep it: aws secretsmanager restore-secret --secret-id app/key',
    });
  });

  test.each(['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'])(
    'whoever may not %s',
    async (operation) => {
      const action = `secretsmanager:${operation}`;
      const { consumer, changes } = await setUp(jsonOf(oldPair), {
        policies: [
          {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: '*', Resource: '*' },
              { Effect: 'Deny', Action: action, Resource: '*' },
            ],
          },
        ],
      });

      const error = await consumer
        .preflight({ user: 'alice', oldKey: oldPair.accessKeyId })
        .catch((caught: unknown) => caught);

      expect(error).toBeInstanceOf(ConsumerError);
      expect((error as ConsumerError).message).toContain(`the secret app/key: ${action} is denied`);
      expect(changes()).toEqual([]);
    },
  );
});

describe('a write', () => {
  test('S24 finds another key than the one expected', async () => {
    const { consumer, changes } = await setUp();

    const error = await consumer.write(newPair, strange.accessKeyId).catch((caught: unknown) => caught);

    expect(consumer.spec).toBe('secretsmanager:app/key#region=us-east-1');
    expect(error).toMatchObject({
      message: 'the secret app/key holds the key AKIA…OLD1 instead of the key AKIA…GER3',
      hint: 'it was changed by something else, and that change stays',
    });
    expect(changes()).toEqual([]);
  });

  test('is done when what was written is what others read', async () => {
    const desk = await setUp(jsonOf(oldPair), { settings: { readDelay: 3_000 } });
    await desk.clock.sleep(60_000);

    await desk.consumer.write(newPair, oldPair.accessKeyId);

    expect(await desk.open(secretsmanager, place).readBack(newPair)).toBe(newPair.accessKeyId);
  });

  test('S24 puts the new version in the place of the one that was read, and leaves no label behind', async () => {
    const desk = await setUp();

    await desk.consumer.write(newPair, oldPair.accessKeyId);

    expect(desk.changes()).toEqual(['PutSecretValue', 'UpdateSecretVersionStage', 'UpdateSecretVersionStage']);
    expect(desk.versions().map(({ stages }) => stages)).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
  });

  test('S24 loses to whoever changes the secret between its read and its move', async () => {
    const desk = await setUp();
    const theirs = jsonOf(oldPair).replace('db-1', 'db-2');
    desk.before('PutSecretValue', () => desk.secrets.put('app/key', theirs));

    const error = await desk.consumer.write(newPair, oldPair.accessKeyId).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect(error).toMatchObject({
      message: 'the secret app/key was changed by something else just now',
      hint: 'that change stays; nothing of keyturn’s is in effect there',
    });
    expect({ value: desk.value(), pending: desk.pending() }).toEqual({ value: theirs, pending: 0 });
  });

  test('that was cut off before the move is done by the next one, with no second version', async () => {
    const desk = await setUp();

    await desk.crash(secretsmanager, place, 'moveStage', (consumer) => consumer.write(newPair, oldPair.accessKeyId));
    const cutOff = { holds: pairIn(desk.value())?.accessKeyId, pending: desk.pending(), count: desk.versions().length };
    await desk.open(secretsmanager, place).write(newPair, oldPair.accessKeyId);

    expect(cutOff).toEqual({ holds: 'AKIAOLDOLDOLDOLDOLD1', pending: 1, count: 2 });
    expect({ pending: desk.pending(), count: desk.versions().length }).toEqual({ pending: 0, count: 2 });
    expect(pairIn(desk.value())?.sameAs(newPair)).toBe(true);
  });

  test('that was cut off before the move and is taken back leaves nothing pending', async () => {
    const desk = await setUp();
    await desk.crash(secretsmanager, place, 'moveStage', (consumer) => consumer.write(newPair, oldPair.accessKeyId));

    const outcome = await desk.open(secretsmanager, place).restore(oldPair, newPair.accessKeyId);

    expect({ outcome, pending: desk.pending(), value: desk.value() }).toEqual({
      outcome: 'restored',
      pending: 0,
      value: jsonOf(oldPair),
    });
  });

  test.each(['PutSecretValue', 'UpdateSecretVersionStage'])(
    'bears that the answer to %s is lost',
    async (operation) => {
      const desk = await setUp();
      desk.sandbox.fault({ operation, call: 1, kind: 'lostAnswer' });

      await desk.consumer.write(newPair, oldPair.accessKeyId);

      expect(pairIn(desk.value())?.sameAs(newPair)).toBe(true);
      expect({ pending: desk.pending(), count: desk.versions().length }).toEqual({ pending: 0, count: 2 });
    },
  );

  test('is not made current where AWS gives back another text than was written', async () => {
    const desk = await setUp();
    const real = desk.aws();
    const garbled: ConsumerDeps['aws'] = {
      ...real,
      secretsManager: (region) => {
        const secrets = real.secretsManager(region);
        const value: SecretsManager['value'] = async (secret, which) => {
          const given = await secrets.value(secret, which);
          return 'version' in which ? { ...given, text: 'another' } : given;
        };
        return { ...secrets, value };
      },
    };

    const writing = desk.open(secretsmanager, place, { aws: garbled }).write(newPair, oldPair.accessKeyId);

    await expect(writing).rejects.toMatchObject({
      name: 'ConsumerError',
      message: 'the secret app/key does not give back the version that was written',
      hint: 'its current version is as it was',
    });
    expect({ value: desk.value(), pending: desk.pending() }).toEqual({ value: jsonOf(oldPair), pending: 0 });
  });

  test('that may not be made current says so, and leaves the old version', async () => {
    const desk = await setUp();
    desk.sandbox.fault({ operation: 'UpdateSecretVersionStage', call: 'every', kind: 'accessDenied' });

    const error = await desk.consumer.write(newPair, oldPair.accessKeyId).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect((error as ConsumerError).message).toContain('secretsmanager:UpdateSecretVersionStage is denied');
    expect(desk.value()).toBe(jsonOf(oldPair));
  });

  test('succeeds where its label cannot be taken away, and the next one takes it', async () => {
    const desk = await setUp();
    desk.sandbox.fault({ operation: 'UpdateSecretVersionStage', call: 2, kind: 'accessDenied' });

    await desk.consumer.write(newPair, oldPair.accessKeyId);
    const left = desk.pending();
    await desk.consumer.write(newPair, oldPair.accessKeyId);
    const { length } = desk.sandbox.requests.filter(({ operation }) => operation === 'UpdateSecretVersionStage');
    await desk.consumer.write(newPair, oldPair.accessKeyId);

    expect([left, desk.pending(), length]).toEqual([1, 0, 3]);
    expect(desk.sandbox.requests.filter(({ operation }) => operation === 'UpdateSecretVersionStage')).toHaveLength(3);
    expect(pairIn(desk.value())?.sameAs(newPair)).toBe(true);
  });

  test('of which the answer is lost is seen by what is told of it, though that is behind', async () => {
    const desk = await setUp();
    await desk.clock.advance(60_000);
    const staleReads = ({ operation }: { operation: string }) => operation === 'DescribeSecret';
    Object.assign(desk.sandbox.settings, { readDelay: 4_000, staleReads });
    desk.sandbox.fault({ operation: 'UpdateSecretVersionStage', call: 1, kind: 'lostAnswer' });

    await desk.consumer.write(newPair, oldPair.accessKeyId);

    expect({ pending: desk.pending(), holds: pairIn(desk.value())?.accessKeyId }).toEqual({
      pending: 0,
      holds: newPair.accessKeyId,
    });
  });

  test('waits until replicas are in sync', async () => {
    const desk = await setUp();
    const be = (status: string) => desk.secrets.change('app/key', { replicas: [{ region: 'eu-west-1', status }] });
    be('InSync');
    desk.before('UpdateSecretVersionStage', () => be('InProgress'));
    let looks = 0;
    desk.sandbox.onRequest(({ operation, phase }) => {
      if (operation === 'DescribeSecret' && phase === 'before') looks += 1;
      if (looks === 4) be('InSync');
    });

    await desk.consumer.write(newPair, oldPair.accessKeyId);

    expect(looks).toBe(4);
  });

  test('says so where a replica does not follow', async () => {
    const desk = await setUp();
    desk.before('UpdateSecretVersionStage', () =>
      desk.secrets.change('app/key', { replicas: [{ region: 'eu-west-1', status: 'Failed' }] }),
    );

    const writing = desk.consumer.write(newPair, oldPair.accessKeyId);

    await expect(writing).rejects.toThrow('the secret app/key has replicas that are not in sync: eu-west-1 (Failed)');
  });

  test('leaves a secret alone that got a rotation of its own meanwhile', async () => {
    const desk = await setUp();
    desk.secrets.change('app/key', { rotation: { enabled: true, lambdaArn: 'arn:aws:lambda:us-east-1:1:function:r' } });

    await expect(desk.consumer.write(newPair, oldPair.accessKeyId)).rejects.toThrow('has a rotation of its own');

    expect(desk.value()).toBe(jsonOf(oldPair));
  });
});

test('S24 a restore keeps what else was changed since', async () => {
  const desk = await setUp();
  await desk.consumer.write(newPair, oldPair.accessKeyId);
  desk.secrets.put('app/key', desk.value().replace('db-1', 'db-2'));

  await desk.consumer.restore(oldPair, newPair.accessKeyId);

  expect(desk.value()).toBe(jsonOf(oldPair).replace('db-1', 'db-2'));
});

describe('a spec', () => {
  const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/key-AbCdEf';

  test.each([
    ['app/key', 'app/key#region=eu-west-1'],
    ['app/key#region=us-east-1', 'app/key#region=us-east-1'],
    ['app/key#secret=b,id=a', 'app/key#id=a,secret=b,region=eu-west-1'],
    ['a@b#id=x%2Cy,secret=b', 'a@b#id=x%2Cy,secret=b,region=eu-west-1'],
    [arn, arn],
    [`${arn}#id=a,secret=b`, `${arn}#id=a,secret=b`],
  ])('S9 %s means the same in every region and on every day', (written, pinned) => {
    const once = secretsmanager.resolve(written, surroundings);
    const twice = secretsmanager.resolve(once, { ...surroundings, region: 'ap-south-1' });

    expect([once, twice]).toEqual([pinned, pinned]);
  });

  test.each([
    ['', ' names no secret', 'like secretsmanager:app/aws-key, or its ARN'],
    ['a b', ' names no secret', 'like secretsmanager:app/aws-key, or its ARN'],
    ['app#id=a', ' names one property', 'name both: #id=PROPERTY,secret=PROPERTY'],
    ['app#secret=b', ' names one property', 'name both: #id=PROPERTY,secret=PROPERTY'],
    ['app#x=y', ': "x=y" is no option of this place', 'there are id=…, secret=… and region=…, each once'],
    ['app#id', ': "id" is no option of this place', 'there are id=…, secret=… and region=…, each once'],
    ['app#id=', ': "id=" is no option of this place', 'there are id=…, secret=… and region=…, each once'],
    ['app#id==', ': "id==" is no option of this place', 'there are id=…, secret=… and region=…, each once'],
    ['app#id=a,id=b', ': "id=b" is no option of this place', 'there are id=…, secret=… and region=…, each once'],
    ['app#region=Ohio', ': "Ohio" is no region', 'like #region=eu-west-1'],
    ['app#region=xeu-west-1', ': "xeu-west-1" is no region', 'like #region=eu-west-1'],
    ['app#region=eu-west-1x', ': "eu-west-1x" is no region', 'like #region=eu-west-1'],
    [`${arn}#region=eu-west-1`, ' names two regions', 'an ARN has its own'],
  ])('such as %j is refused', (written, why, hint) => {
    const resolving = () => secretsmanager.resolve(written, surroundings);

    expect(resolving).toThrow(UsageError);
    expect(resolving).toThrow(expect.objectContaining({ message: `secretsmanager:${written}${why}`, hint }));
  });

  test.each([
    ['app#id=a%2Cb%23%25,secret=s=t', 'app#id=a%2Cb%23%25,secret=s=t,region=eu-west-1'],
    ['app#id=50%,secret=s', 'app#id=50%25,secret=s,region=eu-west-1'],
    ['app#id=a#b,secret=s', 'app#id=a%23b,secret=s,region=eu-west-1'],
    ['app#,region=us-gov-west-1,', 'app#region=us-gov-west-1'],
    [`${arn}#region=eu-central-1`, arn],
    ['app#region=us-iso-east-10', 'app#region=us-iso-east-10'],
  ])('%s is written as %s', (written, pinned) => {
    expect(secretsmanager.resolve(written, surroundings)).toBe(pinned);
  });

  test('without any region is refused: it is never guessed', () => {
    const resolving = () => secretsmanager.resolve('app/key', { ...surroundings, region: undefined });

    expect(resolving).toThrow(
      expect.objectContaining({
        message: 'in which region is secretsmanager:app/key?',
        hint: 'give --region or AWS_REGION, set the profile’s region, or write #region=eu-west-1 behind the place',
      }),
    );
  });

  test.each([
    ['app/key#region=eu-west-1', 'arn:aws:secretsmanager:eu-west-1:*:secret:app/key-??????'],
    ['app/key#region=cn-north-1', 'arn:aws-cn:secretsmanager:cn-north-1:*:secret:app/key-??????'],
    [arn, arn],
  ])('such as %s tells what it needs', (written, resource) => {
    expect(secretsmanager.permissions?.(written)).toEqual([
      {
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [resource],
      },
      expect.objectContaining({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
    ]);
  });
});

describe('a search', () => {
  test.each([
    ['eu-west-1', 'aws', 'eu-west-1'],
    ['cn-north-1', 'aws-cn', 'cn-north-1'],
    [undefined, 'aws', '*'],
  ])('S31 of the region %s needs to list and read, and none of keyturn’s own', (region, partition, where) => {
    expect(secretsmanager.searchPermissions?.(region)).toEqual([
      { actions: ['secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'], resources: ['*'] },
      {
        actions: ['secretsmanager:GetSecretValue'],
        resources: [
          `arn:${partition}:secretsmanager:*:*:secret:keyturn/vault/*`,
          `arn:${partition}:secretsmanager:*:*:secret:keyturn/seal/*`,
        ],
        allBut: true,
      },
      {
        actions: ['kms:Decrypt'],
        resources: [`arn:${partition}:kms:${where}:*:key/*`],
        via: expect.arrayContaining([`secretsmanager.${where}.amazonaws.com`]),
      },
    ]);
  });

  test('is not made of one place, which is opened and asked', async () => {
    const { aws } = await openAccount();

    expect(await secretsmanager.findIn?.(oldPair.accessKeyId, 'app/key', surroundings, aws())).toBeUndefined();
    expect(await secretsmanager.find(oldPair.accessKeyId, surroundings)).toEqual([]);
  });
});
