// What a person does after a command that AWS disturbed: what its hint says, else resume, or rollback; until nothing is open.
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import type { RotationDocument } from '../../../src/cli/rotation-document.ts';
import type { Desk, Transcript } from '../../support/cli.ts';
import type { CommandUnderFault } from './commands.ts';
import { slipsIn } from './ending.ts';

/** `on` follows the hints; `back` goes back as soon as there is something to go back from. */
export type Way = 'on' | 'back';

export interface End {
  /** How the rotation ended; null where it did not. */
  outcome: string | null;
  /** Slips in what was printed on the way. */
  slips: string[];
}

const attempts = 6;

export async function toTheEnd(
  desk: Desk,
  { command, line, ended, way }: { command: CommandUnderFault; line: string; ended: Transcript; way: Way },
): Promise<End> {
  const slips: string[] = [];
  const run = async (commandLine: string) => {
    const transcript = await desk.run(`${commandLine} --json`);
    slips.push(...slipsIn(transcript).map((slip) => `${withoutIds(commandLine)}: ${slip}`));
    return transcript;
  };

  let last = ended;
  let turned = false;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const [open] = (await run('status')).json().rotations;
    if (!open) {
      const outcomes = (await run('status --all')).json().rotations.map(({ outcome }) => outcome);
      const outcome = outcomes.find((one) => one === 'rotated' || one === 'rolledBack') ?? outcomes[0] ?? null;
      if (outcome === 'rotated' || outcome === 'rolledBack' || (outcome === 'nothingToDo' && attempt > 0))
        return { outcome, slips };
      if (!command.begins) return { outcome: null, slips: [...slips, `nothing is open, and it ended ${outcome}`] };
      last = await run(line);
      continue;
    }
    const id = open.rotation ?? '';
    if (way === 'back' && !turned) {
      // Where AWS did not say how the keys stand, nobody could know better.
      const isBlind = last.stderr.includes('AWS could not be asked');
      const promised = !isBlind && hintOf(last).includes(`keyturn rollback ${id}`);
      last = await run(`rollback ${id}`);
      // One that comes too late changes nothing, and names the command that finishes.
      if (promised && last.code === exitCodes.refused) slips.push('the hint named rollback, and that was refused');
      turned = true;
    } else {
      last = await run(byHand(open) ?? next(last, id, attempt === 0 && !command.begins ? line : null));
    }
    await desk.pass(1);
  }
  return { outcome: null, slips: [...slips, 'is still open after six commands'] };
}

/** Where somebody made the old key active again, only a person's word deactivates it once more. */
function byHand({ rotation, state, reason }: RotationDocument): string | null {
  if (reason.includes('somebody made the old key active again')) return `resume ${rotation}`;
  if (!reason.includes('made active again by hand')) return null;
  return state === 'awaitQuiet' ? `proceed ${rotation} --yes` : `resume ${rotation} --watch-limit 90d`;
}

/** The first thing that the hint says. */
function next(last: Transcript, id: string, line: string | null): string {
  const hint = hintOf(last);
  if (line && /run the same command again/.test(hint)) return line;
  const [, verb = 'resume', flags = ''] =
    /keyturn (resume|rollback) rot-\w+((?: --(?:yes|watch-limit \S+))*)/.exec(hint) ?? [];
  return verb === 'resume' ? `resume ${id} --wait${flags}` : `rollback ${id}${flags}`;
}

function hintOf({ stderr }: Transcript): string {
  return /^hint: (.*)$/m.exec(stderr)?.[1] ?? '';
}

function withoutIds(text: string): string {
  return text.replace(/rot-\w+/, 'ID');
}
