// The commands that the fault matrix disturbs: how each one's moment is reached, and what it comes to undisturbed.
import { type Desk, user } from '../../support/cli.ts';

/** A desk with its place, as a command finds it. */
export interface Arranged {
  desk: Desk;
  /** `--to …` and the vault. */
  flags: string;
}

export interface CommandUnderFault {
  name: string;
  /** Retires the second key instead of replacing the first. */
  retires?: true;
  /** Brings about the moment; the command line to run then. */
  reach(arranged: Arranged): Promise<string>;
  /** A person agrees by it to the end of the grace. */
  endsGrace?: true;
  /** A rotation is begun by it, so that one that came to nothing is begun again by the same line. */
  begins?: true;
  /** What its document says undisturbed. */
  outcome: 'waiting' | 'rotated' | 'rolledBack';
}

export const commands: readonly CommandUnderFault[] = [
  {
    name: 'rotate-whole',
    begins: true,
    reach: async ({ flags }) => `rotate --user ${user} ${flags} --yes --wait`,
    outcome: 'rotated',
  },
  {
    name: 'rotate',
    begins: true,
    reach: async ({ flags }) => `rotate --user ${user} ${flags} --yes`,
    outcome: 'waiting',
  },
  {
    name: 'resume',
    reach: async (arranged) => {
      const id = await inWatch(arranged);
      await arranged.desk.pass(60);
      return `resume ${id}`;
    },
    outcome: 'waiting',
  },
  {
    name: 'resume-to-end',
    reach: async (arranged) => {
      const id = await inGrace(arranged);
      await arranged.desk.pass(8 * 24);
      return `resume ${id}`;
    },
    outcome: 'rotated',
  },
  {
    name: 'proceed',
    reach: async (arranged) => `proceed ${await inWatch(arranged)} --yes`,
    outcome: 'waiting',
  },
  {
    name: 'proceed-delete',
    endsGrace: true,
    reach: async (arranged) => `proceed ${await inGrace(arranged)} --yes --delete-now`,
    outcome: 'rotated',
  },
  {
    name: 'rollback',
    reach: async (arranged) => `rollback ${await inWatch(arranged)}`,
    outcome: 'rolledBack',
  },
  {
    name: 'rollback-in-grace',
    reach: async (arranged) => `rollback ${await inGrace(arranged)}`,
    outcome: 'rolledBack',
  },
  {
    name: 'reactivate',
    reach: async (arranged) => `rollback ${await inGrace(arranged)} --only-reactivate`,
    outcome: 'waiting',
  },
  {
    name: 'reactivate-bare',
    reach: async (arranged) => {
      await inGrace(arranged);
      return `rollback --only-reactivate --user ${user} --key ${arranged.desk.ids[0]}`;
    },
    outcome: 'waiting',
  },
  {
    name: 'retire',
    retires: true,
    begins: true,
    reach: async ({ desk: { ids } }) => `retire --user ${user} --key ${ids[1]} --new-key ${ids[0]} --yes --wait`,
    outcome: 'rotated',
  },
];

async function inWatch({ desk, flags }: Arranged): Promise<string> {
  const { json } = await desk.run(`rotate --user ${user} ${flags} --yes --json`);
  return json().rotation ?? '';
}

async function inGrace(arranged: Arranged): Promise<string> {
  const id = await inWatch(arranged);
  await arranged.desk.pass(60);
  await arranged.desk.run(`resume ${id} --json`);
  return id;
}
