// The built command line crashes, in every way in which Node leaves something behind, while a secret is in its memory: what it
// printed, the reports that it wrote, and what its process and its children were started with are searched.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCli } from '../../support/built-cli.ts';
import { type Desk, type Ending, namesIn, openDesk, user } from '../../support/cli.ts';
import type { Case } from '../lane.ts';

/** Node's options, by the way of crashing; `report` where a report must have been written. */
const ways: Record<string, { options: string; report: boolean }> = {
  'uncaught-exception': { options: '--report-uncaught-exception', report: true },
  'unhandled-rejection': { options: '--report-uncaught-exception', report: true },
  abort: { options: '--report-on-fatalerror --abort-on-uncaught-exception', report: false },
  'out-of-memory': { options: '--report-on-fatalerror --max-old-space-size=160', report: true },
};

interface Heard {
  operation: string;
  /** The user whose key signed it. */
  signer: string | null;
  /** Operations that were applied before. */
  done: readonly string[];
}

/** The moment, by the request that is about to be answered. */
const moments: Record<string, { undoes?: true; isNow(heard: Heard): boolean }> = {
  'new-key-made': { isNow: ({ done }) => done.includes('CreateAccessKey') },
  'new-key-signs': { isNow: ({ operation, signer }) => operation === 'GetCallerIdentity' && signer === user },
  'old-key-signs': {
    undoes: true,
    isNow: ({ operation, signer }) => operation === 'GetCallerIdentity' && signer === user,
  },
};

export function crashCases(): Case[] {
  return Object.entries(moments).flatMap(([when, { isNow, undoes }]) =>
    Object.entries(ways).map(([how, { options, report }]) => ({
      name: `crash/${when}/${how}`,
      run: async (ending) => {
        const desk = await openDesk({ real: true }, ending);
        const reports = signByProfile(desk);
        const begin = `rotate --user ${user} --to ${desk.place} --yes --verbose`;
        if (undoes) await (await startCli(desk, ending, begin)).ended;
        const line = undoes ? 'rollback --verbose' : begin;

        const { code, signal } = await crashed(desk, ending, line, { how, options, reports, isNow });
        if (code === 0 || code === null ? signal === null : false) throw new Error('it did not crash');
        if (report && namesIn(reports).length === 0) throw new Error('no report was written');
        return 1;
      },
    })),
  );
}

/** Whoever runs keyturn keeps their own pair out of its environment, which a report of Node's quotes. */
function signByProfile(desk: Desk): string {
  desk.addProfile('operator', desk.signer);
  Object.assign(desk.env, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: 'operator',
    AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
  });
  return join(desk.folder, 'reports');
}

async function crashed(
  desk: Desk,
  ending: Ending,
  line: string,
  { how, options, reports, isNow }: { how: string; options: string; reports: string; isNow(heard: Heard): boolean },
) {
  const preload = join(import.meta.dirname, 'crash-on-signal.ts');
  const running = await startCli(desk, ending, line, {
    // No core is written: what is in a process's memory is not searched.
    shell: 'mkdir -p "$REPORTS" && ulimit -c 0 && exec "$@"',
    env: {
      REPORTS: reports,
      KEYTURN_TEST_CRASH: how,
      NODE_OPTIONS: `--import=${preload} --report-directory=${reports} ${options}`,
    },
  });
  const done: string[] = [];
  let struck = false;
  const stop = desk.sandbox.onRequest(async ({ phase, operation, principal }) => {
    for (const text of startedWith(running.pid)) desk.canary.heard(text);
    if (phase === 'after') return void done.push(operation);
    if (struck || !isNow({ operation, signer: principal?.userName ?? null, done })) return;
    struck = true;
    running.kill('SIGWINCH');
    await running.ended;
  });
  const ended = await running.ended;
  stop();
  if (!struck) throw new Error(`the moment never came:\n${ended.stderr}`);
  return ended;
}

/** What the process and its children were started with. */
function startedWith(pid: number): string[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return [String(pid), ...children].flatMap((one) =>
      ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${one}/${file}`, 'utf8').replaceAll('\0', '\n')),
    );
  } catch {
    // It ended meanwhile, or this is no Linux.
    return [];
  }
}
