// Writes html-script.ts, the script of the HTML report, from page/, which is checked with a browser's types. With `--check` it
// writes nothing, and fails where the file is not what the sources say.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const scriptFile = new URL('html-script.ts', import.meta.url);

async function generatedScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minify: true,
    // Then this file has no placeholders in a plain string, which a linter takes for a slip.
    supported: { 'template-literal': false },
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  // The parser of HTML would end the script there, or leave it for good.
  if (/<\/script|<!--/i.test(text)) throw new Error('the script of the report has the end of a script in it');
  return [
    '// What page/page.ts becomes in a browser. Generated: npm run generate.',
    'export const script =',
    `  ${quoted(text)};`,
    '',
  ].join('\n');
}

/** As the formatter quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

async function main(args: readonly string[]): Promise<void> {
  const text = await generatedScript();
  if (!args.includes('--check')) return writeFile(scriptFile, text);
  if ((await readFile(scriptFile, 'utf8').catch(() => null)) !== text) {
    throw new Error('src/audit/render/html-script.ts is not what page/ says: npm run generate');
  }
}

if (import.meta.main) await main(process.argv.slice(2));
