// The Parameter Store consumer against the embedded AWS: one SecureString with both halves, and one parameter for each.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { ssm } from '../../src/consumers/ssm.ts';
import { ConsumerError, UsageError } from '../../src/errors.ts';
import { describeConsumer, type TestPlace } from './consumer-contract.ts';
import { type AccountOptions, jsonOf, newPair, oldPair, openAccount, pairIn, strange } from './places-account.ts';

const one = '/app/key#region=us-east-1';
const two = '/app/secret#id=/app/id,region=us-east-1';
const surroundings = { cwd: '/here', home: '/home/a', env: {}, region: 'eu-west-1' };
const asked = { user: 'alice', oldKey: oldPair.accessKeyId };

async function setUp(options: AccountOptions & { value?: string; tier?: 'Standard' | 'Advanced' } = {}) {
  const account = await openAccount(options);
  const { parameters } = account.sandbox;
  const { value = jsonOf(oldPair), tier = 'Standard' } = options;
  parameters.create({ name: '/app/key', value, keyId: 'alias/app', tier, tags: { team: 'web' }, description: 'a key' });
  parameters.create({ name: '/app/secret', value: oldPair.reveal(), keyId: 'alias/app' });
  parameters.create({ name: '/app/id', value: oldPair.accessKeyId, type: 'String' });
  const both = () => new KeyPair(parameters.value('/app/id'), parameters.value('/app/secret'));
  const newest = (name: string) => parameters.snapshot()[name]?.versions.at(-1);
  return { ...account, parameters, both, newest, value: (name = '/app/key') => parameters.value(name) };
}

type Desk = Awaited<ReturnType<typeof setUp>>;

function contentOf({ parameters }: Desk) {
  const all = Object.entries(parameters.snapshot({ values: true }));
  return all.map(([name, { type, tags, versions }]) => {
    const { tier, keyId, value } = versions.at(-1) ?? {};
    return { name, type, tags, tier, keyId, value };
  });
}

async function createPlace(pair: KeyPair): Promise<TestPlace> {
  const desk = await setUp({ value: jsonOf(pair) });
  return {
    open: () => desk.open(ssm, one),
    put: async (other) => void desk.parameters.put('/app/key', jsonOf(other)),
    content: async () => contentOf(desk),
    read: async () => pairIn(desk.value()),
    watch: (work) => desk.watch(() => pairIn(desk.value()), work),
    writeAndCrash: (next, expected) => desk.crash(ssm, one, 'put', (consumer) => consumer.write(next, expected)),
  };
}

async function createTwo(): Promise<TestPlace> {
  const desk = await setUp();
  return {
    open: () => desk.open(ssm, two),
    put: async (other) => {
      desk.parameters.put('/app/secret', other.reveal());
      desk.parameters.put('/app/id', other.accessKeyId);
    },
    content: async () => contentOf(desk),
    read: async () => desk.both(),
    watch: (work) => desk.watch(desk.both, work),
    writeAndCrash: (next, expected) => desk.crash(ssm, two, 'put', (consumer) => consumer.write(next, expected)),
  };
}

describeConsumer('ssm with one parameter', createPlace);
describeConsumer('ssm with two parameters', createTwo, { atOnce: false });

