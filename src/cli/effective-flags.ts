// What the policy file says for one user, filled in where no flag was given. A flag wins; where it is looser than the file,
// that is warned of and kept in the record.
import { dirname } from 'node:path';
import { resolveConsumers } from '../consumers/registry.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { UsageError } from '../errors.ts';
import { endedExemptionsOf, exemptionOf, type PolicyUser } from '../policy/match.ts';
import { lineOf } from '../policy/policy.ts';
import { type Effective, type Origin, originWords, policyFor } from '../policy/policy-for.ts';
import { type ReadPolicy, readPolicy } from '../policy/read.ts';
import { attendedSettings, type Settings } from '../policy/settings.ts';
import { resolveProbe } from '../probes/registry.ts';
import { type Departure, departuresFrom } from './departures.ts';
import type { Io } from './io.ts';
import { refuseUnknownValues } from './known-values.ts';
import type { Flags } from './options.ts';
import { surroundingsOf } from './surroundings.ts';
import { checkTogether } from './times-together.ts';

export interface PolicySays {
  /** The flags that were given, and the file's word for the others. */
  flags: Flags;
  unproven: 'ask' | 'proceed';
  /** For the record: where flags are looser than the file, and where the file itself decides what a person otherwise would. */
  overrides: Departure[];
  warnings: string[];
  /** What was taken from the file, and what in it does not count. */
  taken: string[];
  untaken: string[];
  /** Why this key is left alone; with null, why the user as a whole is. */
  exemption(key: string | null): { reason: string; hint: string } | null;
}

/** The policy file that this command goes by; null where there is none. Throws UsageError. */
export function policyOf(flags: Flags, io: Pick<Io, 'cwd'>): Promise<ReadPolicy | null> {
  return readPolicy(flags.config, { cwd: io.cwd, uid: process.getuid?.() });
}

interface Whose {
  user: PolicyUser;
  /** AWS's time. */
  now: number;
}

/** `takes`: what the command has flags for. Throws UsageError where what the file says will not do, naming its line. */
export async function effectiveFlags(
  read: ReadPolicy | null,
  { user, now }: Whose,
  flags: Flags,
  io: Io,
  takes: readonly (keyof Settings)[] = ofRotate,
): Promise<PolicySays> {
  if (!read) return { ...nothingSaid, flags };
  const { policy, path } = read;
  const written = policyFor(policy, user, attendedSettings);
  const here = await surroundingsOf(flags, io);
  const near = { ...here, cwd: dirname(path) };
  const settings: Settings = {
    ...written.settings,
    // A file means the same wherever it is used from.
    consumers: takes.includes('consumers')
      ? await located(written.origins.consumers, () => resolveConsumers(written.settings.consumers, near))
      : [],
    probes: await located(written.origins.probes, async () =>
      written.settings.probes.map((spec) => resolveProbe(spec, near)),
    ),
  };
  const effective: Effective = { ...written, settings };
  const { filled, taken } = fill(effective, flags, takes);
  await located(written.origins.vault, async () => refuseUnknownValues('rotate', filled));
  checkTimes(effective, filled);

  const named = {
    consumers: flags.to ? await resolveConsumers(flags.to, here) : null,
    probes: flags.probe ? flags.probe.map((spec) => resolveProbe(spec, here)) : null,
  };
  const departures = departuresFrom(effective, flags, named);
  const proceeds = settings.unproven === 'proceed' && written.origins.unproven;
  const ended = endedExemptionsOf(policy, { user: user.name, key: null }, now);
  const where = (index: number) => `${policy.file}:${lineOf(policy, ['exemptions', index])}`;
  return {
    flags: filled,
    unproven: settings.unproven,
    overrides: [
      ...departures,
      ...(proceeds ? [{ what: 'unproven' as const, why: `${originWords(proceeds)}: proceed` }] : []),
    ],
    warnings: [
      ...read.warnings,
      ...departures.map(({ why }) => why),
      ...ended.map(({ exemption: { until }, index }) => `the exemption at ${where(index)} ended with ${until}`),
    ],
    taken: taken.length > 0 ? [`${policy.file} says: ${taken.join(', ')}`] : [],
    untaken: written.untaken.map(({ origin }) => `${originWords(origin)} is no tighter than what holds already`),
    exemption: (key) => {
      const found = exemptionOf(policy, { user: user.name, key }, now);
      if (!found) return null;
      const { reason, until } = found.exemption;
      const whose = found.exemption.key ? `this key of ${user.name}` : user.name;
      return {
        reason: `${whose} is left alone until the end of ${until}: ${reason}`,
        hint: `nothing was changed; to go on all the same, remove the exemption at ${where(found.index)}`,
      };
    },
  };
}

/** What a plan for a key that something else replaced has a use for: nothing is delivered, so no place is named. */
export const ofRetire: readonly (keyof Settings)[] = ['quietFor', 'grace', 'watchLimit', 'probeEvery', 'probes'];
const ofRotate: readonly (keyof Settings)[] = [...ofRetire, 'minAge', 'freeSlot', 'vault', 'consumers'];

const nothingSaid: Omit<PolicySays, 'flags'> = {
  unproven: 'ask',
  overrides: [],
  warnings: [],
  taken: [],
  untaken: [],
  exemption: () => null,
};

function fill({ settings, origins }: Effective, flags: Flags, takes: readonly (keyof Settings)[]) {
  const filled: Flags = { ...flags };
  const taken: string[] = [];
  const take = (name: keyof Settings, given: unknown, value: Flags, words: string) => {
    const origin = origins[name];
    if (!origin || given !== undefined || !takes.includes(name)) return;
    Object.assign(filled, value);
    taken.push(`${name} ${words} (line ${origin.line})`);
  };
  for (const name of ['quietFor', 'grace', 'watchLimit', 'probeEvery', 'minAge'] as const) {
    take(name, flags[name], { [name]: `${settings[name]}s` }, formatDuration(settings[name]));
  }
  take('freeSlot', flags.freeSlot, { freeSlot: settings.freeSlot }, settings.freeSlot);
  take('vault', flags.vault, { vault: settings.vault }, settings.vault);
  take('probes', flags.probe, { probe: settings.probes }, String(settings.probes.length));
  take('consumers', flags.to, { to: settings.consumers }, String(settings.consumers.length));
  return { filled, taken };
}

/** The same rule as for flags alone, with a hint at the lines of the file that take part. */
function checkTimes({ settings, origins }: Effective, filled: Flags): void {
  const secondsOf = (name: 'quietFor' | 'grace' | 'watchLimit') => {
    const text = filled[name];
    return text === undefined ? settings[name] : parseDuration(text);
  };
  const names = ['quietFor', 'grace', 'watchLimit'] as const;
  try {
    checkTogether({
      quietFor: secondsOf('quietFor'),
      grace: secondsOf('grace'),
      watchLimit: secondsOf('watchLimit'),
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const lines = names.flatMap((name) => origins[name] ?? []).map(originWords);
    throw new UsageError(error.message, { hint: `${error.hint}; see ${lines.join(', ')}` });
  }
}

async function located<T>(origin: Origin, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!origin || !(error instanceof UsageError)) throw error;
    throw new UsageError(`${origin.file}:${origin.line}: ${origin.path}: ${error.message}`, { hint: error.hint });
  }
}
