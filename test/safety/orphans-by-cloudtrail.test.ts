// A key that may be a rotation's own orphan is asked of CloudTrail before it is touched: whose program made it.
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { agentThatMade } from '../../src/cli/agent-that-made.ts';
import { createWorld, user, type World } from '../support/world.ts';

/** The question as the command line puts it. */
function confirmed({ sandbox, clock }: World) {
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  const aws = createAws({ clock, version: '0.0.0-test', region: 'eu-west-1', endpointUrl: sandbox.url, credentials });
  return { deps: { agentThatMade: (keyId: string, since: string) => agentThatMade(aws, keyId, since) } };
}

/** Cut off around CreateAccessKey, and a while later, when CloudTrail tells of it. */
async function cutOff(world: World, phase: 'before' | 'after'): Promise<void> {
  await world.start({}, { killAt: (event) => event.phase === phase && event.operation === 'CreateAccessKey' });
}

/** Somebody's key, made within the same seconds by a program that is not keyturn. */
async function madeByHand({ sandbox }: World): Promise<void> {
  const iam = new IAMClient({ endpoint: sandbox.url, region: 'us-east-1', credentials: sandbox.credentials });
  await iam.send(new CreateAccessKeyCommand({ UserName: user }));
}

function lookups({ sandbox }: World): (string | null)[] {
  return sandbox.requests.filter(({ operation }) => operation === 'LookupEvents').map(({ error }) => error);
}

describe('S21 an orphan, where CloudTrail can be read', () => {
  test('is one whose event carries the rotation’s id: it is removed', async () => {
    const world = await createWorld();
    await cutOff(world, 'after');
    const orphan = world.account.snapshot()[user]?.keys[1]?.id;
    await world.clock.sleep(900_000);

    await world.resume({ killIn: 'verifyNewKey', ...confirmed(world) });

    expect(lookups(world)).toEqual([null]);
    const keys = world.account.snapshot()[user]?.keys.map(({ id }) => id) ?? [];
    expect(keys).not.toContain(orphan);
    expect(keys.length).toBe(2);
  });

  test('is not one that another program made, though all else fits: it stays, and the rotation stops', async () => {
    const world = await createWorld();
    await cutOff(world, 'before');
    for (const { id } of world.account.snapshot()[user]?.keys.slice(1) ?? []) world.account.deleteKey(id);
    await madeByHand(world);
    await world.clock.sleep(900_000);

    const { ended, record } = await world.resume(confirmed(world));

    expect(ended).toBe('stuck');
    expect(record.context.error?.Cause).toContain('has a key that this rotation cannot call its own');
    expect(world.account.snapshot()[user]?.keys.map(({ status }) => status)).toEqual(['Active', 'Active']);
  });

  test('is judged without the event where that has not arrived, or may not be read', async () => {
    const world = await createWorld();
    await cutOff(world, 'after');
    world.sandbox.fault({ operation: 'LookupEvents', call: 'every', kind: 'accessDenied' });

    const { ended } = await world.resume({ killIn: 'verifyNewKey', ...confirmed(world) });

    expect(ended).toBe('killed');
    expect(lookups(world)).toEqual(['AccessDeniedException']);
    expect(world.account.snapshot()[user]?.keys.length).toBe(2);
  });
});
