// Many processes that rotate the same user's key at once. The seed says how long each request of each of them takes to get
// to AWS and back, on a time that they have in common: so a seed is an order of events, and the same one again.
import { join } from 'node:path';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import type { VirtualClock } from '../../../src/clock.ts';
import type { Settings } from '../../../src/sandbox/index.ts';
import { type Ending, openDesk, transcript, user } from '../../support/cli.ts';
import { createChecker, credentialsFilePlace } from '../checker.ts';
import { createCommonTime } from '../crash/common-time.ts';
import { giveBack, type Ran, takeProcess } from '../crash/process.ts';
import { openGate } from './gate.ts';

export interface Race {
  processes: number;
  seed: number;
  /** `stale`: reads may be behind by more than the pause after a claim. */
  reads: 'fresh' | 'stale';
  /** For a user without a key AWS would take a key from each of two: there is room for both. */
  keys: 0 | 1;
}

const folders = 4;
/** One way, in milliseconds: there and back it is less than the pause after a claim. */
const longestWay = 900;
const stale: Partial<Settings> = { readDelay: 5_000, staleReads: 0.5 };

/** Throws where more than one delivers, a loser leaves anything, or anything is wrong at any moment. */
export async function raceOf({ processes, seed, reads, keys: count }: Race, ending: Ending): Promise<void> {
  const settings = reads === 'stale' ? stale : {};
  const desk = await openDesk(
    { keys: Array(count).fill({ createdAt: '2026-06-01T08:00:00Z' }), lastUsed: '2026-12-06T09:55:00Z', settings },
    ending,
  );
  const { sandbox, account, canary } = desk;
  const clock = desk.clock as VirtualClock;
  const time = createCommonTime(clock);
  const place = credentialsFilePlace(desk.credentialsFile);
  // Reads that are behind must not be behind the user's own beginning.
  await desk.pass(1 / 60);
  const contenders = await Promise.all(
    Array.from({ length: processes }, async (_, n) => ({
      // Three of five are of this machine and share a few state folders; the others are elsewhere, with a vault in AWS.
      stateDir: join(desk.folder, n % 5 < 3 ? `state-${n % folders}` : `elsewhere-${n}`),
      vault: n % 5 < 3 ? 'file' : 'secretsmanager',
      gate: await openGate(sandbox, { clock, time, takes: travelTimes(seed * 1000 + n) }),
    })),
  );
  ending.onTestFinished(async () => {
    for (const { gate } of contenders) await gate.close();
  });
  const stateFolders = [...new Set(contenders.map(({ stateDir }) => stateDir))];
  const checker = createChecker({ sandbox, user, places: [place], stateFolders });
  ending.onTestFinished(() => checker.close());

  const delivered = new Set<string>();
  const [old = ''] = desk.ids;
  const look = (when: string) => {
    checker.look(when);
    for (const { accessKeyId } of place.read()) if (accessKeyId !== old) delivered.add(accessKeyId);
  };
  const run = async ({ stateDir, gate }: (typeof contenders)[number], line: string): Promise<Ran> => {
    const env = {
      ...desk.env,
      KEYTURN_STATE_DIR: stateDir,
      AWS_ENDPOINT_URL: gate.url,
      AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
    };
    const process = await takeProcess();
    const ended = await process.run({
      argv: line.split(' '),
      env: env as Record<string, string>,
      cwd: desk.cwd,
      home: desk.home,
      roles: [[desk.folder, 'file']],
      dieAt: null,
      record: false,
      tellWhileAsking: true,
      time,
      clock,
      onPlaced: () => {
        canary.learn(stateDir, desk.credentialsFile);
        look('after a file was put in place');
      },
      held: gate.underWay,
    });
    giveBack(process);
    transcript(canary, ended.code, ended.stdout, ended.stderr);
    return ended;
  };
  const line = `rotate --user ${user} --to ${desk.place} --quiet-for 1h --grace 1h --yes --wait`;
  const ran = await Promise.all(contenders.map((one) => run(one, `${line} --vault ${one.vault}`)));
  // Where reads are behind, whoever cannot tell what is true stops rather than guess. A minute later it goes on, or back.
  for (const [n, one] of contenders.entries()) {
    if (reads === 'fresh' || ran[n]?.code !== exitCodes.stuck) continue;
    await clock.advance(60_000);
    ran[n] = await run(one, 'resume --wait --yes');
    if (ran[n].code !== exitCodes.stuck) continue;
    const back = await run(one, 'rollback');
    ran[n] = { ...back, code: back.code === exitCodes.done ? exitCodes.refused : back.code };
  }

  const wrong = [...checker.violations, ...checker.atEnd({ over: true })];
  const codes = ran.map(({ code }) => code);
  const winners = codes.filter((code) => code === exitCodes.done).length;
  const others = ran.filter(({ code }) => code !== exitCodes.done && code !== exitCodes.refused);
  for (const { code, stderr } of others) wrong.push(`neither rotated nor refused, but exit code ${code}: ${stderr}`);
  if (delivered.size > 1) wrong.push(`${delivered.size} of them delivered`);
  if (winners > 1 || (reads === 'fresh' && winners !== 1)) wrong.push(`${winners} of ${processes} ended rotated`);
  const keys = account.snapshot()[user]?.keys.map(({ id, status }) => `${id} ${status}`) ?? [];
  const [held] = place.read();
  if (keys.join() !== (held ? `${held.accessKeyId} Active` : ''))
    wrong.push(`the account is left with ${keys.join(' and ')}`);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

/** Always the same ones for a seed (Mulberry32). */
function travelTimes(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return 1 + (((mixed ^ (mixed >>> 14)) >>> 0) % longestWay);
  };
}
