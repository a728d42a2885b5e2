import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { Consumer } from '../../src/consumers/contract.ts';
import { claimTag, newKey, oldKey, type UnderWay, underWay } from '../support/under-way.ts';
import { user } from '../support/world.ts';

const two = { profiles: ['default', 'batch'] };

describe('restoreConsumers', () => {
  test('gives every place the old pair back, says so, and raises the claim', async () => {
    const rotation = await underWay(two);

    const output = await rotation.activities.restoreConsumers(rotation.context);

    const [first = '', second = ''] = rotation.plan().consumers;
    expect(output).toEqual({
      at: '2026-12-06T10:00:00Z',
      counter: 3,
      verdict: 'restored',
      reason: 'every place holds AKIA…0001 again',
      consumers: [
        { spec: first, state: 'restored' },
        { spec: second, state: 'restored' },
      ],
    });
    expect(rotation.left().places).toEqual({ default: 'old', batch: 'old' });
    expect(rotation.content()).toContain(`aws_secret_access_key = ${'o'.repeat(40)}`);
    expect(rotation.account.tags(user)[claimTag]).toContain('n=3 step=restoreConsumers');
  });

  test('S23 knows the new key by the vault, where its creation was cut off', async () => {
    const rotation = await underWay({ record: { createKey: undefined } as never });

    expect((await rotation.activities.restoreConsumers(rotation.context)).verdict).toBe('restored');
    expect(rotation.left().places).toEqual({ default: 'old' });
  });

  test('S24 leaves a place that holds neither of the two keys, and names it', async () => {
    const rotation = await underWay(two);
    const foreign = rotation.content().replace(newKey, 'AKIASOMEBODYELSE0001');
    writeFileSync(rotation.credentialsFile, foreign);

    const { verdict, reason, consumers } = await rotation.activities.restoreConsumers(rotation.context);

    const [first = '', second = ''] = rotation.plan().consumers;
    expect([verdict, reason]).toEqual(['restored', `left as they are: ${first}`]);
    expect(consumers).toEqual([
      { spec: first, state: 'left', note: 'it holds neither of the two keys, so it was left as it is' },
      { spec: second, state: 'restored' },
    ]);
  });

  test('all that are left are named', async () => {
    const rotation = await underWay(two);
    writeFileSync(rotation.credentialsFile, rotation.content().replaceAll(newKey, 'AKIASOMEBODYELSE0001'));

    const { reason } = await rotation.activities.restoreConsumers(rotation.context);

    expect(reason).toBe(`left as they are: ${rotation.plan().consumers.join(', ')}`);
  });

  test('fails where a place cannot be written, in its words', async () => {
    const rotation = await underWay();
    chmodSync(rotation.credentialsFile, 0o400);

    const { verdict, reason, consumers } = await rotation.activities.restoreConsumers(rotation.context);

    const [spec = ''] = rotation.plan().consumers;
    expect(reason).toContain('read-only');
    expect([verdict, consumers]).toEqual(['failed', [{ spec, state: 'failed', note: reason }]]);
    expect(rotation.left().places).toEqual({ default: 'new' });
  });

  test.each(['old', 'new'] as const)(
    'stops where the vault lost the %s pair and the record does not help',
    async (which) => {
      const rotation = await underWay({ record: { createKey: undefined } as never });
      await rotation.vault.remove('r-1', which);
      const claimed = rotation.account.tags(user)[claimTag];

      await expect(rotation.activities.restoreConsumers(rotation.context)).rejects.toMatchObject({
        name: 'VaultError',
        message: 'the pairs of rotation r-1 are not in the vault',
        hint: 'both keys are active and the places as they were',
      });
      expect(rotation.left().places).toEqual({ default: 'new' });
      expect(rotation.account.tags(user)[claimTag]).toBe(claimed);
    },
  );
});

describe('restoreConsumers, of a place that', () => {
  /** A place of a kind of its own; what it is given comes back as `holds` says. */
  async function restoring(place: Partial<Consumer>, given: UnderWay = {}) {
    const spec = 'exec:/deploy/key';
    const rotation = await underWay({ plan: { consumers: [spec] }, ...given });
    const asked: unknown[] = [];
    const consumer: Consumer = {
      spec,
      readable: true,
      preflight: async () => ({ holds: null, pair: null, notes: [] }),
      write: async () => {},
      readBack: async () => oldKey,
      restore: async (pair, expected) => {
        asked.push([pair.accessKeyId, expected]);
        return 'restored';
      },
      ...place,
    };
    const { restoreConsumers } = createActivities({ ...rotation.newDeps(), consumer: async () => consumer });
    return { asked, output: restoreConsumers(rotation.context) };
  }

  test('takes it, the old pair is for whoever holds the new one', async () => {
    const { asked, output } = await restoring({});

    expect((await output).consumers).toEqual([{ spec: 'exec:/deploy/key', state: 'restored' }]);
    expect(asked).toEqual([[oldKey, newKey]]);
  });

  test('S25 cannot be read back, that is said of it', async () => {
    const { output } = await restoring({
      readable: false,
      readBack: () => Promise.reject(new Error('not to be asked')),
    });

    expect((await output).consumers).toEqual([{ spec: 'exec:/deploy/key', state: 'restored', readable: false }]);
  });

  test('cannot be read back and is left, the reason is another', async () => {
    const { output } = await restoring({ readable: false, restore: async () => 'left' });

    expect((await output).consumers).toEqual([
      { spec: 'exec:/deploy/key', state: 'left', note: 'it cannot be read back, so it was left as it is' },
    ]);
  });

  test('holds something else afterwards, it failed', async () => {
    const { output } = await restoring({ readBack: async () => newKey });

    expect(await output).toMatchObject({
      verdict: 'failed',
      reason: 'exec:/deploy/key does not give back what was restored to it',
      consumers: [
        {
          spec: 'exec:/deploy/key',
          state: 'failed',
          note: 'exec:/deploy/key does not give back what was restored to it',
        },
      ],
    });
  });

  test('fails by a fault of our own, nothing is said to have been restored', async () => {
    const { output } = await restoring({ restore: () => Promise.reject(new TypeError('a slip')) });

    await expect(output).rejects.toThrow('a slip');
  });
});
