// Many processes that rotate the same user's key at once. The seed says how long each request of each of them takes to get
// to AWS and back, on a time that they have in common: so a seed is an order of events, and the same one again.
import { join } from 'node:path';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import type { VirtualClock } from '../../../src/clock.ts';
import type { ExecutionInput } from '../../../src/lambda/contract.ts';
import type { Settings } from '../../../src/sandbox/index.ts';
import { type Ending, openDesk, transcript, user } from '../../support/cli.ts';
import { openCloudDesk, region, secret } from '../../support/cloud-desk.ts';
import { createChecker, credentialsFilePlace, secretPlace } from '../checker.ts';
import { createCommonTime } from '../crash/common-time.ts';
import { giveBack, type Ran, type RunOptions, takeProcess } from '../crash/process.ts';
import { openGate } from './gate.ts';

export interface Race {
  processes: number;
  seed: number;
  /** `stale`: reads may be behind by more than the pause after a claim. */
  reads: 'fresh' | 'stale';
  /** For a user without a key AWS would take a key from each of two: there is room for both. */
  keys: 0 | 1;
  /** `mixed`: every fifth is the unattended engine, and the key is held by a secret, which all of them reach. */
  engines: 'terminals' | 'mixed';
}

const folders = 4;
/** One way, in milliseconds: there and back it is less than the pause after a claim. */
const longestWay = 900;
/** Its functions are near, and ask more before they claim. */
const longestWayUnattended = 450;
const stale: Partial<Settings> = { readDelay: 5_000, staleReads: 0.5 };

/** Throws where more than one delivers, a loser leaves anything, or anything is wrong at any moment. */
export async function raceOf({ processes, seed, reads, keys: count, engines }: Race, ending: Ending): Promise<void> {
  const settings = reads === 'stale' ? stale : {};
  const isMixed = engines === 'mixed';
  const desk = await (isMixed ? openCloudDesk : openDesk)(
    {
      keys: Array(count).fill({ createdAt: '2026-06-01T08:00:00Z' }),
      lastUsed: '2026-12-06T09:55:00Z',
      settings,
      tide: false,
    },
    ending,
  );
  const { sandbox, account, canary } = desk;
  const clock = desk.clock as VirtualClock;
  const time = createCommonTime(clock);
  const place = isMixed ? secretPlace(sandbox, secret) : credentialsFilePlace(desk.credentialsFile);
  const to = isMixed ? `secretsmanager:${secret}` : desk.place;
  // Reads that are behind must not be behind the user's own beginning.
  await desk.pass(1 / 60);
  const [old = ''] = desk.ids;
  const isUnattended = (n: number) => isMixed && n % 5 === 4;
  const contenders = await Promise.all(
    Array.from({ length: processes }, async (_, n) => ({
      // Three of five are of this machine and share a few state folders; the others are elsewhere, with a vault in AWS.
      stateDir: join(desk.folder, n % 5 < 3 ? `state-${n % folders}` : `elsewhere-${n}`),
      vault: n % 5 < 3 ? 'file' : 'secretsmanager',
      isUnattended: isUnattended(n),
      name: `${old}-${n + 1}`,
      gate: await openGate(sandbox, { clock, time, takes: travelTimes(seed * 1000 + n, isUnattended(n)) }),
    })),
  );
  ending.onTestFinished(async () => {
    for (const { gate } of contenders) await gate.close();
  });
  const stateFolders = [...new Set(contenders.map(({ stateDir }) => stateDir))];
  const checker = createChecker({ sandbox, user, places: [place], stateFolders });
  ending.onTestFinished(() => checker.close());

  const delivered = new Set<string>();
  const noteDelivered = () => {
    for (const { accessKeyId } of place.read()) if (accessKeyId !== old) delivered.add(accessKeyId);
  };
  sandbox.onRequest(({ phase }) => {
    if (phase === 'after') noteDelivered();
  });
  type Contender = (typeof contenders)[number];
  const runAs = async ({ stateDir, gate }: Contender, order: Pick<RunOptions, 'argv' | 'unattended'>): Promise<Ran> => {
    const env = {
      ...desk.env,
      KEYTURN_STATE_DIR: stateDir,
      AWS_ENDPOINT_URL: gate.url,
      AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
    };
    const process = await takeProcess();
    const ended = await process.run({
      ...order,
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
        checker.look('after a file was put in place');
        noteDelivered();
      },
      held: gate.underWay,
    });
    giveBack(process);
    transcript(canary, ended.code, ended.stdout, ended.stderr);
    return ended;
  };
  let attempts = 0;
  const run = (one: Contender, line: string, input: Partial<ExecutionInput> = {}): Promise<Ran> => {
    if (!one.isUnattended) return runAs(one, { argv: line.split(' ') });
    const name = `${one.name}-${++attempts}`;
    return runAs(one, { argv: [], unattended: { ...deployed, name, input: { user, ...input } } });
  };
  const line = `rotate --user ${user} --to ${to} --quiet-for 1h --grace 1h --yes --wait`;
  const ran = await Promise.all(contenders.map((one) => run(one, `${line} --vault ${one.vault}`)));
  // Where reads are behind, whoever cannot tell what is true stops rather than guess. A minute later it goes on, or back.
  for (const [n, one] of contenders.entries()) {
    const stopped = ran[n];
    if (reads === 'fresh' || stopped?.code !== exitCodes.stuck) continue;
    const { rotation } = one.isUnattended ? JSON.parse(stopped.stdout) : {};
    await clock.advance(60_000);
    ran[n] = await run(one, 'resume --wait --yes', { rotation });
    if (ran[n].code !== exitCodes.stuck) continue;
    const back = await run(one, 'rollback', { rotation, intent: 'rollBack' });
    const isBack = back.code === (one.isUnattended ? exitCodes.rolledBack : exitCodes.done);
    ran[n] = { ...back, code: isBack ? exitCodes.refused : back.code };
  }

  const wrong = [...checker.violations, ...checker.atEnd({ over: true })];
  const codes = ran.map(({ code }) => code);
  const winners = codes.filter((code) => code === exitCodes.done).length;
  const others = ran.filter(({ code }) => code !== exitCodes.done && code !== exitCodes.refused);
  for (const { code, stdout, stderr } of others)
    wrong.push(`neither rotated nor refused, but exit code ${code}: ${stderr || stdout}`);
  if (delivered.size > 1) wrong.push(`${delivered.size} of them delivered`);
  if (winners > 1 || (reads === 'fresh' && winners !== 1)) wrong.push(`${winners} of ${processes} ended rotated`);
  const keys = account.snapshot()[user]?.keys.map(({ id, status }) => `${id} ${status}`) ?? [];
  const [held] = place.read();
  if (keys.join() !== (held ? `${held.accessKeyId} Active` : ''))
    wrong.push(`the account is left with ${keys.join(' and ')}`);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

/** What was shipped: the same place and the same times as the terminals are told. */
const deployed = {
  policy: JSON.stringify({ defaults: { consumers: [`secretsmanager:${secret}`], quietFor: '1h', grace: '1h' } }),
  topic: `arn:aws:sns:${region}:123456789012:keyturn`,
  bucket: 'keyturn-records',
};

/** Always the same ones for a seed (Mulberry32). */
function travelTimes(seed: number, isNear: boolean): () => number {
  const longest = isNear ? longestWayUnattended : longestWay;
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return 1 + (((mixed ^ (mixed >>> 14)) >>> 0) % longest);
  };
}
