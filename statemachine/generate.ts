// Writes rotation.asl.json and rotation.mmd from the machine in src/machine/rotation.ts. With `--check` it writes
// nothing, and exits 1 naming every file that is not what the machine says.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { toAsl } from '../src/machine/asl.ts';
import { toMermaid } from '../src/machine/mermaid.ts';
import { rotation } from '../src/machine/rotation.ts';

/** Both files as the machine says they are. */
export function generated(): { name: string; url: URL; text: string }[] {
  return [
    { name: 'rotation.asl.json', text: `${JSON.stringify(toAsl(rotation), null, 2)}\n` },
    { name: 'rotation.mmd', text: toMermaid(rotation) },
  ].map((file) => ({ ...file, url: new URL(file.name, import.meta.url) }));
}

/** The names of the files that are missing, or not what the machine says. */
export async function drifted(): Promise<string[]> {
  const files = await Promise.all(
    generated().map(async ({ name, url, text }) => ({
      name,
      same: (await readFile(url, 'utf8').catch(() => null)) === text,
    })),
  );
  return files.filter(({ same }) => !same).map(({ name }) => name);
}

async function main(args: string[]): Promise<void> {
  if (args.includes('--check')) {
    for (const name of await drifted()) {
      console.error(`error: statemachine/${name} is not what the machine says\nhint: npm run generate`);
      process.exitCode = 1;
    }
    return;
  }
  for (const { url, text } of generated()) {
    await writeFile(url, text);
    console.error(`wrote ${fileURLToPath(url)}`);
  }
}

if (import.meta.main) await main(process.argv.slice(2));
