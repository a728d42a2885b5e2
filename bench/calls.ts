// One rotation by the command line itself, in this process, against the embedded AWS and on a clock on which weeks take no
// time: an old key that an application used an hour before, one place, no probes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../src/cli/main.ts';
import { createVirtualClock } from '../src/clock.ts';
import { createSandbox } from '../src/sandbox/index.ts';

/** How often each IAM action was called, most frequent first. */
export async function callsOfOneRotation(): Promise<[string, number][]> {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const sandbox = await createSandbox({ clock });
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-bench-'));
  try {
    const [key] = sandbox.account.createUser({ name: 'shop', keys: [{ createdAt: '2026-06-01T08:00:00Z' }] }).keys;
    if (!key) throw new Error('the shop has no key');
    sandbox.account.use(key.accessKeyId, { service: 's3', at: '2026-12-06T09:00:00Z' });
    const file = join(folder, 'credentials');
    const pair = `aws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`;
    await writeFile(file, `[shop]\n${pair}`, { mode: 0o600 });

    const { accessKeyId, secretAccessKey } = sandbox.credentials;
    const env = {
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true',
      KEYTURN_STATE_DIR: join(folder, 'state'),
    };
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, env);
    const ignored = () => new PassThrough().resume() as unknown as NodeJS.WriteStream;
    const command = `rotate --user shop --to credentials-file:shop@${file} --yes --wait`;
    const code = await main(command.split(' '), {
      stdin: process.stdin,
      stdout: ignored(),
      stderr: ignored(),
      env,
      cwd: folder,
      home: folder,
      clock,
      terminal: false,
      interrupted: new AbortController().signal,
    });
    if (code !== 0) throw new Error(`keyturn ${command} exited with ${code}`);

    const counts = Map.groupBy(sandbox.requests, ({ service, operation }) => `${service}:${operation}`);
    return [...counts].map(([name, all]): [string, number] => [name, all.length]).sort((a, b) => b[1] - a[1]);
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}
