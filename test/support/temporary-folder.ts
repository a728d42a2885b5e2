// A folder for one test, gone after it.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** In a concurrent test `ending` is that test's own context. */
export function temporaryFolder(ending: { onTestFinished(handler: () => void): void } = { onTestFinished }): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-test-')));
  ending.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
