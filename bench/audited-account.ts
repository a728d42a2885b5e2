// An account of many users in a process of its own, so that what it takes is not counted as the audit's. Prints the environment
// to reach it; for each line on its standard input how many requests there were since the last one; ends with it.
import { createInterface } from 'node:readline';
import { furnishFleet } from '../src/cli/sandbox-seeds.ts';
import { systemClock } from '../src/clock.ts';
import { createSandbox } from '../src/sandbox/index.ts';

const sandbox = await createSandbox({ clock: systemClock, seed: 'fleet' });
furnishFleet(sandbox.account, Number(process.argv[2] ?? 5000), systemClock);
const env = {
  AWS_ENDPOINT_URL: sandbox.url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};
process.stdout.write(`${JSON.stringify(env)}\n`);
let seen = 0;
for await (const _ of createInterface(process.stdin)) {
  process.stdout.write(`${sandbox.requests.length - seen}\n`);
  seen = sandbox.requests.length;
}
await sandbox.close();
