// keyturn demo --engine stepfunctions: the rotation begins on this machine, and Step Functions of the embedded AWS waits.
import { Writable } from 'node:stream';
import { timeOf } from '../../clock.ts';
import type { Plan } from '../../machine/context.ts';
import { begin } from '../begin.ts';
import { follow, printFollowed } from '../remote/follow.ts';
import { afar, settled } from '../remote/handed-over.ts';
import type { Session } from '../session.ts';
import { handOver } from './handoff.ts';

/** Told on stderr to the end, which alone is printed. */
export async function playedByStepFunctions(session: Session, plan: Plan): Promise<number> {
  const { io, store, progress } = session;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() }) as unknown as NodeJS.WriteStream;
  const untold: Session = {
    ...session,
    flags: { ...session.flags, yes: true, wait: false },
    io: { ...io, stdout: nowhere },
  };
  const begun = await begin(untold, plan);
  const [record] = (await store.list()).records;
  if (!record || begun !== 0) return begun;

  progress.say('\nFrom here on it only waits, for more than a week. That is handed over.\n');
  const given = await handOver(untold, record);
  if (given !== 0) return given;
  progress.say('\nThis machine could be switched off now.\n');
  for (;;) {
    const { machine, remote, handed } = await afar(session, await store.load(record.rotation));
    const { park } = remote.record;
    if (park) await io.clock.sleep(timeOf(park.until) - io.clock.now(), io.interrupted);
    const followed = await follow(untold, machine, remote.execution.arn, { since: remote, answered: true });
    if (followed.ended === 'waiting') continue;
    return printFollowed(session, handed ? await settled(session, handed, followed) : followed);
  }
}
