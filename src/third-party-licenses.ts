// The licences of everything that a bundle contains: one section per licence text, headed by the packages it is for.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const licenceFile = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i;

interface Bundled {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
}

/** The source files, as paths from the root, of which anything is left in what esbuild says that it put out. */
export function filesIn({ outputs }: Bundled): string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return [...new Set(files.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file))];
}

/** The whole text for the packages that the files of a bundle (paths from `root`) belong to; the same for any order. */
export async function thirdPartyLicenses(root: string, files: readonly string[]): Promise<string> {
  const folders = new Set(files.flatMap((file) => packageFolder.exec(file)?.[0] ?? []));
  const packages = new Map<string, Set<string>>();
  for (const folder of folders) {
    const { title, text } = await licenceOf(join(root, folder));
    packages.set(text, (packages.get(text) ?? new Set()).add(title));
  }
  const sections = [...packages].map(([text, titles]) => `${[...titles].sort().join('\n')}\n\n${text}\n`).sort();
  return [`keyturn's bundle contains the following packages.\n`, ...sections].join(`\n${'-'.repeat(78)}\n\n`);
}

async function licenceOf(folder: string): Promise<{ title: string; text: string }> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const names = (await readdir(folder)).filter((file) => licenceFile.test(file)).sort();
  const texts = await Promise.all(names.map(async (file) => (await readFile(join(folder, file), 'utf8')).trim()));
  if (texts.length === 0 && typeof license !== 'string') throw new Error(`${name} ${version} names no licence`);
  return {
    title: `${name} ${version} (${typeof license === 'string' ? license : 'see below'})`,
    text: texts.join('\n\n').replaceAll('\r\n', '\n') || 'The package contains no licence text of its own.',
  };
}
