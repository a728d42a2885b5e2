// The Parameter Store consumer against the embedded AWS: one SecureString with both halves, and one parameter for each.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { notesOn } from '../../src/consumers/one-parameter.ts';
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

  test('is found under names of its own, on the way there and back', async () => {
    const names = { id: 'S3_USER', secret: 'S3_PASSWORD' };
    const [from, to] = ['old', 'new'].map(
      (word) =>
        new KeyPair(`AKIA${`${word}1`.toUpperCase().repeat(4)}`, `${word}SecretOfFortyCharactersInAllAndNoMore`),
    ) as [KeyPair, KeyPair];
    const desk = await setUp({ value: jsonOf(from, names) });
    const open = () => desk.open(ssm, one, {}, { oldKey: from.accessKeyId, newKey: to.accessKeyId });

    await open().preflight({ user: 'alice', oldKey: from.accessKeyId });
    await open().write(to, from.accessKeyId);
    const delivered = [desk.value(), await open().readBack(to)];
    await open().restore(from, to.accessKeyId);

    expect(delivered).toEqual([jsonOf(to, names), to.accessKeyId]);
    expect([desk.value(), await open().readBack(from)]).toEqual([jsonOf(from, names), from.accessKeyId]);
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

  test.each(['Standard', 'Advanced'] as const)('fills its tier %s to the last byte', async (tier) => {
    const most = { Standard: 4_096, Advanced: 8_192 }[tier];
    const desk = await setUp({ value: `{"x":"${'x'.repeat(most - 106)}"}`, tier });

    const preflight = await desk.open(ssm, one).preflight({ user: 'alice', oldKey: null });

    expect(preflight).toEqual({ holds: null, pair: null, notes: [] });
  });

  test('S24 is given up where somebody else writes at every try', async () => {
    const desk = await setUp();
    let written = 0;
    desk.sandbox.onRequest(({ operation, phase }) => {
      if (operation !== 'PutParameter' || phase !== 'before') return;
      written += 1;
      desk.parameters.put('/app/key', jsonOf(oldPair).replace('db-1', `db-${written + 1}`));
    });

    const error = await desk
      .open(ssm, one)
      .write(newPair, oldPair.accessKeyId)
      .catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      message: 'the parameter /app/key is changed again and again by something else',
      hint: 'stop it, or ask it to wait, then run the same command again',
    });
    expect(written).toBe(5);
  });

  test('says which labels stay behind', () => {
    const notes = [[], ['prod', 'blue']].map((labels) => notesOn({ name: '/app/key', labels } as never));

    expect(notes).toEqual([
      [],
      ['whoever reads /app/key by its label prod, blue keeps the version that has it: move it yourself'],
    ]);
  });

  test('bears that the answer to PutParameter is lost', async () => {
    const desk = await setUp();
    desk.sandbox.fault({ operation: 'PutParameter', call: 1, kind: 'lostAnswer' });

    await desk.open(ssm, one).write(newPair, oldPair.accessKeyId);

    expect(desk.value()).toBe(jsonOf(newPair));
  });

  test('takes what another run of the same delivery wrote meanwhile as delivered', async () => {
    const desk = await setUp();
    desk.before('GetParameterHistory', () => desk.parameters.put('/app/key', jsonOf(newPair)));

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

  test.each([
    ['secret', 1, '/app/secret', 'somebody else’s', 'was changed by something else just now'],
    ['id', 2, '/app/id', strange.accessKeyId, 'holds the key AKIA…GER3 instead of the key AKIA…OLD1'],
  ] as const)('S24 are left to whoever puts another %s there at the same moment', async (_, at, name, value, what) => {
    const desk = await setUp();
    let puts = 0;
    desk.sandbox.onRequest(({ operation, phase }) => {
      if (operation !== 'PutParameter' || phase !== 'before') return;
      puts += 1;
      if (puts === at) desk.parameters.put(name, value);
    });

    const error = await desk
      .open(ssm, two)
      .write(newPair, oldPair.accessKeyId)
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect((error as ConsumerError).message).toBe(`the pair of parameters /app/id and /app/secret ${what}`);
    expect(desk.value(name)).toBe(value);
  });

  test('take what another run of the same delivery wrote meanwhile as delivered', async () => {
    const desk = await setUp();
    desk.before('GetParameterHistory', () => desk.parameters.put('/app/secret', newPair.reveal()));

    await desk.open(ssm, two).write(newPair, oldPair.accessKeyId);

    expect(desk.both().sameAs(newPair)).toBe(true);
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
  test.each<[string, string, (desk: Desk) => void, string, string?]>([
    [
      'a parameter that is not there',
      one,
      ({ parameters }) => parameters.delete('/app/key'),
      'is not there',
      'correct the name or the region; keyturn makes no place of its own in AWS',
    ],
    [
      'plain text',
      one,
      ({ parameters }) => {
        parameters.delete('/app/key');
        parameters.create({ name: '/app/key', value: jsonOf(oldPair), type: 'String' });
      },
      'the parameter /app/key is a String, not a SecureString',
      'a secret is kept encrypted: make a SecureString of another name, and name that',
    ],
    [
      'another key',
      one,
      ({ parameters }) => void parameters.put('/app/key', jsonOf(strange)),
      'the parameter /app/key holds the key AKIA…GER3 instead of the key AKIA…OLD1',
      'name the parameter that holds the key to replace, or its properties: #id=PROPERTY,secret=PROPERTY',
    ],
    ['no JSON', one, ({ parameters }) => void parameters.put('/app/key', 'a'), 'is no JSON object'],
    [
      'another key in two',
      two,
      ({ parameters }) => void parameters.put('/app/id', 'AKIASTRANGESTRANGER3'),
      '/app/id holds the key AKIA…GER3 instead of the key AKIA…OLD1',
      'name the parameter with the id of the key to replace behind #id=, the one with its secret before it',
    ],
    [
      'an id in a list',
      two,
      ({ parameters }) => {
        parameters.delete('/app/id');
        parameters.create({ name: '/app/id', value: oldPair.accessKeyId, type: 'StringList' });
      },
      'the parameter /app/id is a StringList, not a SecureString',
    ],
    [
      'a secret in plain text',
      two,
      ({ parameters }) => {
        parameters.delete('/app/secret');
        parameters.create({ name: '/app/secret', value: oldPair.reveal(), type: 'String' });
      },
      'the parameter /app/secret is a String',
    ],
  ])('%s', async (_, place, arrange, message, hint = expect.stringMatching(/./)) => {
    const desk = await setUp();
    arrange(desk);
    const before = desk.parameters.snapshot({ values: true });

    const error = await desk
      .open(ssm, place)
      .preflight(asked)
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect((error as ConsumerError).message).toContain(message);
    expect((error as ConsumerError).hint).toEqual(hint);
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
    expect((error as ConsumerError).hint).toBe(`its tier, ${tier}, takes ${limit}; nothing was changed`);
  });

  test('a first key into two parameters, which cannot be empty', async () => {
    const desk = await setUp();

    const asking = desk.open(ssm, two).preflight({ user: 'alice', oldKey: null });

    await expect(asking).rejects.toMatchObject({
      message: 'the pair of parameters /app/id and /app/secret holds something, and the user has no key yet',
      hint: 'a parameter cannot be empty, so a first key goes into one with both halves: ssm:/PATH',
    });
  });

  test.each(['GetParameter', 'GetParameterHistory', 'PutParameter'])('whoever may not %s', async (operation) => {
    const statements = [
      { Effect: 'Allow' as const, Action: '*', Resource: '*' },
      { Effect: 'Deny' as const, Action: `ssm:${operation}`, Resource: '*' },
    ];
    const desk = await setUp({ policies: [{ Version: '2012-10-17', Statement: statements }] });

    const asking = desk.open(ssm, one).preflight(asked);

    await expect(asking).rejects.toThrow(`the parameter /app/key: ssm:${operation} is denied`);
    await expect(asking).rejects.toMatchObject({
      hint: `allow ssm:${operation} for whoever runs keyturn, then run the same command again; see keyturn policy rotate --to`,
      cause: { name: 'AccessDeniedError' },
    });
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

  test.each([one, two])('such as %s is what the opened place says of itself', async (written) => {
    const { open } = await openAccount();

    expect(open(ssm, written).spec).toBe(`ssm:${written}`);
  });

  const noParameter = 'like ssm:/app/aws-key; not its ARN';

  test.each([
    ['', '"" is no parameter', noParameter],
    ['/a b', '"/a b" is no parameter', noParameter],
    ['/a:3', '"/a:3" is no parameter', noParameter],
    ['/a b#id=/c', '"/a b" is no parameter', noParameter],
    ['/a#id=/b c', '"/b c" is no parameter', noParameter],
    [`/${'a'.repeat(1011)}`, `"/${'a'.repeat(1011)}" is no parameter`, noParameter],
    [
      'arn:aws:ssm:eu-west-1:123456789012:parameter/a',
      '"arn:aws:ssm:eu-west-1:123456789012:parameter/a" is no parameter',
      noParameter,
    ],
  ])('such as %j is refused', (written, why, hint) => {
    const resolving = () => ssm.resolve(written, surroundings);

    expect(resolving).toThrow(UsageError);
    expect(resolving).toThrow(expect.objectContaining({ message: `ssm:${written}: ${why}`, hint }));
  });

  test.each([
    [
      '/a#secret=b',
      'ssm:/a#secret=b names one property',
      'name both, #id=PROPERTY,secret=PROPERTY; or #id=/PATH2, a parameter of its own for the id',
    ],
    ['/a#id=/a', 'ssm:/a#id=/a names one parameter twice', 'for both in one: ssm:/a'],
  ])('such as %s is refused', (written, message, hint) => {
    expect(() => ssm.resolve(written, surroundings)).toThrow(expect.objectContaining({ message, hint }));
  });

  test('may be as long as a name is', () => {
    expect(ssm.resolve(`/${'a'.repeat(1010)}`, surroundings)).toBe(`/${'a'.repeat(1010)}#region=eu-west-1`);
  });

  test('of one parameter needs that one, by its name without the first slash', () => {
    const resources = ['/a/b#region=eu-west-1', 'a/b#id=i,secret=s,region=eu-west-1'].map(
      (place) => ssm.permissions?.(place)[0]?.resources,
    );

    expect(resources).toEqual([['arn:aws:ssm:eu-west-1:*:parameter/a/b'], ['arn:aws:ssm:eu-west-1:*:parameter/a/b']]);
  });

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

describe('a search', () => {
  test.each([
    ['eu-west-1', 'aws', 'eu-west-1'],
    [undefined, 'aws', '*'],
  ])('of the region %s needs to list and read', (region, partition, where) => {
    expect(ssm.searchPermissions?.(region)).toEqual([
      { actions: ['ssm:DescribeParameters', 'ssm:GetParameters'], resources: ['*'] },
      {
        actions: ['kms:Decrypt'],
        resources: [`arn:${partition}:kms:${where}:*:key/*`],
        via: [`ssm.${where}.amazonaws.com`],
      },
    ]);
  });

  test('is not made of one place, which is opened and asked', async () => {
    const { aws } = await setUp();

    expect(await ssm.findIn?.(oldPair.accessKeyId, '/app/key', surroundings, aws())).toBeUndefined();
    expect(await ssm.find(oldPair.accessKeyId, surroundings)).toEqual([]);
  });
});
