// Who uses a key: the walk through CloudTrail's event history, against an embedded AWS.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { type WhoOptions, whoUses } from '../../src/audit/who.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { AccessDeniedError } from '../../src/errors.ts';
import type { PolicyStatement, UseArrangement } from '../../src/sandbox/index.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

const start = Date.parse('2026-12-06T10:00:00Z');

async function open() {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const opened = await openSandbox({ clock });
  const { sandbox, userWith } = opened;
  sandbox.settings.lookupsPerSecond = 2;
  const [pair] = sandbox.account.createUser({ name: 'alice', keys: [{ createdAt: '2026-01-01T00:00:00Z' }] }).keys;
  const key = pair?.accessKeyId ?? '';
  const told: string[] = [];
  const stop = new AbortController();
  const who = (options: Partial<WhoOptions> = {}, signer = sandbox.credentials) => {
    const aws = createAws({
      clock,
      version: '0.0.0-test',
      endpointUrl: sandbox.url,
      region: 'eu-west-1',
      credentials: new KeyPair(signer.accessKeyId, signer.secretAccessKey),
    });
    return whoUses(
      { aws, signal: stop.signal, onProgress: (text) => told.push(text) },
      { key, regions: ['eu-west-1', 'us-east-1'], everywhere: false, since: '2026-09-07T10:00:00Z', ...options },
    );
  };
  const use = (times: number, arrangement: UseArrangement) => {
    for (let count = 0; count < times; count++) {
      sandbox.account.use(key, { service: 'ec2', operation: 'DescribeInstances', ...arrangement });
    }
  };
  /** Whoever asks may do everything but that. */
  const allBut = (...statements: Omit<PolicyStatement, 'Effect'>[]) =>
    userWith(
      'operator',
      { Effect: 'Allow', Action: '*', Resource: '*' },
      ...statements.map((one): PolicyStatement => ({ ...one, Effect: 'Deny' }) as PolicyStatement),
    ).key;
  return { ...opened, clock, key, told, stop, who, use, allBut };
}

test('the callers of each region that is asked are told, with the last use, which counts data as well', async () => {
  const { sandbox, key, who, use } = await open();
  use(2, { region: 'eu-west-1', at: '2026-12-01T00:00:00Z', source: '203.0.113.7', error: 'UnauthorizedOperation' });
  use(1, { region: 'us-east-1', at: '2026-12-02T00:00:00Z', agent: 'Boto3/1.42.0' });
  use(1, { region: 'eu-north-1', at: '2026-12-03T00:00:00Z' });
  sandbox.account.use(key, { service: 's3', region: 'us-east-1', at: '2026-12-06T09:00:00Z' });

  const found = await who();

  expect(found).toMatchObject({
    key,
    user: 'alice',
    lastUsed: { at: '2026-12-06T09:00:00Z', service: 's3', region: 'us-east-1' },
    complete: true,
  });
  expect(found.callers).toMatchObject([
    { agent: 'boto3', service: 'ec2', region: 'us-east-1', count: 1, errors: 0 },
    { source: '203.0.113.0/24', agent: 'aws-cli', region: 'eu-west-1', count: 2, errors: 2 },
  ]);
});

test('what cannot be seen is said also where nothing is missing', async () => {
  const { who } = await open();

  const some = await who();
  const all = await who({ everywhere: true });

  expect(some).toMatchObject({ callers: [], lastUsed: null, complete: true });
  expect(some.blindSpots.map(({ what }) => what)).toEqual([
    'calls on data: objects of a bucket, items of a table, messages, invocations',
    'what sessions made from the key do',
    'the last minutes',
    'every region but eu-west-1, us-east-1',
    'anything before 2026-09-07T10:00:00Z',
    'attempts while the key was inactive',
  ]);
  expect(all.blindSpots.length).toBe(5);
});

test('a last use in a region that was not asked is pointed out', async () => {
  const { who, use } = await open();
  use(1, { region: 'eu-north-1', at: '2026-12-03T00:00:00Z' });

  const [some, all] = [await who(), await who({ everywhere: true })];

  expect(some.blindSpots[0]?.what).toBe('the calls in eu-north-1, where the key was last used');
  expect(all.blindSpots[0]?.what).toMatch(/^calls on data/);
});

test('calls before the asked time are left out', async () => {
  const { who, use } = await open();
  use(1, { region: 'eu-west-1', at: '2026-12-01T00:00:00Z' });
  use(1, { region: 'eu-west-1', at: '2026-12-03T00:00:00Z' });

  const { callers } = await who({ since: '2026-12-02T00:00:00Z' });

  expect(callers).toMatchObject([{ first: '2026-12-03T00:00:00Z', count: 1 }]);
});

