// When a blackout holds, and until when. All times are UTC.
import type { Blackout } from './schema.ts';

const day = 86_400_000;
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** The blackout that holds at `now` and ends last, or null; both times in milliseconds. `until` is when it ends. */
export function blackoutAt(blackouts: readonly Blackout[], now: number): { until: number; reason: string } | null {
  const holding = blackouts
    .map((one) => ({ until: one.days ? weeklyEnd(one, now) : onceEnd(one, now), reason: one.reason ?? '' }))
    .filter(({ until }) => until > now)
    .sort((a, b) => b.until - a.until);
  return holding[0] ?? null;
}

/** 0 where it does not hold. A day as `until` counts to its end. */
function onceEnd({ from, until }: Blackout, now: number): number {
  const end = until.length === 10 ? Date.parse(`${until}T00:00:00Z`) + day : Date.parse(until);
  const start = Date.parse(from.length === 10 ? `${from}T00:00:00Z` : from);
  return start <= now && now < end ? end : 0;
}

/** A time before `from` is one of the next day: a night belongs to the day on which it begins. */
function weeklyEnd({ from, until, days = [] }: Blackout, now: number): number {
  const midnight = Math.floor(now / day) * day;
  const length = (timeOf(until) - timeOf(from) + day) % day || day;
  const begins = [midnight - day, midnight]
    .filter((start) => days.includes(weekdays[new Date(start).getUTCDay()] ?? 'sunday'))
    .map((start) => start + timeOf(from));
  const ends = begins.filter((begin) => begin <= now && now < begin + length).map((begin) => begin + length);
  return Math.max(0, ...ends);
}

function timeOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
