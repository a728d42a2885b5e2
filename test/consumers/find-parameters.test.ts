// The search for a key through the parameters of a region: in the JSON of one or in two beside each other, and what it says of
// the rest.
import { describe, expect, test } from 'vitest';
import { ssm } from '../../src/consumers/ssm.ts';
import { allBut } from '../support/world-options.ts';
import { jsonOf, oldPair, openAccount, strange } from './places-account.ts';

const secret = 'old/secret/of/forty/characters/in/all+++';
const inUse = { spec: 'ssm:/z/key#region=us-east-1', where: 'the parameter /z/key in us-east-1' };

/** An account with so many parameters that hold another key, and the old key in the last one. */
async function setUp({ others = 0, policies }: { others?: number; policies?: ReturnType<typeof allBut> } = {}) {
  const account = await openAccount(policies ? { policies } : {});
  const { parameters, requests } = account.sandbox;
  const add = (name: string, value: string, more = {}) => parameters.create({ name, value, ...more });
  for (let index = 0; index < others; index += 1) add(`/app/${100 + index}`, jsonOf(strange));
  add('/z/key', jsonOf(oldPair));
  const asked = () => requests.filter(({ operation }) => operation === 'GetParameters').length;
  return { ...account, add, asked, find: () => account.search(ssm) };
}

test.each([
  [9, 1],
  [10, 2],
])('the key beside %i other parameters is found with %i requests for values', async (others, requests) => {
  const { find, asked } = await setUp({ others });

  const found = await find();

  expect(found).toEqual({ places: [inUse], notLookedAt: [] });
  expect(asked()).toBe(requests);
});

describe('an id that stands alone', () => {
  const id = oldPair.accessKeyId;
  const beside = (names: [string, string]) => ({
    spec: `ssm:${names[1]}#id=${names[0]},region=us-east-1`,
    where: `the parameters ${names[0]} and ${names[1]} in us-east-1`,
  });

  test.each([
    ['of a path', '/two/id', '/two/secret'],
    ['of no path', 'id', 'secret'],
  ])('is a place together with the only secret %s', async (_, idPath, secretPath) => {
    const { add, find } = await setUp();
    add(idPath, id, { type: 'String' });
    add(secretPath, secret);
    add('/twx/secret', secret);
    add('/two/in/deeper', secret);
    const path = idPath.replace('id', '');
    add(`${path}open`, secret, { type: 'String' });
    add(`${path}longer`, `${secret}x`);
    add(`${path}shorter`, secret.slice(1));
    add(`${path}digest`, 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709'.toLowerCase());
    add(`${path}large-digest`, 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709');

    const found = await find();

    expect(found?.places).toContainEqual(beside([idPath, secretPath]));
    expect(found).toMatchObject({ places: { length: 2 }, notLookedAt: [] });
  });

  test.each([
    ['none', []],
    ['one of two', ['/two/secret', '/two/word']],
  ])('is named where it goes with %s', async (_, secrets) => {
    const { add, find } = await setUp();
    add('/two/id', id);
    for (const name of secrets) add(name, secret);

    const found = await find();

    expect(found).toEqual({
      places: [inUse],
      notLookedAt: [
        {
          what: 'the parameter /two/id in us-east-1',
          why: 'the key id stands there, and which parameter has its secret is not clear',
          permission: null,
        },
      ],
    });
  });
});

test('a parameter that holds the key where it cannot be replaced is named with the reason', async () => {
  const { add, find } = await setUp();
  add('/deep', JSON.stringify({ aws: { id: oldPair.accessKeyId } }));
  add('/open', jsonOf(oldPair), { type: 'String' });
  add('/text', `id: ${oldPair.accessKeyId}`);

  const found = await find();

  expect(found).toEqual({
    places: [inUse],
    notLookedAt: [
      ['/deep', 'not in a property that has its secret beside it'],
      ['/open', 'the parameter /open is a String, not a SecureString'],
      ['/text', 'the parameter /text is no JSON object'],
    ].map(([name, why]) => ({
      what: `the parameter ${name} in us-east-1`,
      why: `the key stands there, but ${why}`,
      permission: null,
    })),
  });
});

describe('what AWS does not give is named', () => {
  test('all, where there is no list', async () => {
    const { find } = await setUp({ policies: allBut('ssm:DescribeParameters') });

    expect(await find()).toEqual({
      places: [],
      notLookedAt: [
        {
          what: 'the parameters in us-east-1',
          why: expect.stringContaining('ssm:DescribeParameters is denied'),
          permission: 'ssm:DescribeParameters',
        },
      ],
    });
  });

  test.each([
    [1, 'the parameters in us-east-1', []],
    [2, 'the parameters in us-east-1 from /app/109 on', ['the parameter /a in us-east-1']],
  ])(
    'the rest, where the answer to request %i cannot be used, and nothing is asked one by one',
    async (call, what, found) => {
      const { add, find, asked, sandbox } = await setUp({ others: 30 });
      add('/a', jsonOf(oldPair));
      sandbox.fault({ operation: 'GetParameters', call, kind: 'garbage' });

      const { places = [], notLookedAt } = (await find()) ?? {};

      expect(places.map(({ where }) => where)).toEqual(found);
      expect(notLookedAt).toEqual([
        { what, why: expect.stringContaining('no usable answer to ssm:GetParameters'), permission: null },
      ]);
      expect(asked()).toBe(call);
    },
  );

  test('one parameter, where it takes the rest of its request with it', async () => {
    const shut = { Effect: 'Deny' as const, Action: 'ssm:GetParameters', Resource: '*:parameter/app/*' };
    const { find, asked } = await setUp({
      others: 4,
      policies: [...allBut(), { Version: '2012-10-17', Statement: shut }],
    });

    const found = await find();

    expect(found).toEqual({
      places: [inUse],
      notLookedAt: [100, 101, 102, 103].map((index) => ({
        what: `the parameter /app/${index} in us-east-1`,
        why: expect.stringContaining('ssm:GetParameters is denied'),
        permission: 'ssm:GetParameters',
      })),
    });
    expect(asked()).toBe(6);
  });

  test.each([
    ['all are asked for one by one, where one was given', 1, 0],
    ['none but the first thirty, where none was given', 0, 1],
  ])('%s', async (_, given, together) => {
    const shut = { Effect: 'Deny' as const, Action: 'ssm:GetParameters', Resource: '*:parameter/app/*' };
    const { add, find, asked } = await setUp({
      others: 40,
      policies: [...allBut(), { Version: '2012-10-17', Statement: shut }],
    });
    if (given) add('/a', jsonOf(strange));

    const { notLookedAt = [] } = (await find()) ?? {};

    const rest = notLookedAt.filter(({ what }) => what.endsWith(' on'));
    expect(rest.map(({ what }) => what)).toEqual(together ? ['the parameters in us-east-1 from /app/130 on'] : []);
    expect([notLookedAt.length, asked()]).toEqual(together ? [31, 34] : [40, 47]);
  });
});
