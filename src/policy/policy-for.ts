// What holds for one user, and for each setting where that stands. Rules matched by name or path come in the file's order,
// the last one wins; those matched by a tag come after all of them and only tighten (S27).
import { matches, type PolicyUser, type Rule } from './match.ts';
import { lineOf, type Policy } from './policy.ts';
import type { SettingName } from './schema.ts';
import { type Settings, settingsOf } from './settings.ts';

/** Where a setting stands; null where nobody set it. */
export type Origin = { file: string; line: number; path: string } | null;

export interface Effective {
  settings: Settings;
  origins: Record<SettingName, Origin>;
  /** Set by a rule that a tag matched, and looser than what holds already. */
  untaken: { name: SettingName; origin: NonNullable<Origin> }[];
}

/** `builtIn` is what holds where the file says nothing. */
export function policyFor(policy: Policy | null, user: PolicyUser, builtIn: Settings): Effective {
  const settings = structuredClone(builtIn);
  const origins = Object.fromEntries(namesIn(builtIn).map((name) => [name, null])) as Effective['origins'];
  const untaken: Effective['untaken'] = [];
  if (!policy) return { settings, origins, untaken };

  const { defaults, rules = [] } = policy.content;
  const indexed = rules.map((rule, index) => ({ rule, index })).filter(({ rule }) => matches(rule, user));
  const originOf = (name: SettingName, ...block: (string | number)[]) => ({
    file: policy.file,
    line: lineOf(policy, [...block, name]),
    path: block.length > 1 ? `${block[0]}[${block[1]}].${name}` : `${block[0]}.${name}`,
  });
  const replace = (given: Partial<Settings>, ...block: (string | number)[]) => {
    for (const name of namesIn(given)) {
      Object.assign(settings, { [name]: given[name] });
      origins[name] = originOf(name, ...block);
    }
  };

  replace(settingsOf(defaults ?? {}), 'defaults');
  for (const { rule, index } of indexed.filter(({ rule }) => !isByTag(rule))) {
    replace(settingsOf(rule), 'rules', index);
  }
  for (const { rule, index } of indexed.filter(({ rule }) => isByTag(rule))) {
    const given = settingsOf(rule);
    for (const name of namesIn(given)) {
      const origin = originOf(name, 'rules', index);
      const tighter = tightened(settings, given, name);
      if (tighter === undefined) {
        untaken.push({ name, origin });
      } else {
        Object.assign(settings, { [name]: tighter });
        origins[name] = origin;
      }
    }
  }
  return { settings, origins, untaken };
}

/** `keyturn.yaml:12 (rules[1].quietFor)` */
export function originWords(origin: NonNullable<Origin>): string {
  return `${origin.file}:${origin.line} (${origin.path})`;
}

function isByTag(rule: Rule): boolean {
  return rule.tag !== undefined;
}

function namesIn(given: Partial<Settings>): SettingName[] {
  return Object.keys(given) as SettingName[];
}

/** The value that is at least as strict as both; undefined where what was given changes nothing. */
function tightened(now: Settings, given: Partial<Settings>, name: SettingName): unknown {
  switch (name) {
    case 'quietFor':
    case 'grace':
    case 'watchLimit': {
      const asked = given[name] ?? 0;
      return asked > now[name] ? asked : undefined;
    }
    case 'freeSlot':
      return now.freeSlot === 'never' ? undefined : 'never';
    case 'unproven':
      return now.unproven === 'ask' ? undefined : 'ask';
    case 'probes': {
      const more = (given.probes ?? []).filter((probe) => !now.probes.includes(probe));
      return more.length > 0 ? [...now.probes, ...more] : undefined;
    }
    case 'blackout':
      return [...now.blackout, ...(given.blackout ?? [])];
    default:
      return undefined;
  }
}
