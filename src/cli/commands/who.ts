// keyturn who: who uses a key, by its last use and by CloudTrail, and what neither of them shows. Changes nothing.
import { isAccessKeyId } from '../../access-key.ts';
import { historyDays, whoUses } from '../../audit/who.ts';
import { instant, timeOf } from '../../clock.ts';
import { parseDuration } from '../../duration.ts';
import { UsageError } from '../../errors.ts';
import { shown } from '../../shown.ts';
import { exitCodes } from '../exit-codes.ts';
import { orInterrupted } from '../interruption.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { regionsMeant } from '../regions-meant.ts';
import { openSession } from '../session.ts';
import { whoWords } from '../who-words.ts';

const day = 24 * 60 * 60 * 1000;

export async function who(flags: Flags, io: Io, key = ''): Promise<number> {
  // What stands there may be a secret, so it is not repeated.
  if (!isAccessKeyId(key)) {
    throw new UsageError('that is no id of a long-term access key', { hint: 'like keyturn who AKIAIOSFODNN7EXAMPLE' });
  }
  const since = sinceOf(flags.since, io.clock.now());
  const { aws, progress } = openSession(flags, io);
  const meant = await orInterrupted(io, regionsMeant(flags.regions, aws));
  const found = await whoUses(
    { aws, signal: io.interrupted, onProgress: (text) => progress.say(`  ${text}`) },
    { key, since, ...meant },
  );
  io.stdout.write(flags.json ? `${JSON.stringify(found, null, 2)}\n` : `${shown(whoWords(found, since).join('\n'))}\n`);
  if (io.interrupted.aborted) return exitCodes.interrupted;
  // As of an audit: what is missing is no pass.
  return found.complete ? exitCodes.done : exitCodes.rolledBack;
}

/** An instant of `90d` ago, of a day, or of an instant. Throws UsageError where the history does not go back so far. */
function sinceOf(given = `${historyDays}d`, now: number): string {
  const isDate = /^\d{4}-/.test(given);
  const at = isDate ? timeOf(given) : now - parseDuration(given, { flag: '--since', anyLength: true }) * 1000;
  if (Number.isNaN(at)) {
    throw new UsageError(`--since: "${given}" is no instant`, { hint: 'like 2026-12-06T10:00:00Z, 2026-12-06 or 14d' });
  }
  if (at > now) throw new UsageError(`--since: "${given}" is still to come`, { hint: 'like --since 14d' });
  if (at < now - historyDays * day) {
    throw new UsageError(`--since: CloudTrail's event history goes back ${historyDays} days`, {
      hint: `--since ${historyDays}d is all of it; what is older is in the files of a trail`,
    });
  }
  return instant(at);
}
