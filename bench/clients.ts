// Programs that are as small as they can be, bundled as keyturn bundles its own: what anything of the kind would have to load.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

interface Bundled {
  path: string;
  remove(): void;
}

/** Loads the SDK's clients for IAM and STS, and nothing else. */
export function bundledClients(): Bundled {
  return bundled(`
    import { IAMClient } from '@aws-sdk/client-iam';
    import { STSClient } from '@aws-sdk/client-sts';
    new IAMClient({ region: 'us-east-1' });
    new STSClient({ region: 'us-east-1' });`);
}

export function bundled(contents: string): Bundled {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
  const path = join(folder, 'clients.mjs');
  buildSync({
    stdin: { contents, resolveDir: dirname(import.meta.dirname) },
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minifySyntax: true,
    minifyWhitespace: true,
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
