// What each step does and has done, in words for a person. Pure.
import { shortKeyId } from '../access-key.ts';
import type { RotationContext } from '../machine/context.ts';

/** What a state is doing, while it does it. */
export const doing: Record<string, string> = {
  claimUser: 'claiming the user',
  inspectKeys: 'looking at the keys',
  preflightConsumers: 'checking every place',
  freeSlot: 'making room',
  createKey: 'creating the new key',
  verifyNewKey: 'asking AWS whether it accepts the new key',
  deliverKey: 'delivering the new key',
  checkOldKeyUse: 'looking whether the old key is still used',
  deactivateKey: 'deactivating the old key',
  checkHealth: 'looking whether everything works',
  noteMissedLook: 'a look failed',
  deleteKey: 'deleting the old key',
  reactivateToWatch: 'reactivating the old key',
  reactivateToStop: 'reactivating the old key',
  reactivateToRollBack: 'reactivating the old key',
  verifyOldKey: 'asking AWS whether it accepts the old key',
  restoreConsumers: 'giving the places the old key back',
  removeNewKey: 'settling the new key',
  releaseUser: 'releasing the user',
};

export interface Told {
  good: boolean;
  text: string;
}

/** Where a wait follows it tells the same. */
const toldByTheWait = new Set(['busy', 'healthy', 'waiting']);
const bad = new Set([
  'rejected',
  'failed',
  'failing',
  'failingAgain',
  'unproven',
  'overdue',
  'lost',
  'hold',
  'tooLong',
  'refused',
  'noSlot',
  'stuck',
]);

/** What a state has done; null where there is nothing to tell. */
export function doneWords(state: string, context: RotationContext): Told | null {
  const output = context[activityOf(state)] as { verdict?: string; reason?: string } | undefined;
  const verdict = output?.verdict ?? '';
  if (toldByTheWait.has(verdict)) return null;
  const text = special(state, context) ?? output?.reason ?? `${doing[state] ?? state}: done`;
  return text === '' ? null : { good: !bad.has(verdict), text };
}

function special(state: string, context: RotationContext): string | undefined {
  const old = context.plan.oldKey ? shortKeyId(context.plan.oldKey) : 'the old key';
  const made = context.createKey?.newKey ?? context.plan.newKey;
  switch (state) {
    case 'claimUser':
      return `${context.plan.user} is claimed for this rotation`;
    case 'inspectKeys':
      return context.inspectKeys?.verdict === 'create' ? '' : undefined;
    case 'preflightConsumers':
      return preflightWords(context);
    case 'freeSlot':
      return context.freeSlot?.removed ? `the inactive key ${shortKeyId(context.freeSlot.removed)} is removed` : '';
    case 'createKey':
      return `the new key ${made ? shortKeyId(made) : ''} exists; its secret is in the vault`;
    case 'checkOldKeyUse':
      return context.checkOldKeyUse?.verdict === 'quiet'
        ? `quiet for long enough: ${context.checkOldKeyUse.reason}`
        : undefined;
    case 'deactivateKey':
      return `${old} is inactive`;
    // The result tells it, right after.
    case 'releaseUser':
      return '';
    case 'deleteKey':
      return `${old} is deleted`;
    case 'reactivateToWatch':
    case 'reactivateToStop':
    case 'reactivateToRollBack':
      return `${old} is active`;
    default:
      return undefined;
  }
}

function preflightWords({ plan, preflightConsumers: output }: RotationContext): string {
  const count = output?.consumers.length ?? 0;
  const ready = count === 1 ? 'the place is ready' : `all ${count} places are ready`;
  if (plan.oldKey === null) return ready;
  if (output?.oldPairKept) return `${ready}; the old pair is kept for a way back`;
  return `${ready}; the old secret cannot be read, so a roll back could reactivate but not restore`;
}

function activityOf(state: string): keyof RotationContext {
  return (state.startsWith('reactivate') ? 'reactivateKey' : state) as keyof RotationContext;
}

export function waitingWords(state: string): string {
  if (state === 'awaitQuiet') return 'both keys are active: watching';
  return state === 'awaitGrace' ? 'the old key is inactive: waiting' : 'the old key is inactive: looking again';
}
