// An execution ended as failed, timed out or aborted, which nothing in it can have caught (S2): people are told what is true now,
// and an old key that was left inactive by us, with nobody looking whether all is well, is made active again. Claim, vault
// and seal stay for whoever goes on.
import { shortKeyId } from '../access-key.ts';
import { findKey, reactivateCommand } from '../activities/keys.ts';
import { isQuarantined } from '../activities/quarantine.ts';
import { reactivateKey } from '../activities/reactivate-key.ts';
import { KeyturnError } from '../errors.ts';
import { readCause } from '../machine/blame.ts';
import type { RotationContext } from '../machine/context.ts';
import { depsFor } from './activity.ts';
import { goingOn } from './going-on.ts';
import { inLambda, type Make } from './in-lambda.ts';
import { notify } from './notices.ts';
import type { Parts } from './parts.ts';
import { lookForRemains, type Remains, whyLeft } from './remains.ts';

/** Of EventBridge's `Step Functions Execution Status Change`; all else is asked of Step Functions. */
export interface StatusChange {
  detail: { executionArn: string };
}

const endings: Partial<Record<string, string>> = { FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'was stopped' };

interface Mending {
  /** What became of the old key. */
  told: string;
  failure?: KeyturnError;
}

export const make: Make<StatusChange, null> = (parts) => async (event) => {
  const { aws, region, deployment, log } = parts;
  const execution = await aws.stateMachines(region).describe(event.detail.executionArn);
  const ending = endings[execution.status];
  if (!ending || execution.machine !== deployment.KEYTURN_STATE_MACHINE) {
    log({ level: 'INFO', message: `nothing to be told of ${execution.arn}: ${execution.status}` });
    return null;
  }
  const remains = await lookForRemains(parts, execution);
  const mending = remains ? await mend(parts, remains) : { told: 'it never got as far as a user' };
  const cause = readCause(execution.cause ?? '').message;
  const how = [execution.error ?? '', cause].filter(Boolean).join(': ');
  await tell(parts, remains, `execution ${execution.name} ${ending}${how ? ` (${how})` : ''}; ${mending.told}`);
  // Asked again by Lambda, and in the end by whoever looks at what could not be done.
  if (mending.failure) throw mending.failure;
  return null;
};

export const handler = inLambda(make);

async function mend(parts: Parts, remains: Remains): Promise<Mending> {
  const { user, rotation, oldKey } = remains;
  const old = oldKey ? shortKeyId(oldKey) : 'the old key';
  try {
    const why = await whyLeft(parts, remains);
    if (why) return { told: `nothing was changed: ${why}` };
    const context = (await goingOn(parts, { user: user.name, rotation }, rotation)) as RotationContext;
    const deps = depsFor(parts, 'reactivateKey', context);
    if (await isQuarantined(deps, user.name)) {
      return { told: `${old} stays inactive: AWS quarantined ${user.name} for a leaked key` };
    }
    await reactivateKey(deps)(context);
    return { told: `nobody was left to look whether all is well without ${old}, so it is active again` };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    return { told: `whether ${old} should be active could not be settled: ${error.message}`, failure: error };
  }
}

async function tell(parts: Parts, remains: Remains | null, what: string): Promise<void> {
  const { aws, deployment, log } = parts;
  const topic = aws.topic(deployment.KEYTURN_TOPIC);
  const [, , , , account = ''] = deployment.KEYTURN_STATE_MACHINE?.split(':') ?? [];
  log({ level: 'ERROR', message: what, rotation: remains?.rotation ?? null });
  if (!remains) return notify(topic, { event: 'stuck', account, user: null, rotation: null, what });

  const { user, rotation, oldKey, newKey, claim, ended, sealed } = remains;
  const keys = await aws.keys(user.name);
  const isOpen = Boolean(claim || sealed) && !ended;
  const at = (command: string) => `keyturn ${command} ${rotation} --engine stepfunctions`;
  const isInactive = findKey(keys, oldKey)?.status === 'Inactive';
  await notify(topic, {
    event: 'stuck',
    account,
    user: user.name,
    rotation,
    what,
    ...(isOpen || ended ? { command: at('resume') } : {}),
    details: {
      execution: remains.execution.arn,
      oldKey,
      newKey,
      keys: keys.map(({ id, status }) => ({ id, status })),
      claim: claim ? { step: claim.step, at: claim.at, deactivatedAt: claim.off ?? null } : null,
      ...(isOpen ? { goOn: at('resume'), undo: at('rollback') } : {}),
      ...(isInactive && oldKey ? { reactivate: reactivateCommand(user.name, oldKey) } : {}),
    },
  });
}