describe('one parameter', () => {
  test('keeps its names, its type, its key and its tier', async () => {
    const names = { id: 'aws_access_key_id', secret: 'aws_secret_access_key' };
    const desk = await setUp({ value: jsonOf(oldPair, names), tier: 'Advanced' });
    const consumer = desk.open(ssm, one);

    await consumer.preflight(asked);
    await consumer.write(newPair, oldPair.accessKeyId);

    expect(desk.value()).toBe(jsonOf(newPair, names));
    expect(desk.newest('/app/key')).toMatchObject({ version: 2, tier: 'Advanced', keyId: 'alias/app' });
    expect(desk.parameters.snapshot()['/app/key']).toMatchObject({ type: 'SecureString', tags: { team: 'web' } });
  });

  test('takes a first key among its properties', async () => {
    const desk = await setUp({ value: '{}' });
    const consumer = desk.open(ssm, one);

    await consumer.preflight({ user: 'alice', oldKey: null });
    await consumer.write(newPair, null);

    expect(desk.value()).toBe(
      '{"accessKeyId":"AKIANEWNEWNEWNEWNEW2","secretAccessKey":"new/secret+of=forty-characters-in-all+++"}',
    );
  });

  test('S24 loses nothing of what somebody else writes at the same moment', async () => {
    const desk = await setUp();
    desk.before('PutParameter', () => desk.parameters.put('/app/key', jsonOf(oldPair).replace('db-1', 'db-2')));

    await desk.open(ssm, one).write(newPair, oldPair.accessKeyId);

    expect(desk.value()).toBe(jsonOf(newPair).replace('db-1', 'db-2'));
  });

  test('S24 is left to whoever puts another key there at the same moment', async () => {
    const desk = await setUp();
    desk.before('PutParameter', () => desk.parameters.put('/app/key', jsonOf(strange)));

    const writing = desk.open(ssm, one).write(newPair, oldPair.accessKeyId);

    await expect(writing).rejects.toThrow('the parameter /app/key holds the key AKIA…GER3 instead of');
    expect(desk.value()).toBe(jsonOf(strange));
  });

  test('bears that the answer to PutParameter is lost', async () => {
    const desk = await setUp();
    desk.sandbox.fault({ operation: 'PutParameter', call: 1, kind: 'lostAnswer' });

    await desk.open(ssm, one).write(newPair, oldPair.accessKeyId);

    expect(desk.value()).toBe(jsonOf(newPair));
  });
});

describe('two parameters', () => {
  test('change secret first, keep type and key, and are named as not atomic', async () => {
    const desk = await setUp();
    const consumer = desk.open(ssm, two);

    const { notes } = await consumer.preflight(asked);
    const seen = await desk.watch(desk.both, () => consumer.write(newPair, oldPair.accessKeyId));

    expect(notes).toEqual([
      'the two parameters change one after the other: who reads in that moment gets halves of both keys',
    ]);
    const halves = seen.filter((pair) => !pair.sameAs(oldPair) && !pair.sameAs(newPair));
    expect(new Set(halves.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['AKIAOLDOLDOLDOLDOLD1']));
    expect(desk.newest('/app/secret')).toMatchObject({ keyId: 'alias/app' });
    expect(desk.parameters.snapshot()['/app/id']).toMatchObject({ type: 'String' });
  });

  test.each(['write', 'restore'] as const)('of which one was written are put right by %s', async (way) => {
    const desk = await setUp();
    let puts = 0;
    const ending = desk.sandbox.onRequest(({ operation, phase }) => {
      if (operation === 'PutParameter' && phase === 'after') puts += 1;
      if (puts === 1) desk.sandbox.fault({ operation: 'PutParameter', call: 'every', kind: 'accessDenied' });
    });
    const cutOff = await desk
      .open(ssm, two)
      .write(newPair, oldPair.accessKeyId)
      .catch((caught: unknown) => caught);
    ending();
    desk.sandbox.clearFaults();
    const held = await desk.open(ssm, two).readBack(oldPair);

    if (way === 'write') await desk.open(ssm, two).write(newPair, oldPair.accessKeyId);
    else await desk.open(ssm, two).restore(oldPair, newPair.accessKeyId);

    expect(cutOff).toBeInstanceOf(ConsumerError);
    expect(held).toBeNull();
    expect(desk.both().sameAs(way === 'write' ? newPair : oldPair)).toBe(true);
  });
});

