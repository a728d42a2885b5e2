// Everything that can be read, in every format and with --verbose, at every stage of a rotation: no secret is in any of it.
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { type Desk, openDesk, user } from '../../support/cli.ts';
import type { Case } from '../lane.ts';

type Stage = 'watch' | 'grace' | 'rotated' | 'rolledBack';

const stages: Record<Stage, (desk: Desk, id: string) => Promise<unknown>> = {
  watch: async () => {},
  grace: toGrace,
  rotated: async (desk, id) => {
    await toGrace(desk, id);
    await desk.pass(8 * 24);
    await desk.run(`resume ${id} --verbose`);
  },
  rolledBack: (desk, id) => desk.run(`rollback ${id} --verbose`),
};

export function readingCases(): Case[] {
  return (Object.keys(stages) as Stage[]).flatMap((stage) =>
    Object.entries(commandLines).map(([name, linesOf]) => ({
      name: `reading/${stage}/${name}`,
      run: async (ending) => {
        const desk = await openDesk({}, ending);
        const id = await desk.waiting();
        await stages[stage](desk, id);
        const lines = linesOf({ id, keys: [...desk.ids, desk.newKey()].filter(Boolean), place: desk.place });
        for (const line of lines) {
          const { code, stdout, stderr } = await desk.run(`${line} --verbose`);
          if (code === exitCodes.bug) throw new Error(`${line}: exit code 1:\n${stderr}`);
          if (stdout === '' && !line.includes('--output')) throw new Error(`${line}: says nothing:\n${stderr}`);
        }
        return lines.length;
      },
    })),
  );
}

interface Known {
  id: string;
  keys: readonly string[];
  place: string;
}

const commandLines: Record<string, (known: Known) => string[]> = {
  status: ({ id }) => ['status', 'status --all --json', `status ${id}`, `status ${id} --json`],
  audit: () => [
    ...['table', 'json', 'csv', 'html', 'sarif'].flatMap((format) => [
      `audit --format ${format}`,
      `audit --format ${format} --profile-rules prowler --output audit.${format}`,
    ]),
    ...['AK-01', 'AK-02', 'AK-04', 'AK-10', 'AK-12'].map((rule) => `audit --explain ${rule} --user ${user}`),
  ],
  find: ({ keys, place }) =>
    keys.flatMap((key) => [`find ${key}`, `find ${key} --json`, `find ${key} --in ${place} --json`]),
  who: ({ keys }) => keys.flatMap((key) => [`who ${key}`, `who ${key} --json`, `who ${key} --regions all --json`]),
  policy: ({ place }) =>
    ['rotate', 'resume', 'rollback', 'retire', 'audit', 'find', 'who', 'status'].map((command) =>
      command === 'rotate' ? `policy rotate --user ${user} --to ${place}` : `policy ${command}`,
    ),
  evidence: ({ id }) =>
    ['json', 'html'].flatMap((format) => [
      `evidence ${id} --format ${format}`,
      `evidence ${id} --format ${format} --output evidence.${format}`,
    ]),
};

async function toGrace(desk: Desk, id: string): Promise<void> {
  await desk.pass(60);
  await desk.run(`resume ${id} --verbose`);
}
