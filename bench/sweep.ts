// `node bench/sweep.ts`: sweeps of ever larger accounts by the functions that are deployed, against an AWS that throttles every
// tenth call. What is looked for: nobody left out, no more memory, and a time that grows with the users and not faster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KeyPair } from '../src/access-key.ts';
import { createAws } from '../src/aws/clients.ts';
import { createVirtualClock, instant, systemClock } from '../src/clock.ts';
import { partsOf } from '../src/lambda/parts.ts';
import type { ListedUser } from '../src/lambda/sweep/contract.ts';
import { createSweepFunctions } from '../src/lambda/sweep/functions.ts';
import { parsePolicy } from '../src/policy/parse.ts';
import type { SweptAccount } from './swept-account.ts';

process.env.AWS_CONFIG_FILE = '/dev/null';
process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';

const { ItemProcessor } = JSON.parse(readFileSync(new URL('../statemachine/sweep.asl.json', import.meta.url), 'utf8'))
  .States.decideForEach;
const { ErrorEquals, MaxAttempts } = ItemProcessor.States.decide.Retry[0];
const sizes = process.argv.slice(2).map(Number);
/** More than are deployed: what the SDK waits between attempts is not what is measured. */
const turnsAtOnce = 40;

console.log(
  '| users | due | begun | not judged | throttled answers | CPU time, s | of that a user, ms | most heap, MB |',
);
console.log('|---:|---:|---:|---:|---:|---:|---:|---:|');
for (const size of sizes.length > 0 ? sizes : [1000, 2000, 5000, 10_000]) await sweepOf(size);

async function sweepOf(size: number): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('swept-account.ts', import.meta.url)), `${size}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const account: SweptAccount = JSON.parse(line);
  let throttled = 0;
  let peak = 0;
  const functions = functionsOver(account, (status) => {
    if (status === 400) throttled += 1;
  });
  const before = process.cpuUsage();
  const list = await again(() => functions.listUsers({ sweep: 'bench', startedAt: instant(systemClock.now()) }));
  const users = await again(() => functions.read<ListedUser[]>(list.users));
  const queue = users.values();
  const turns = Array.from({ length: turnsAtOnce }, async () => {
    for (const user of queue) {
      await again(() => functions.decide({ folder: list.folder, user })).catch(() => null);
      peak = Math.max(peak, heap());
    }
  });
  await Promise.all(turns);
  const counts = await again(() => functions.report(list));
  const { user: inUser, system } = process.cpuUsage(before);
  const seconds = (inUser + system) / 1_000_000;
  child.stdin.end();
  await once(child, 'exit');

  const cells = [size, size / 10, counts.started, counts.notJudged, throttled, seconds.toFixed(0)];
  console.log(`| ${[...cells, ((seconds * 1000) / size).toFixed(1), peak.toFixed(0)].join(' | ')} |`);
}

/** In megabytes, garbage and all. */
function heap(): number {
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function functionsOver(account: SweptAccount, told: (status: number | null) => void) {
  const { url, accessKeyId, secretAccessKey, topic, machine, bucket } = account;
  const region = 'eu-west-1';
  // The starts are spread over a minute each, which is not what is measured here.
  const clock = createVirtualClock(instant(systemClock.now()));
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  const onRequest = (_: string, status: number | null) => told(status);
  const aws = createAws({ clock, version: '0.0.0-bench', region, endpointUrl: url, credentials, onRequest });
  const policy = parsePolicy('defaults:\n  consumers: ["ssm:/app/key"]\n', 'keyturn.yaml');
  const deployment = {
    KEYTURN_TOPIC: topic,
    KEYTURN_BUCKET: bucket,
    KEYTURN_SWITCH: '/keyturn/switch',
    KEYTURN_VAULT_KEY: '',
    KEYTURN_SEAL_KEY: '',
    KEYTURN_STATE_MACHINE: machine,
    KEYTURN_MODE: 'rotate',
    KEYTURN_USER_PATH: '/apps/',
  };
  const parts = partsOf({ aws, clock, region, policy: async () => policy, deployment, log: () => {} });
  const read = async <T>(key: string): Promise<T> => JSON.parse((await aws.bucket(bucket).get(key)) ?? 'null');
  return { ...createSweepFunctions(parts), read };
}

/** As the definition tries a turn again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MaxAttempts || !ErrorEquals.includes((error as Error).name)) throw error;
    }
  }
}
