// Whom a rule is for, and who is left alone.
import type { Policy } from './policy.ts';
import type { Exemption, PolicyContent } from './schema.ts';

/** What IAM says of a user. */
export interface PolicyUser {
  name: string;
  path: string;
  tags: Readonly<Record<string, string>>;
}

export type Rule = NonNullable<PolicyContent['rules']>[number];

/** All that the rule names must match: name, path, and every tag. */
export function matches(rule: Pick<Rule, 'user' | 'path' | 'tag'>, { name, path, tags }: PolicyUser): boolean {
  // IAM tells neither users' names nor tags' keys apart by case; paths and values it does.
  const isUser = rule.user === undefined || some(rule.user, (pattern) => isLike(name, pattern, 'i'));
  const isPath = rule.path === undefined || some(rule.path, (pattern) => isLike(path, pattern));
  const hasTags = Object.entries(rule.tag ?? {}).every(([key, pattern]) =>
    Object.entries(tags).some(([one, value]) => one.toLowerCase() === key.toLowerCase() && isLike(value, pattern)),
  );
  return isUser && isPath && hasTags;
}

function some(patterns: string | string[], test: (pattern: string) => boolean): boolean {
  return (Array.isArray(patterns) ? patterns : [patterns]).some(test);
}

/** `*` stands for any characters, also `/` and none at all, `?` for one: as in IAM's own policies. */
function isLike(text: string, pattern: string, flags = ''): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `su${flags}`).test(text);
}

export interface Exempt {
  exemption: Exemption;
  index: number;
}

/**
 * The exemption that leaves this key, or the user as a whole, alone at `now` (milliseconds, AWS's time). The last day
 * counts to its end. A user without the key in question is exempt only as a whole.
 */
export function exemptionOf(
  { content }: Pick<Policy, 'content'>,
  { user, key }: { user: string; key: string | null },
  now: number,
): Exempt | null {
  const all = (content.exemptions ?? []).map((exemption, index) => ({ exemption, index }));
  return all.find(({ exemption }) => covers(exemption, user, key) && now < endOf(exemption)) ?? null;
}

/** Exemptions that would hold, had they not ended. */
export function endedExemptionsOf(
  { content }: Pick<Policy, 'content'>,
  { user, key }: { user: string; key: string | null },
  now: number,
): Exempt[] {
  const all = (content.exemptions ?? []).map((exemption, index) => ({ exemption, index }));
  return all.filter(({ exemption }) => covers(exemption, user, key) && now >= endOf(exemption));
}

function covers(exemption: Exemption, user: string, key: string | null): boolean {
  const isUser = exemption.user === undefined || exemption.user.toLowerCase() === user.toLowerCase();
  return isUser && (exemption.key === undefined || exemption.key === key);
}

function endOf({ until }: Exemption): number {
  return Date.parse(`${until}T00:00:00Z`) + 86_400_000;
}
