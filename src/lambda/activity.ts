// One activity as a function: the context from the execution's state, the parts that this activity may reach and no others,
// and the seal, which the dangerous steps obey.
import { isDeepStrictEqual } from 'node:util';
import type { Activity, ActivityDeps, Announcement } from '../activities/contract.ts';
import { wasOffered } from '../activities/record.ts';
import { openConsumer } from '../consumers/registry.ts';
import { RecordError } from '../errors.ts';
import { untilSeen } from '../late-reads.ts';
import type { ActivityName, Outputs, RotationContext } from '../machine/context.ts';
import { openProbe } from '../probes/registry.ts';
import { createDiscardingVault } from '../vault/discarding-vault.ts';
import { createSecretsManagerVault } from '../vault/secrets-manager-vault.ts';
import { contextOf } from './context-of.ts';
import type { ExecutionState } from './contract.ts';
import { haltedNow } from './halts.ts';
import type { Make } from './in-lambda.ts';
import { needs } from './needs.ts';
import { aboutPlan, type NoticeEvent, notify } from './notices.ts';
import type { Parts } from './parts.ts';

/** What is to be told before it is done, by the activity that says so. */
const announced: Partial<Record<ActivityName, NoticeEvent>> = {
  freeSlot: 'aboutToDelete',
  deactivateKey: 'aboutToDeactivate',
  deleteKey: 'aboutToDelete',
};

export function activity<Name extends ActivityName>(
  name: Name,
  make: (deps: ActivityDeps) => Activity<Name>,
): Make<ExecutionState, Outputs[Name]> {
  return (parts) => async (state) => {
    const context = contextOf(state);
    if (needs[name].seal === 'read') await mustBeAsSealed(parts, name, context);
    return make(depsFor(parts, name, context))(context);
  };
}

export function depsFor(parts: Parts, name: ActivityName, { rotation, plan }: RotationContext): ActivityDeps {
  const { aws, clock, deployment } = parts;
  const secrets = () => aws.secretsManager(plan.region);
  return {
    aws,
    clock,
    attended: false,
    vault:
      needs[name].vault === 'use'
        ? createSecretsManagerVault({ clock, secrets, kmsKey: deployment.KEYTURN_VAULT_KEY })
        : createDiscardingVault(secrets),
    consumer: (spec, replacement) => openConsumer(spec, replacement, { clock, aws, env: {}, print: async () => {} }),
    probe: (spec) => openProbe(spec, { clock, aws, env: {} }),
    halted: (_, now) => haltedNow(parts, plan, now),
    announce: async ({ about, text }: Announcement) => {
      const event = announced[about];
      parts.log({ level: 'INFO', message: text, activity: about, rotation });
      // Where it cannot be told it is not done: what this throws ends the activity before the change (invariant 5).
      if (event) await notify(aws.topic(deployment.KEYTURN_TOPIC), { event, ...aboutPlan(plan, rotation), what: text });
    },
  };
}

/** On the way back of what was never sealed: then no place was ever offered a key of ours. */
const withoutSeal: readonly ActivityName[] = ['verifyOldKey', 'restoreConsumers', 'removeNewKey'];

/** Throws RecordError: a state that says something else than was sealed has been tampered with, and this step did nothing. */
async function mustBeAsSealed({ seal, clock }: Parts, name: ActivityName, context: RotationContext): Promise<void> {
  const { rotation, plan, createKey } = context;
  const mayBeUnsealed = !createKey && !wasOffered(context) && withoutSeal.includes(name);
  // Another function wrote it, maybe just now.
  const isAsSealed = await untilSeen(clock, async () => {
    const sealed = await seal.get(rotation);
    if (!sealed) return mayBeUnsealed;
    return isDeepStrictEqual(sealed.plan, plan) && (sealed.made?.id ?? null) === (createKey?.newKey ?? null);
  });
  if (isAsSealed) return;
  throw new RecordError(`rotation ${rotation} is not what was sealed when it began`, {
    hint: `this step changed nothing; keyturn status ${rotation} shows how the keys stand`,
  });
}