describe('preflight refuses, and changes nothing,', () => {
  test.each<[string, string, (desk: Desk) => void, string]>([
    ['a parameter that is not there', one, ({ parameters }) => parameters.delete('/app/key'), 'is not there'],
    [
      'plain text',
      one,
      ({ parameters }) => {
        parameters.delete('/app/key');
        parameters.create({ name: '/app/key', value: jsonOf(oldPair), type: 'String' });
      },
      'the parameter /app/key is a String, not a SecureString',
    ],
    ['another key', one, ({ parameters }) => void parameters.put('/app/key', jsonOf(strange)), 'AKIA…GER3 instead of'],
    ['no JSON', one, ({ parameters }) => void parameters.put('/app/key', 'a'), 'is no JSON object'],
    ['another key in two', two, ({ parameters }) => void parameters.put('/app/id', 'AKIASTRANGESTRANGER3'), 'GER3'],
    [
      'a secret in plain text',
      two,
      ({ parameters }) => {
        parameters.delete('/app/secret');
        parameters.create({ name: '/app/secret', value: oldPair.reveal(), type: 'String' });
      },
      'the parameter /app/secret is a String',
    ],
  ])('%s', async (_, place, arrange, message) => {
    const desk = await setUp();
    arrange(desk);
    const before = desk.parameters.snapshot({ values: true });

    const error = await desk
      .open(ssm, place)
      .preflight(asked)
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect((error as ConsumerError).message).toContain(message);
    expect((error as ConsumerError).hint).toBeTruthy();
    expect(inspect(error, { depth: 9 })).not.toContain('forty-characters');
    expect(desk.parameters.snapshot({ values: true })).toEqual(before);
  });

  test.each([
    ['Standard', 4_000, '4106', '4096'],
    ['Advanced', 8_100, '8206', '8192'],
  ] as const)('what the tier %s does not take', async (tier, length, bytes, limit) => {
    const desk = await setUp({ value: `{"x":"${'x'.repeat(length)}"}`, tier });

    const error = await desk
      .open(ssm, one)
      .preflight({ user: 'alice', oldKey: null })
      .catch((caught: unknown) => caught);

    expect((error as ConsumerError).message).toContain(`would have ${bytes} bytes`);
    expect((error as ConsumerError).hint).toContain(`takes ${limit}`);
  });

  test('a first key into two parameters, which cannot be empty', async () => {
    const desk = await setUp();

    const asking = desk.open(ssm, two).preflight({ user: 'alice', oldKey: null });

    await expect(asking).rejects.toThrow('holds something, and the user has no key yet');
  });

  test.each(['GetParameter', 'GetParameterHistory', 'PutParameter'])('whoever may not %s', async (operation) => {
    const statements = [
      { Effect: 'Allow' as const, Action: '*', Resource: '*' },
      { Effect: 'Deny' as const, Action: `ssm:${operation}`, Resource: '*' },
    ];
    const desk = await setUp({ policies: [{ Version: '2012-10-17', Statement: statements }] });

    const asking = desk.open(ssm, one).preflight(asked);

    await expect(asking).rejects.toThrow(`the parameter /app/key: ssm:${operation} is denied`);
    expect(desk.newest('/app/key')?.version).toBe(1);
  });
});

describe('a spec', () => {
  test.each([
    ['/app/key', '/app/key#region=eu-west-1'],
    ['/a#id=/b', '/a#id=/b,region=eu-west-1'],
    ['/a#secret=s,id=i,region=us-east-1', '/a#id=i,secret=s,region=us-east-1'],
  ])('S9 %s means the same in every region and on every day', (written, pinned) => {
    const once = ssm.resolve(written, surroundings);
    const twice = ssm.resolve(once, { ...surroundings, region: 'ap-south-1' });

    expect([once, twice]).toEqual([pinned, pinned]);
  });

  test.each(['', '/a b', '/a:3', '/a#secret=b', '/a#id=/a', 'arn:aws:ssm:eu-west-1:123456789012:parameter/a'])(
    'such as %j is refused',
    (written) => {
      expect(() => ssm.resolve(written, surroundings)).toThrow(UsageError);
    },
  );

  test('without any region is refused: it is never guessed', () => {
    expect(() => ssm.resolve('/a', { ...surroundings, region: undefined })).toThrow('in which region is ssm:/a?');
  });

  test('tells what it needs', () => {
    expect(ssm.permissions?.('/a/b#id=c,region=us-gov-west-1')).toEqual([
      {
        actions: ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:PutParameter'],
        resources: [
          'arn:aws-us-gov:ssm:us-gov-west-1:*:parameter/a/b',
          'arn:aws-us-gov:ssm:us-gov-west-1:*:parameter/c',
        ],
      },
      {
        actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
        resources: ['arn:aws-us-gov:kms:us-gov-west-1:*:key/*'],
        via: ['ssm.us-gov-west-1.amazonaws.com'],
      },
    ]);
  });
});
