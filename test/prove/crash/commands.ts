// The commands that are killed: how the moment of each is reached, and how a rotation may end once somebody has gone on
// after it, or gone back.
import { user } from '../../support/cli.ts';
import type { Stage } from './stage.ts';

export interface Command {
  name: string;
  /** Retires the second key; no place is written to. */
  retires?: true;
  /** Brings about the moment; the command line to kill. */
  reach(stage: Stage): Promise<string>;
  /** A person agrees by it to the end of the grace. */
  endsGrace?: true;
  /** It makes the old key active again, or goes all the way back, so whoever goes on after it may find that to do. */
  reactivates?: true;
}

const times = '--quiet-for 1h --grace 1h';
const rotate = ({ flags }: Stage) => `rotate --user ${user} ${flags} ${times} --yes`;

export const commands: readonly Command[] = [
  { name: 'rotate', reach: async (stage) => `${rotate(stage)} --wait` },
  { name: 'begin', reach: async (stage) => rotate(stage) },
  {
    name: 'resume',
    reach: async (stage) => {
      const id = await inWatch(stage);
      await stage.desk.pass(2);
      return `resume ${id} --wait --yes`;
    },
  },
  { name: 'proceed', reach: async (stage) => `proceed ${await inWatch(stage)} --yes` },
  {
    name: 'proceed-delete',
    endsGrace: true,
    reach: async (stage) => `proceed ${await inGrace(stage)} --delete-now --yes`,
  },
  { name: 'rollback', reactivates: true, reach: async (stage) => `rollback ${await inWatch(stage)} --yes` },
  { name: 'rollback-in-grace', reactivates: true, reach: async (stage) => `rollback ${await inGrace(stage)} --yes` },
  {
    name: 'reactivate',
    reactivates: true,
    reach: async (stage) => `rollback ${await inGrace(stage)} --only-reactivate --yes`,
  },
  {
    name: 'retire',
    retires: true,
    reach: async ({ desk: { ids } }) =>
      `retire --user ${user} --key ${ids[1]} --new-key ${ids[0]} ${times} --yes --wait`,
  },
];

export function commandNamed(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (!command) throw new Error(`no command of the crash matrix is named ${name}`);
  return command;
}

async function inWatch(stage: Stage): Promise<string> {
  await stage.run(rotate(stage));
  const [id] = stage.rotations();
  if (!id) throw new Error('the rotation that was to be disturbed was not begun');
  return id;
}

async function inGrace(stage: Stage): Promise<string> {
  const id = await inWatch(stage);
  await stage.desk.pass(2);
  await stage.run(`resume ${id} --yes`);
  return id;
}
