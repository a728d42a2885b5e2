// Preloaded into a child process (`node --import`): kills it with SIGKILL at the first call of the fs/promises function
// that KEYTURN_TEST_CRASH_BEFORE names.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const name = process.env.KEYTURN_TEST_CRASH_BEFORE as 'rename' | 'link' | 'open';
Object.assign(fs, {
  [name]: () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  },
});
syncBuiltinESMExports();
