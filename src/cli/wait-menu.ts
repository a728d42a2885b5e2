// What a person is asked at each wait: to come back later, to stay, to go back, or to let Step Functions wait.
import { formatDuration } from '../duration.ts';
import type { ParkEntry, RotationRecord } from '../engine/contract.ts';
import type { RunOptions } from '../engine/local.ts';
import { select } from './prompts.ts';
import { machineIfAny } from './remote/machine.ts';
import type { Session } from './session.ts';
import { toCopy } from './to-copy.ts';
import { isHeard, tellUsers } from './users-of-old-key.ts';

export interface WaitMenu {
  atWait: NonNullable<RunOptions['atWait']>;
  /** The rotation that the person wants handed over; the run has left it by then. Null for none. */
  readonly toHandOver: string | null;
}

/** With what the demo tells at a wait; there, where waiting takes no time, staying comes first. */
export function waitMenu(session: Session, tell?: (record: RotationRecord) => string): WaitMenu {
  const { io, flags, progress } = session;
  const stay = { name: 'stay here and wait', value: 'stay' as const };
  const later = { name: 'come back later', value: 'later' as const };
  const there = { name: 'let Step Functions wait, and come back when I like', value: 'handoff' as const };
  const back = { name: 'go back: the old key everywhere again', value: 'rollBack' as const };
  const who = { name: 'see who still uses the old key, as CloudTrail knows it', value: 'who' as const };
  let toHandOver: string | null = null;

  const choices = async ({ state }: ParkEntry, record: RotationRecord) => {
    if (tell) return [stay, back];
    const canHandOver = state === 'awaitQuiet' && (await machineIfAny(session)) !== null;
    const heard = state === 'awaitQuiet' && isHeard(record);
    return [later, ...(canHandOver ? [there] : []), ...(heard ? [who] : []), stay, back];
  };

  return {
    get toHandOver() {
      return toHandOver;
    },
    atWait: async (park, record) => {
      if (tell) progress.say(tell(record));
      const left = Math.max(1, Math.round((Date.parse(park.until) - io.clock.now()) / 1000));
      const message = `Nothing to do for ${formatDuration(left)}, until ${park.until}.`;
      const ask = async () =>
        select<'stay' | 'later' | 'handoff' | 'rollBack' | 'who'>(io, message, await choices(park, record));
      let answer = await ask();
      while (answer === 'who') {
        await tellUsers(session, record);
        answer = await ask();
      }
      if (answer === 'stay' && !tell) progress.say('  waiting; Ctrl-C leaves, and nothing is lost');
      if (answer === 'later') {
        progress.say(`  to go on by hand:         ${toCopy(`keyturn resume ${record.rotation}`, flags)}`);
        progress.say(`  to let cron do it, hourly: 0 * * * *  ${toCopy('keyturn resume --all --quiet', flags)}`);
      }
      toHandOver = answer === 'handoff' ? record.rotation : null;
      return answer === 'handoff' ? 'later' : answer;
    },
  };
}
