// The plan in words and dates, for a person who is about to agree to it, and as the steps of a dry run.
import { shortKeyId } from '../access-key.ts';
import { quietForOf } from '../activities/quiet.ts';
import { instant } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { KeyFacts, Plan } from '../machine/context.ts';
import { showProbe } from '../probes/registry.ts';
import { useWords } from './render.ts';
import type { RotationDocument } from './rotation-document.ts';

/** What will happen, when at the earliest, and what nobody can see. */
export function planWords(plan: Plan, keys: readonly KeyFacts[], now: number): string[] {
  const old = keys.find((key) => key.id === plan.oldKey);
  const quiet = old ? quietForOf(plan, old) : plan.quietFor * 1000;
  const deactivation = now + quiet + Math.min(quiet / 4, 4.25 * 3_600_000);
  const deletion = deactivation + plan.grace * 1000;
  const day = (ms: number) => `${instant(ms).slice(0, 16).replace('T', ' ')} UTC`;

  const lines = [`${plan.user} (${plan.userId}) in account ${plan.account}`];
  if (old) lines.push(`replace ${shortKeyId(old.id)}, made ${old.createdAt.slice(0, 10)}, ${useWords(old)}`);
  else lines.push('make a first key: there is none to replace');
  if (plan.from === 'watch')
    lines.push(`${shortKeyId(plan.newKey ?? '')} has replaced it already; nothing is created or delivered`);
  else {
    lines.push('now: create a new key, keep its secret in the vault, wait until AWS accepts it everywhere');
    for (const spec of plan.consumers) lines.push(`now: write it to ${spec}, and read it back`);
  }
  if (old) {
    lines.push(
      `from then on: watch ${shortKeyId(old.id)} until it was unused for ${formatDuration(quiet / 1000)}: not before ${day(deactivation)}`,
    );
    lines.push(`then: deactivate it (one command brings it back), and wait ${formatDuration(plan.grace)}`);
    lines.push(`then: delete it: not before ${day(deletion)}`);
    lines.push(...blindSpots(plan, old));
  }
  return lines;
}

function blindSpots(plan: Plan, old: KeyFacts): string[] {
  const lines = [];
  if (plan.probes.length > 0)
    lines.push(
      `during the wait every ${formatDuration(plan.probeEvery)}: ${plan.probes.map(showProbe).join(', ')}; a failure reactivates`,
    );
  else lines.push('blind: no --probe is given, so during the wait nobody looks whether everything works');
  lines.push('blind: programs that read the key once at their start keep the old one until they are restarted');
  if (old.lastUsedAt === null) lines.push('blind: no use of the old key is known, so its silence proves nothing');
  if (old.lastUsedService === 'sts')
    lines.push('blind: sessions made from the old key live on, and only their making is seen');
  return lines;
}

/** The steps of a dry run, each with the IAM actions that it calls. */
export function planSteps(plan: Plan): NonNullable<RotationDocument['plan']> {
  const read = ['sts:GetCallerIdentity', 'iam:GetUser'];
  const fenced = [...read, 'iam:TagUser'];
  const steps: NonNullable<RotationDocument['plan']> = [
    { state: 'claimUser', what: `claim ${plan.user} with a tag`, calls: fenced },
    {
      state: 'inspectKeys',
      what: 'look at the keys afresh',
      calls: [...read, 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed'],
    },
  ];
  if (plan.from === 'start') {
    steps.push({ state: 'preflightConsumers', what: `check ${plan.consumers.join(', ')}`, calls: [] });
    if (plan.freeSlot !== 'never') {
      steps.push({
        state: 'freeSlot',
        what: `remove an inactive key if there is no room (${plan.freeSlot})`,
        calls: [...fenced, 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed', 'iam:DeleteAccessKey'],
      });
    }
    steps.push(
      {
        state: 'createKey',
        what: 'create a new key and store its secret in the vault',
        calls: [...fenced, 'iam:CreateAccessKey', 'iam:ListAccessKeys'],
      },
      { state: 'verifyNewKey', what: 'ask as the new key who it is, three times', calls: ['sts:GetCallerIdentity'] },
      { state: 'deliverKey', what: `write it to ${plan.consumers.join(', ')}`, calls: fenced },
    );
  }
  if (plan.oldKey !== null) {
    const look = [...read, 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed'];
    const id = shortKeyId(plan.oldKey);
    steps.push(
      { state: 'checkOldKeyUse', what: `see whether ${id} is still used`, calls: look },
      {
        state: 'awaitQuiet',
        what: `wait until it was unused for ${formatDuration(plan.quietFor)}, at most ${formatDuration(plan.watchLimit)}`,
        calls: [],
      },
      {
        state: 'deactivateKey',
        what: `deactivate ${id}`,
        calls: [...fenced, 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed', 'iam:UpdateAccessKey'],
      },
      { state: 'checkHealth', what: 'see whether everything works without it', calls: look },
      { state: 'awaitGrace', what: `wait ${formatDuration(plan.grace)}`, calls: [] },
      {
        state: 'deleteKey',
        what: `delete ${id}`,
        calls: [...fenced, 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed', 'iam:DeleteAccessKey'],
      },
    );
  }
  steps.push({
    state: 'releaseUser',
    what: 'take the claim away and empty the vault',
    calls: ['iam:GetUser', 'iam:ListAccessKeys', 'iam:UntagUser'],
  });
  return steps;
}
