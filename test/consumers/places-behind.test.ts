// The places in AWS where reads are behind writes: what was written is read back, and the way back believes no old look.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { secretsmanager } from '../../src/consumers/secretsmanager.ts';
import { ssm } from '../../src/consumers/ssm.ts';
import { ConsumerError } from '../../src/errors.ts';
import { jsonOf, newPair, oldPair, openAccount, pairIn, strange } from './places-account.ts';

const kinds = [
  ['a secret', secretsmanager, 'app/key#region=us-east-1'],
  ['a parameter', ssm, '/app/key#region=us-east-1'],
  ['two parameters', ssm, '/app/secret#id=/app/id,region=us-east-1'],
] as const;
const [oldKey, newKey] = [oldPair.accessKeyId, newPair.accessKeyId];

describe.each(kinds)('%s', (what, kind, place) => {
  async function setUp() {
    const account = await openAccount();
    const { sandbox, clock, open } = account;
    const { secrets, parameters } = sandbox;
    secrets.create({ name: 'app/key', value: jsonOf(oldPair) });
    parameters.create({ name: '/app/key', value: jsonOf(oldPair) });
    parameters.create({ name: '/app/secret', value: oldPair.reveal() });
    parameters.create({ name: '/app/id', value: oldKey });
    await clock.advance(60_000);
    const read = () => {
      if (what === 'a secret') return pairIn(secrets.value('app/key') ?? '');
      if (what === 'a parameter') return pairIn(parameters.value('/app/key'));
      return new KeyPair(parameters.value('/app/id'), parameters.value('/app/secret'));
    };
    const holds = () => [oldPair, newPair, strange].find((pair) => read()?.sameAs(pair))?.accessKeyId;
    const put = (name: string, value: string) => void parameters.put(name, value);
    return {
      ...account,
      holds,
      /** As another process would. */
      open: () => open(kind, place),
      byHand: () => {
        if (what === 'a secret') return void secrets.put('app/key', jsonOf(strange));
        put('/app/key', jsonOf(strange));
        put('/app/id', strange.accessKeyId);
        put('/app/secret', strange.reveal());
      },
      behind: (staleReads: (one: { read: number }) => boolean, readDelay = 4_000) =>
        Object.assign(sandbox.settings, { readDelay, staleReads }),
    };
  }

  test.each([
    ['every read', () => true],
    ['every other read', ({ read }: { read: number }) => read % 2 === 0],
    ['every other read but the first', ({ read }: { read: number }) => read % 2 === 1],
    ['two of three reads', ({ read }: { read: number }) => read % 3 !== 0],
  ])('gives back what was written, where %s is behind', async (_, staleReads) => {
    const { open, behind, holds } = await setUp();
    behind(staleReads);
    const consumer = open();

    await consumer.write(newPair, oldKey);
    const readBack = [await consumer.readBack(newPair), await consumer.readBack(newPair)];

    expect(readBack).toEqual([newKey, newKey]);
    expect(holds()).toBe(newKey);
  });

  test('says what somebody else wrote since, though its own write does not show any more', async () => {
    const { open, byHand } = await setUp();
    const consumer = open();
    await consumer.write(newPair, oldKey);

    byHand();

    expect(await consumer.readBack(newPair)).toBe('AKIASTRANGESTRANGER3');
  });

  test('S24 a look that is behind does not pass for the way back', async () => {
    const { open, behind, holds } = await setUp();
    behind(() => true);
    await open().write(newPair, oldKey);

    const back = open();
    const outcome = await back.restore(oldPair, newKey);

    expect([outcome, holds(), await back.readBack(oldPair)]).toEqual(['restored', oldKey, oldKey]);
  });

  test('S24 what somebody else wrote right after the delivery is left, though looks are behind', async () => {
    const { open, behind, byHand, holds } = await setUp();
    behind(() => true);
    await open().write(newPair, oldKey);
    byHand();

    const outcome = await open()
      .restore(oldPair, newKey)
      .catch((error) => error.name);

    expect(outcome).toBe(what === 'two parameters' ? 'left' : 'ConsumerError');
    expect(holds()).toBe('AKIASTRANGESTRANGER3');
  });

  test('S24 what somebody else wrote right before the delivery is left, though looks are behind', async () => {
    const { open, behind, byHand, holds } = await setUp();
    behind(() => true);
    byHand();

    await expect(open().write(newPair, oldKey)).rejects.toThrow(ConsumerError);

    expect(holds()).toBe('AKIASTRANGESTRANGER3');
  });

  test('takes what another process delivered right before as delivered, though looks are behind', async () => {
    const { open, behind, holds } = await setUp();
    behind(() => true);
    await open().write(newPair, oldKey);

    const next = open();
    await next.write(newPair, oldKey);

    expect([await next.readBack(newPair), holds()]).toEqual([newKey, newKey]);
  });

  test('goes back at once where it holds the new pair whole', async () => {
    const { open, clock } = await setUp();
    await open().write(newPair, oldKey);
    const before = clock.monotonic();

    await open().restore(oldPair, newKey);

    expect(clock.monotonic() - before).toBe(what === 'two parameters' ? 15_000 : 0);
  });

  test('waits once for all that are opened together', async () => {
    const { open, clock } = await setUp();
    const before = clock.monotonic();

    for (const consumer of [open(), open(), open()]) await consumer.restore(oldPair, newKey);

    expect(clock.monotonic() - before).toBe(15_000);
  });
});
