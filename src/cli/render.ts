// The text for people: a rotation, a plan, a list of keys. Pure: returns lines, prints nothing.
import { shortKeyId } from '../access-key.ts';
import { formatDuration } from '../duration.ts';
import type { KeyFacts } from '../machine/context.ts';
import type { RotationDocument } from './rotation-document.ts';

const words: Record<RotationDocument['outcome'], string> = {
  waiting: 'waiting',
  rotated: 'rotated',
  nothingToDo: 'nothing to do',
  refused: 'refused: nothing was changed',
  rolledBack: 'rolled back',
  stuck: 'stopped half-way: a person has to look',
  stopped: 'interrupted',
  planned: 'planned: nothing was changed',
};

export function renderRotation(document: RotationDocument): string {
  const { rotation, user, account, outcome, reason, hint, until, consumers, keys } = document;
  const lines = [`${rotation ?? 'rotation'}  ${user} in ${account}  ${words[outcome]}`, `  ${reason}`];
  if (until) lines.push(`  until   ${until}`);
  for (const key of keys) lines.push(`  key     ${keyLine(key, document)}`);
  for (const { spec, state, note } of consumers) lines.push(`  place   ${spec}  ${state}${note ? `: ${note}` : ''}`);
  if (hint) lines.push(`  next    ${hint.replaceAll('; ', '\n          ')}`);
  return lines.join('\n');
}

function keyLine(key: RotationDocument['keys'][number], { oldKey, newKey }: RotationDocument): string {
  const role = key.id === oldKey ? 'old  ' : key.id === newKey ? 'new  ' : 'other';
  return `${role}  ${key.id}  ${key.status}, made ${day(key.createdAt)}, ${useWords(key)}`;
}

/** When, where and by which service a key was last used; silence is not called unused. */
export function useWords({
  lastUsedAt,
  lastUsedService,
  ...rest
}: Pick<KeyFacts, 'lastUsedAt' | 'lastUsedService'> & { lastUsedRegion?: string | null }): string {
  if (lastUsedAt === null) return 'no use known';
  const where = [lastUsedService, rest.lastUsedRegion].filter(Boolean).join(', ');
  return `last used ${lastUsedAt}${where ? ` (${where})` : ''}`;
}

/** One line of a choice: which key, how old, how used. */
export function keyChoice(key: KeyFacts, now: number): string {
  const age = Math.max(0, Math.round((now - Date.parse(key.createdAt)) / 1000));
  return `${shortKeyId(key.id)}  ${key.status.toLowerCase()}  ${formatDuration(age || 1)} old  ${useWords(key)}`;
}

function day(instant: string): string {
  return instant.slice(0, 10);
}
