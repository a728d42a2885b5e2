// Writes keyturn.schema.json, from which editors complete and check a policy file, from the schema that keyturn itself
// checks by. With `--check` it writes nothing, and fails where the file is not what the schema says.
import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { policySchema } from './schema.ts';

export const schemaFile = new URL('keyturn.schema.json', import.meta.url);

/** The file as the schema says it is. */
export function generatedSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(policySchema, { io: 'input' }), null, 2)}\n`;
}

async function main(args: readonly string[]): Promise<void> {
  const text = generatedSchema();
  if (!args.includes('--check')) return writeFile(schemaFile, text);
  if ((await readFile(schemaFile, 'utf8').catch(() => null)) !== text) {
    throw new Error('src/policy/keyturn.schema.json is not what schema.ts says: npm run generate');
  }
}

if (import.meta.main) await main(process.argv.slice(2));
