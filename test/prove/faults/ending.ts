// How a command may end, whatever AWS did to it: with an exit code of the table, one document, and, where it did not come
// to a good end, two lines that say what happened and what to do.
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import type { Transcript } from '../../support/cli.ts';

const allowed: readonly (number | null)[] = Object.values(exitCodes).filter(
  (code) => code !== exitCodes.bug && code !== exitCodes.interrupted,
);
const twoLines = /(?:^|\n)error: \S[^\n]*\nhint: \S[^\n]*\n$/;
const slips = /\bundefined\b|\bNaN\b|\[object |^\s+at \S+ ?\(?\S*:\d+/m;

/** What is wrong with how it ended; nothing where all is well. */
export function slipsIn({ code, stdout, stderr }: Transcript): string[] {
  const wrong: string[] = [];
  if (!allowed.includes(code)) wrong.push(`ended with exit code ${code}`);
  const errors = stderr.match(/^error: /gm)?.length ?? 0;
  if (code === exitCodes.done && errors > 0) wrong.push('says error: and ends with 0');
  if (code !== exitCodes.done && (errors !== 1 || !twoLines.test(stderr)))
    wrong.push('does not end with one error: and one hint: line');
  const [slip] = slips.exec(`${stdout}\n${stderr}`) ?? [];
  if (slip) wrong.push(`says "${slip.trim()}"`);
  if (!isDocument(stdout)) wrong.push('stdout is not one JSON document');
  return wrong;
}

function isDocument(stdout: string): boolean {
  try {
    JSON.parse(stdout);
    return true;
  } catch {
    return false;
  }
}