test('regions are read side by side, each no faster than AWS allows, and tell how far they are', async () => {
  const { sandbox, clock, told, who, use } = await open();
  for (const region of ['eu-west-1', 'us-east-1']) use(520, { region, at: '2026-12-01T00:00:00Z' });

  const { callers, complete } = await who();

  // Eleven pages, half a second apart; one region after the other would take twice as long.
  expect(clock.now() - start).toBe(5000);
  expect(sandbox.requests.filter(({ error }) => error !== null)).toEqual([]);
  expect([callers.map(({ count }) => count), complete]).toEqual([[520, 520], true]);
  expect([...told].sort()).toEqual([
    'eu-west-1: 500 calls, back to 2026-12-01T00:00:00Z',
    'eu-west-1: 520 calls',
    'us-east-1: 500 calls, back to 2026-12-01T00:00:00Z',
    'us-east-1: 520 calls',
  ]);
});

test('others who look up events at the same time only slow it down', async () => {
  const { sandbox, who, use } = await open();
  use(120, { region: 'eu-west-1', at: '2026-12-01T00:00:00Z' });
  sandbox.fault({ operation: 'LookupEvents', call: (call) => call > 1 && call <= 4, kind: 'throttled' });

  const { callers, complete } = await who({ regions: ['eu-west-1'] });

  expect([callers, complete]).toMatchObject([[{ count: 120 }], true]);
});

test('Ctrl-C gives what is known, and says how far back it goes', async () => {
  const { sandbox, stop, who, use } = await open();
  use(60, { region: 'eu-west-1', at: '2026-12-04T00:00:00Z' });
  use(60, { region: 'eu-west-1', at: '2026-12-02T00:00:00Z' });
  let lookups = 0;
  sandbox.onRequest(({ phase, operation }) => {
    if (phase === 'before' && operation === 'LookupEvents') lookups += 1;
    if (lookups === 3) stop.abort();
  });

  const { callers, blindSpots, complete } = await who({ regions: ['eu-west-1'] });

  expect(complete).toBe(false);
  expect(callers).toMatchObject([{ count: 100, last: '2026-12-04T00:00:00Z' }]);
  expect(blindSpots[0]).toEqual({
    what: 'the calls in eu-west-1 from 2026-09-07T10:00:00Z to 2026-12-02T00:00:00Z',
    why: 'interrupted',
    permission: null,
  });
});

test('a region that may not be read is named, and the others are read', async () => {
  const { who, use, allBut } = await open();
  use(1, { region: 'us-east-1', at: '2026-12-01T00:00:00Z' });
  const operator = allBut({ Action: 'cloudtrail:LookupEvents', Resource: '*' });

  const { callers, blindSpots, complete, user } = await who({}, operator);

  expect({ callers, complete, user }).toEqual({ callers: [], complete: false, user: 'alice' });
  expect(blindSpots.slice(0, 2)).toMatchObject(
    ['eu-west-1', 'us-east-1'].map((region) => ({
      what: `the calls in ${region} since 2026-09-07T10:00:00Z`,
      permission: 'cloudtrail:LookupEvents',
    })),
  );
});

test('without a permission for the last use the calls are told all the same', async () => {
  const { key, who, use, allBut } = await open();
  use(1, { region: 'us-east-1', at: '2026-12-01T00:00:00Z' });

  const found = await who({}, allBut({ Action: 'iam:GetAccessKeyLastUsed', Resource: '*' }));

  expect(found).toMatchObject({ user: null, lastUsed: null, callers: [{ count: 1 }], complete: false });
  expect(found.blindSpots[0]).toMatchObject({
    what: `when ${key} was last used, and whose it is`,
    permission: 'iam:GetAccessKeyLastUsed',
  });
});

test('the calls of a key that is gone are still there', async () => {
  const { sandbox, key, who, use } = await open();
  use(1, { region: 'us-east-1', at: '2026-12-01T00:00:00Z' });
  sandbox.account.deleteKey(key);

  const found = await who();

  expect(found).toMatchObject({ user: null, lastUsed: null, callers: [{ count: 1 }], complete: true });
  expect(found.blindSpots[0]?.why).toBe('AWS knows no such key');
});

test('where nothing at all may be read, that is the answer', async () => {
  const { who, allBut } = await open();
  const nobody = allBut({ Action: '*', Resource: '*' });

  await expect(who({}, nobody)).rejects.toThrow(AccessDeniedError);
});
