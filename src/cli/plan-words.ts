// The plan in words and dates, for a person who is about to agree to it, and as the steps of a dry run.
import { shortKeyId } from '../access-key.ts';
import { graceOf, lastSound, marginOf, quietForOf } from '../activities/quiet.ts';
import { instant } from '../clock.ts';
import { givesBack } from '../consumers/registry.ts';
import { formatDuration } from '../duration.ts';
import type { KeyFacts, Plan } from '../machine/context.ts';
import { showProbe } from '../probes/registry.ts';
import { useWords } from './render.ts';
import type { RotationDocument } from './rotation-document.ts';

/** Lines for a terminal: whose key, the numbered steps with their dates, and what nobody can see. */
export function planWords(plan: Plan, keys: readonly KeyFacts[], now: number): string[] {
  const old = keys.find((key) => key.id === plan.oldKey);
  const steps = [...firstHalf(plan, keys), ...(old ? secondHalf(plan, old, now) : [])];
  const blind = old ? blindSpots(plan, old) : [];
  return [
    `${plan.user} (${plan.userId}) in account ${plan.account}`,
    old
      ? `${shortKeyId(old.id)} is to be replaced: made ${old.createdAt.slice(0, 10)}, ${useWords(old)}`
      : 'there is no key to replace: this makes a first one',
    '',
    ...numbered(steps),
    ...(blind.length > 0 ? ['', 'What this cannot see:', ...blind.map((line) => `- ${line}`)] : []),
  ];
}

/** A line that begins with a blank belongs to the one before it. */
function numbered(steps: readonly string[]): string[] {
  let number = 0;
  return steps.map((step) => {
    if (step.startsWith(' ')) return step;
    number += 1;
    return `${number}. ${step}`;
  });
}

function firstHalf(plan: Plan, keys: readonly KeyFacts[]): string[] {
  if (plan.from === 'watch') {
    return [`${shortKeyId(plan.newKey ?? '')} has replaced it already: nothing is created or delivered`];
  }
  const spare = keys.filter((key) => key.status === 'Inactive' && [key.id, 'inactive'].includes(plan.freeSlot));
  // IAM keeps no date of a deactivation.
  const removed = spare.map(
    (key) =>
      `now, if there is no room: delete the inactive key ${shortKeyId(key.id)} (${useWords(key)}; since when it is inactive, nobody can tell)`,
  );
  return [
    ...removed,
    'now: create a new key; its secret rests in the vault until it is no longer needed',
    ...plan.consumers.map(deliveryWords),
  ];
}

function deliveryWords(spec: string): string {
  const check = {
    pair: ', and read it back',
    id: ', and ask which key it holds',
    nothing: ', which nobody can read back',
  };
  return `now: write it to ${spec}${check[givesBack(spec)]}`;
}

function secondHalf(plan: Plan, old: KeyFacts, now: number): string[] {
  const quiet = quietForOf(plan, old);
  const deactivation = now + quiet + marginOf(quiet);
  const doubt = doubtOver(plan, old, now);
  const deletion = deactivation + graceOf(plan, old);
  const id = shortKeyId(old.id);
  const looks = plan.probes.map(showProbe).join(', ');
  return [
    `from then on: watch ${id} until it was unused for ${formatDuration(quiet / 1000)}, at most ${formatDuration(plan.watchLimit)}`,
    `${day(deactivation)} at the earliest: deactivate ${id}; one command brings it back`,
    ...(doubt > deactivation
      ? [`   (${day(doubt)}, while nobody is seen using the new key: ${id} was silent before, too)`]
      : []),
    ...(looks ? [`every ${formatDuration(plan.probeEvery)} from then on: ${looks}; a failure reactivates ${id}`] : []),
    `${day(deletion)} at the earliest: delete ${id}`,
  ];
}

/** Until when the silence of a key that was silent before proves nothing; milliseconds. */
export function doubtOver(plan: Plan, old: KeyFacts, now: number): number {
  const sound = lastSound(old, plan, now);
  const silence = now - (sound ?? Date.parse(old.createdAt));
  return silence <= quietForOf(plan, old) && sound !== null ? 0 : now + Math.min(silence, plan.watchLimit * 1000);
}

export function day(ms: number): string {
  return `${instant(ms).slice(0, 16).replace('T', ' ')} UTC`;
}

function blindSpots(plan: Plan, old: KeyFacts): string[] {
  const lines = ['programs that read the key once, at their start, use the old one until they are restarted'];
  if (plan.from === 'start' && !plan.consumers.some((spec) => givesBack(spec) === 'pair')) {
    lines.push('no place gives back the old secret: going back makes the old key active again, and cannot put it back');
  }
  if (plan.probes.length === 0)
    lines.push('no --probe is given: while the old key is inactive nobody looks whether everything works');
  if (old.lastUsedAt === null) lines.push('no use of the old key is known, so its silence proves nothing');
  else if (lastSound(old, plan, Date.parse(plan.startedAt)) === null)
    lines.push('keyturn itself signs with the old key, so nobody can tell who else does: its silence proves nothing');
  if (old.lastUsedService === 'sts')
    lines.push('sessions made from the old key live for up to 36 hours, and only their making is seen');
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
