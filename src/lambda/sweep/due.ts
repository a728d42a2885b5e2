// When a key is due: early enough that it is gone before it is older than `maxAge`, however long the old one stays in use.
import type { Policy } from '../../policy/policy.ts';
import { type Settings, settingsOf, unattendedSettings } from '../../policy/settings.ts';

export const day = 86_400;

/** Seconds of age from which a key is due; null where the policy leaves no time to rotate it in. */
export function startAge({ maxAge, watchLimit, grace, minAge }: Settings): number | null {
  const start = maxAge - watchLimit - grace - day;
  return start > 0 ? Math.max(start, minAge) : null;
}

/** No user's key is due at a lower age than this, whichever rules match. */
export function lowestStartAge({ content: { defaults = {}, rules = [] } }: Policy): number {
  const blocks = [unattendedSettings, settingsOf(defaults), ...rules.map(settingsOf)];
  const all = (name: 'maxAge' | 'watchLimit' | 'grace') => blocks.flatMap((block) => block[name] ?? []);
  return Math.max(0, Math.min(...all('maxAge')) - Math.max(...all('watchLimit')) - Math.max(...all('grace')) - day);
}

/** In seconds, never below 0. */
export function ageAt(now: number, createdAt: string): number {
  return Math.max(0, (now - Date.parse(createdAt)) / 1000);
}

/** To one decimal. */
export function inDays(seconds: number): number {
  return Math.round((seconds / day) * 10) / 10;
}
