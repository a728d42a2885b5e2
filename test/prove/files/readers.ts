// How others read the files: the SDK's own loader, botocore's, and the package dotenv.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fromIni } from '@aws-sdk/credential-providers';
import { python } from '../../emulators/venv.ts';

export interface Read {
  /** Id and secret; null where the reader finds no pair. */
  pair: readonly [string, string] | null;
  /** Whatever else it finds. */
  others?: unknown;
}

/** Null where the reader cannot read the file at all. */
export async function readBySdk(filepath: string): Promise<Read | null> {
  try {
    const found = await fromIni({ profile: 'default', filepath, configFilepath: '/dev/null', ignoreCache: true })();
    return { pair: [found.accessKeyId, found.secretAccessKey] };
  } catch {
    return null;
  }
}

const program = fileURLToPath(new URL('read_with_botocore.py', import.meta.url));

/** Of each file, in their order; null where this machine has no botocore (`npm run test:emulators` installs it). */
export function readByBotocore(files: readonly string[]): (Read | null)[] | null {
  const { status, stdout, error } = spawnSync(python, [program], { input: files.join('\n'), encoding: 'utf8' });
  if (error && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  if (status !== 0) throw error ?? new Error('botocore cannot be asked');
  return (JSON.parse(stdout) as (Read & { error?: string })[]).map((one) => (one.error === undefined ? one : null));
}
