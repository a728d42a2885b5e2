// A rotation in the middle of its way, arranged instead of gone: both keys, the place, the vault, the claim and the record as
// the steps up to the delivery leave them. For tests of one activity, which are over in no time then.
import { writeFileSync } from 'node:fs';
import { KeyPair } from '../../src/access-key.ts';
import { counterOf } from '../../src/activities/record.ts';
import type { Plan, RotationContext } from '../../src/machine/context.ts';
import { came } from './outcomes.ts';
import { createWorld, user, type WorldOptions } from './world.ts';

export const oldKey = 'AKIAOLDOLDOLDOLD0001';
export const newKey = 'AKIANEWNEWNEWNEW0002';
/** Brings the old key back without keyturn. */
export const undo = `aws iam update-access-key --user-name alice --access-key-id ${oldKey} --status Active`;

export const claimTag = 'keyturn:claim:r-1';
const delivered = {
  ...came('claimUser'),
  ...came('preflightConsumers'),
  ...came('createKey', { newKey }),
  ...came('deliverKey'),
};
const pairs = { old: new KeyPair(oldKey, 'o'.repeat(40)), new: new KeyPair(newKey, 'n'.repeat(40)) };

export interface UnderWay extends WorldOptions {
  plan?: Partial<Plan>;
  /** What came after the delivery, or other than so. */
  record?: Partial<RotationContext>;
  /** What the old key is by now. Default: active. */
  old?: 'Active' | 'Inactive' | 'gone';
  /** The step that the claim names, and its counter. Default: `deliverKey`, and what the record knows. */
  claim?: { step?: string; counter?: number } | null;
}

/** It is 2026-12-06T10:00:00Z; the old key was last used an hour ago, and everything was delivered half an hour ago. */
export async function underWay({ plan = {}, record = {}, old = 'Active', claim = {}, ...options }: UnderWay = {}) {
  const june = { accessKeyId: oldKey, secretAccessKey: pairs.old.reveal(), createdAt: '2026-06-01T08:00:00Z' };
  const world = await createWorld({ keys: [june], ...options });
  const { account, vault } = world;
  const context = world.context({ plan: world.plan(plan), ...delivered, ...record });

  account.createKey(user, {
    accessKeyId: newKey,
    secretAccessKey: pairs.new.reveal(),
    createdAt: '2026-12-06T09:20:00Z',
  });
  if (old === 'Inactive') account.setStatus(oldKey, old);
  if (old === 'gone') account.deleteKey(oldKey);
  const { step = 'deliverKey', counter = counterOf(context) } = claim ?? {};
  const value = `since=2026-12-06T09:15:00Z n=${counter} step=${step} at=2026-12-06T09:30:00Z keys=${oldKey}/${newKey}`;
  account.setTags(user, claim ? { team: 'web', [claimTag]: value } : { team: 'web' });
  for (const which of ['old', 'new'] as const) await vault.put('r-1', which, pairs[which]);
  const content = world.content().replaceAll(oldKey, newKey).replaceAll(pairs.old.reveal(), pairs.new.reveal());
  writeFileSync(world.credentialsFile, content, { mode: 0o600 });

  return {
    ...world,
    context,
    statusOf: (id: string) => account.snapshot()[user]?.keys.find((key) => key.id === id)?.status ?? 'gone',
    /** What was asked of AWS that changes something about a key. */
    changes: () => world.operations().filter((one) => /AccessKey$/.test(one) && one.startsWith('List') === false),
  };
}
