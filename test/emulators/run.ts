// `npm run test:emulators` and `npm run test:deploy`: the tests that run against AWS emulators written by others. A machine that
// cannot have the emulators skips the lane and says so; a failing test, or a pin that does not exist, fails it.
import { fileURLToPath } from 'node:url';
import { parseCLI, startVitest } from 'vitest/node';
import { prepareVenv } from './venv.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const args = process.argv.slice(2);
const project = args[0] === 'deploy' ? 'deploy' : 'emulators';
const missing = prepareVenv();
if (missing) {
  console.log(`${project === 'deploy' ? 'deployment' : 'emulator'} tests skipped: ${missing}`);
} else {
  const others = project === 'deploy' ? args.slice(1) : args;
  const { filter, options } = parseCLI(['vitest', 'run', '--project', project, ...others]);
  // Rotations mostly wait, so many go on at once.
  const vitest = await startVitest('test', filter, {
    maxWorkers: 3,
    maxConcurrency: 8,
    ...options,
    root,
    watch: false,
  });
  await vitest.close();
}
