// The search for a key through the secrets of a region: what it finds, what it never reads, and what it says of the rest.
import { describe, expect, test } from 'vitest';
import { secretsmanager } from '../../src/consumers/secretsmanager.ts';
import { allBut } from '../support/world-options.ts';
import { type AccountOptions, jsonOf, oldPair, openAccount, strange } from './places-account.ts';

const batch = 'secretsmanager:BatchGetSecretValue';
const inUse = { spec: 'secretsmanager:z/key#region=us-east-1', where: 'the secret z/key in us-east-1' };
const mayNotRead = (why: string, permission = 'secretsmanager:GetSecretValue') => ({
  why: expect.stringContaining(why),
  permission,
});

/** An account with so many secrets that hold another key, and the old key in the last one. */
async function setUp({ others = 0, policies }: { others?: number; policies?: AccountOptions['policies'] } = {}) {
  const account = await openAccount(policies ? { policies } : {});
  const { secrets, requests } = account.sandbox;
  const add = (name: string, value: string | Uint8Array, more = {}) => secrets.create({ name, value, ...more });
  for (let index = 0; index < others; index += 1) add(`app/${100 + index}`, jsonOf(strange));
  add('z/key', jsonOf(oldPair));
  const asked = (operation: string) => requests.filter((one) => one.operation === operation).length;
  return { ...account, add, asked, find: () => account.search(secretsmanager) };
}

test.each([
  [19, 1],
  [20, 2],
])('the key beside %i other secrets is found with %i requests for values', async (others, batches) => {
  const { find, asked } = await setUp({ others });

  const found = await find();

  expect(found).toEqual({ places: [inUse], notLookedAt: [] });
  expect([asked('BatchGetSecretValue'), asked('GetSecretValue')]).toEqual([batches, 0]);
});

test('S31 keyturn’s own secrets are never read', async () => {
  const { add, find, sandbox } = await setUp();
  sandbox.secrets.delete('z/key');
  add('keyturn/vault/rot-a', jsonOf(oldPair));
  add('keyturn/seal/rot-a', jsonOf(oldPair));

  const found = await find();

  expect(found).toEqual({ places: [], notLookedAt: [] });
  expect(sandbox.requests.map(({ operation }) => operation)).toEqual(['ListSecrets']);
});

test.each([
  ['at once', undefined],
  ['one by one', allBut(batch)],
])('a secret read %s that holds the key where it cannot be replaced is named with the reason', async (_, policies) => {
  const { add, find, sandbox } = await setUp(policies ? { policies } : {});
  add('binary', Buffer.from(jsonOf(oldPair)));
  add('binary/other', Buffer.from(jsonOf(strange)));
  add('deep', JSON.stringify({ aws: { id: oldPair.accessKeyId } }));
  add('rds!cluster-1', jsonOf(oldPair));
  add('text', `${oldPair.accessKeyId}`);
  sandbox.secrets.create({ name: 'unfilled' });

  const found = await find();

  expect(found).toEqual({
    places: [inUse],
    notLookedAt: [
      ['binary', 'the secret binary is binary'],
      ['deep', 'not in a property that has its secret beside it'],
      ['rds!cluster-1', 'it belongs to another service'],
      ['text', 'the secret text is no JSON object'],
    ].map(([name, why]) => ({
      what: `the secret ${name} in us-east-1`,
      why: `the key stands there, but ${why}`,
      permission: null,
    })),
  });
});

test('the place of a replica is the secret that it follows, in its region', async () => {
  const { aws, search } = await setUp();
  const real = aws();
  const primaryRegion = 'eu-west-1';

  const found = await search(secretsmanager, {
    ...real,
    secretsManager: (region) => {
      const secrets = real.secretsManager(region);
      return { ...secrets, list: async () => (await secrets.list()).map((one) => ({ ...one, primaryRegion })) };
    },
  });

  expect(found).toEqual({
    places: [{ spec: 'secretsmanager:z/key#region=eu-west-1', where: 'the secret z/key in eu-west-1' }],
    notLookedAt: [],
  });
});

describe('what AWS does not give is named', () => {
  test('all, where there is no list', async () => {
    const { find } = await setUp({ policies: allBut('secretsmanager:ListSecrets') });

    expect(await find()).toEqual({
      places: [],
      notLookedAt: [
        {
          what: 'the secrets in us-east-1',
          ...mayNotRead('secretsmanager:ListSecrets is denied', 'secretsmanager:ListSecrets'),
        },
      ],
    });
  });

  test.each([
    [1, 'the secrets in us-east-1', []],
    [2, 'the secrets in us-east-1 from app/119 on', ['the secret app/000 in us-east-1']],
  ])(
    'the rest, where the answer to request %i cannot be used, and nothing is asked one by one',
    async (call, what, found) => {
      const { add, asked, find, sandbox } = await setUp({ others: 40 });
      add('app/000', jsonOf(oldPair));
      sandbox.fault({ operation: 'BatchGetSecretValue', call, kind: 'garbage' });

      const { places = [], notLookedAt } = (await find()) ?? {};

      expect(places.map(({ where }) => where)).toEqual(found);
      expect(notLookedAt).toEqual([
        {
          what,
          why: expect.stringContaining('no usable answer to secretsmanager:BatchGetSecretValue'),
          permission: null,
        },
      ]);
      expect(asked('GetSecretValue')).toBe(0);
    },
  );
});

describe('where many may not be asked for at once', () => {
  const denied = { Effect: 'Deny' as const, Action: 'secretsmanager:GetSecretValue', Resource: '*:secret:app/*' };
  const shut = [{ Version: '2012-10-17', Statement: denied }] as const;

  test('each is asked for, and that once', async () => {
    const { find, asked } = await setUp({ others: 45, policies: allBut(batch) });

    const found = await find();

    expect(found).toEqual({ places: [inUse], notLookedAt: [] });
    expect([asked('BatchGetSecretValue'), asked('GetSecretValue')]).toEqual([1, 46]);
  });

  test.each([
    ['forty are asked for before it is given up', 39, []],
    ['those behind them are named together', 45, ['the secrets in us-east-1 from app/139 on']],
  ])('nor any alone that has a value, %s', async (_, others, rest) => {
    const { find, asked, sandbox } = await setUp({ others, policies: [...allBut(batch), ...shut] });
    sandbox.secrets.delete('z/key');
    sandbox.secrets.create({ name: 'a/unfilled' });

    const { places, notLookedAt = [] } = (await find()) ?? {};

    expect([places, asked('GetSecretValue')]).toEqual([[], 40]);
    expect(notLookedAt[0]).toEqual({
      what: 'the secret app/100 in us-east-1',
      ...mayNotRead('secretsmanager:GetSecretValue is denied'),
    });
    expect(notLookedAt.slice(39)).toEqual(rest.map((what) => ({ what, ...mayNotRead(`${batch} is denied`, batch) })));
  });

  test('nor most of them alone, all are asked for, since one was given', async () => {
    const { add, find, asked } = await setUp({ others: 45, policies: [...allBut(batch), ...shut] });
    add('a/first', jsonOf(strange));

    const { places, notLookedAt } = (await find()) ?? {};

    expect(places).toEqual([inUse]);
    expect([notLookedAt?.length, asked('GetSecretValue')]).toEqual([45, 47]);
  });
});
