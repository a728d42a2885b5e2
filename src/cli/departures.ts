// Where flags are looser than the policy file: each is a person's exception to it, to be warned of and kept in the record.
import { formatDuration, parseDuration } from '../duration.ts';
import type { Override } from '../machine/context.ts';
import { type Effective, originWords } from '../policy/policy-for.ts';
import type { Flags } from './options.ts';

export type Departure = Pick<Override, 'what' | 'why'>;

const waits = [
  ['quietFor', '--quiet-for', 'shortQuiet'],
  ['grace', '--grace', 'shortGrace'],
  ['watchLimit', '--watch-limit', 'watchLimit'],
] as const;

/** Places and probes are those of the flags and of the file, resolved; null where no flag named any. */
export function departuresFrom(
  { settings, origins }: Effective,
  flags: Flags,
  named: { consumers: string[] | null; probes: string[] | null },
): Departure[] {
  const found: Departure[] = [];
  for (const [name, flag, what] of waits) {
    const origin = origins[name];
    const asked = seconds(flags[name]);
    if (!origin || asked === null || asked >= settings[name]) continue;
    const why = `${flag} ${flags[name]} is shorter than the ${formatDuration(settings[name])} of ${originWords(origin)}`;
    found.push({ what, why });
  }
  const rarely = seconds(flags.probeEvery);
  if (origins.probeEvery && rarely !== null && rarely > settings.probeEvery) {
    const why = `--probe-every ${flags.probeEvery} is longer than the ${formatDuration(settings.probeEvery)} of ${originWords(origins.probeEvery)}`;
    found.push({ what: 'probes', why });
  }
  const { freeSlot } = flags;
  if (origins.freeSlot && freeSlot !== undefined && freeSlot !== 'never' && freeSlot !== settings.freeSlot) {
    const why = `--free-slot ${freeSlot} is not the ${settings.freeSlot} of ${originWords(origins.freeSlot)}`;
    found.push({ what: 'freeSlot', why });
  }
  const unlooked = settings.probes.filter((probe) => named.probes !== null && !named.probes.includes(probe));
  if (origins.probes && unlooked.length > 0) {
    found.push({ what: 'probes', why: `--probe leaves out ${unlooked.length} of ${originWords(origins.probes)}` });
  }
  const unserved = settings.consumers.filter((place) => named.consumers !== null && !named.consumers.includes(place));
  if (origins.consumers && unserved.length > 0) {
    const why = `--to leaves out ${unserved.join(', ')} of ${originWords(origins.consumers)}`;
    found.push({ what: 'places', why });
  }
  if (flags.yes && origins.unproven && settings.unproven === 'ask') {
    const why = `--yes goes on also where silence proves nothing, unlike ${originWords(origins.unproven)}`;
    found.push({ what: 'unproven', why });
  }
  return found;
}

function seconds(text: string | undefined): number | null {
  return text === undefined ? null : parseDuration(text, { allowZero: true, anyLength: true });
}
