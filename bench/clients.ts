// The SDK's clients for IAM and STS and nothing else, bundled as keyturn bundles them: what the least program that speaks to
// both would have to load.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';

export function bundledClients(): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
  const path = join(folder, 'clients.mjs');
  buildSync({
    stdin: {
      contents: `
        import { IAMClient } from '@aws-sdk/client-iam';
        import { STSClient } from '@aws-sdk/client-sts';
        new IAMClient({ region: 'us-east-1' });
        new STSClient({ region: 'us-east-1' });`,
      resolveDir: dirname(import.meta.dirname),
    },
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
