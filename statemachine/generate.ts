// Writes rotation.asl.json and rotation.mmd from the machine in src/machine/rotation.ts. With `--check` it writes
// nothing, and exits 1 naming every file that is not what the machine says.
import { readFile, writeFile } from 'node:fs/promises';
import { toAsl } from '../src/machine/asl.ts';
import { toMermaid } from '../src/machine/mermaid.ts';
import { rotation } from '../src/machine/rotation.ts';

/** The folder of this file. */
export const here = new URL('.', import.meta.url);

/** Both files as the machine says they are. */
export function generated(): { name: string; text: string }[] {
  return [
    { name: 'rotation.asl.json', text: `${JSON.stringify(toAsl(rotation), null, 2)}\n` },
    { name: 'rotation.mmd', text: toMermaid(rotation) },
  ];
}

/** The names of the files that are missing from the folder, or not what the machine says. */
export async function drifted(folder: URL): Promise<string[]> {
  const files = await Promise.all(
    generated().map(async ({ name, text }) => ({
      name,
      same: (await readFile(new URL(name, folder), 'utf8').catch(() => null)) === text,
    })),
  );
  return files.filter(({ same }) => !same).map(({ name }) => name);
}

async function main(args: string[]): Promise<void> {
  if (args.includes('--check')) {
    for (const name of await drifted(here)) {
      console.error(`error: statemachine/${name} is not what the machine says\nhint: npm run generate`);
      process.exitCode = 1;
    }
    return;
  }
  for (const { name, text } of generated()) {
    await writeFile(new URL(name, here), text);
    console.error(`wrote statemachine/${name}`);
  }
}

if (import.meta.main) await main(process.argv.slice(2));
