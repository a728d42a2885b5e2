// `npm run test:emulators`: the tests that run against AWS emulators written by others. A machine that cannot have the
// emulators skips the lane and says so; a failing test, or a pin that does not exist, fails it.
import { fileURLToPath } from 'node:url';
import { parseCLI, startVitest } from 'vitest/node';
import { prepareVenv } from './venv.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const missing = prepareVenv();
if (missing) {
  console.log(`emulator tests skipped: ${missing}`);
} else {
  const { filter, options } = parseCLI(['vitest', 'run', '--project', 'emulators', ...process.argv.slice(2)]);
  // Rotations mostly wait, so many go on at once.
  const vitest = await startVitest('test', filter, { maxWorkers: 3, ...options, root, watch: false });
  await vitest.close();
}
