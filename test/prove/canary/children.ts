// Places and probes that are commands: what their processes are started with is searched, and whatever they print of what
// they were told, in every spelling, is not passed on.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import type { Clock } from '../../../src/clock.ts';
import { type Desk, openDesk, user } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Case } from '../lane.ts';

/** How a command gives away what it was told, with the document in `$told` and the secret in `$secret`. */
const indiscretions: Record<string, string> = {
  'as-it-is': 'printf %s "$told"',
  reversed: 'printf %s "$secret" | rev',
  hex: 'printf %s "$secret" | od -An -tx1 | tr -d " \\n"',
  'capital-hex': 'printf %s "$secret" | od -An -tx1 | tr -d " \\n" | tr a-f A-F',
  base64: 'printf %s "$told" | base64 -w0',
  'base64-in-lines': 'printf x%s "$told" | base64',
  url: 'printf %s "$secret" | sed "s,/,%2F,g; s,+,%2B,g"',
  'json-in-json': 'printf %s "$secret" | sed "s,/,\\\\\\\\/,g"',
  'twelve-characters': 'printf %s "$secret" | cut -c 9-20',
  'in-pieces': 'printf %s "$secret" | fold -w 10',
};

/** Of a command, a place's as well as a probe's. */
const timeLimit = 60_000;

/** At which of its tasks it does so. */
const moments = ['write', 'restore'] as const;

/** Notes down how its process and its parent were started, for a search. */
const noted = (file: string) => `
for which in $$ $PPID; do
  tr '\\000' '\\n' < /proc/$which/environ >> '${file}'
  tr '\\000' '\\n' < /proc/$which/cmdline >> '${file}'
done`;

export function childCases(): Case[] {
  return [
    {
      name: 'children/started-with',
      run: async (ending) => {
        const desk = await openDesk({}, ending);
        const seen = join(desk.cwd, 'seen');
        const place = program(temporaryFolder(ending), `read -r told\n${noted(seen)}`);
        const probe = program(temporaryFolder(ending), noted(seen));
        const flags = `--to exec:${place} --to ${desk.place} --probe exec:${probe} --probe-every 1d`;
        await run(desk, `rotate --user ${user} ${flags} --yes --wait --verbose`);
        await run(desk, `rotate --user ${user} ${flags} --yes --verbose`);
        await run(desk, 'rollback --verbose');
        const lines = existsSync(seen) ? readFileSync(seen, 'utf8').split('\n').length : 0;
        if (lines < 100) throw new Error('no process was seen');
        return lines;
      },
    },
    ...moments.flatMap((moment) =>
      Object.entries(indiscretions).flatMap(([name, words]) =>
        (['stderr', 'stdout'] as const).map(
          (stream): Case => ({
            name: `children/${moment}/${name}-on-${stream}`,
            run: async (ending) => {
              const desk = await openDesk({}, ending);
              const place = program(
                temporaryFolder(ending),
                `read -r told
secret=$(printf %s "$told" | sed -n 's/.*"secretAccessKey":"\\([^"]*\\)".*/\\1/p')
case "$told" in *'"action":"${moment}"'*) { ${words}; echo; } ${stream === 'stderr' ? '>&2' : ''}; exit 1 ;; esac`,
              );
              const begin = `rotate --user ${user} --to ${desk.place} --to exec:${place} --yes --verbose`;
              await run(desk, begin, moment === 'write' ? 'command.sh exited with 1' : '');
              await run(desk, 'status --json --all --verbose');
              await run(desk, 'rollback --verbose', moment === 'restore' ? 'command.sh exited with 1' : '');
              return 3;
            },
          }),
        ),
      ),
    ),
  ];
}

/** `says` is what stderr must hold: else the case tries nothing. */
async function run(desk: Desk, line: string, says = ''): Promise<void> {
  const { code, stderr } = await desk.run(line, { clock: patient(desk.clock) });
  if (code === exitCodes.bug || !stderr.includes(says)) throw new Error(`${line}: exit code ${code}:\n${stderr}`);
}

/** Commands run in real time: on this clock their time limit is never over. */
function patient(clock: Clock): Clock {
  return {
    ...clock,
    sleep: (ms, signal) =>
      ms === timeLimit
        ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
        : clock.sleep(ms, signal),
  };
}

function program(folder: string, lines: string): string {
  const path = join(folder, 'command.sh');
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o700);
  return path;
}
