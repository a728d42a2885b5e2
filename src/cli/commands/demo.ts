// keyturn demo: the whole procedure in the embedded AWS, on a clock on which weeks pass in moments. On a terminal it is the
// real wizard; without one the same rotation plays through, narrated; so it does where Step Functions waits.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createVirtualClock, type VirtualClock } from '../../clock.ts';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { begin } from '../begin.ts';
import type { Io } from '../io.ts';
import { lookAtUser, makePlan, readFlags } from '../make-plan.ts';
import type { Flags } from '../options.ts';
import { planWords } from '../plan-words.ts';
import { createProgress } from '../progress.ts';
import { openSession, type Session } from '../session.ts';
import type { Story } from './wizard.ts';

const hour = 3_600_000;
const region = 'eu-west-1';

export async function demo(flags: Flags, io: Io): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-demo-'));
  const time = createVirtualClock('2026-03-02T09:00:00Z', { auto: false });
  const sandbox = await createSandbox({ clock: time, lastUsedLag: hour, newKeyDelay: 8_000, newKeyRefusal: 1 });
  try {
    const file = join(folder, 'credentials');
    const old = await furnish(sandbox, time, file);
    const clock = clockOf(time, (shift) => shopAtWork(sandbox, file, old, shift));
    const session = openDemoSession(flags, io, { clock, sandbox, folder, file });
    if (flags.engine === 'stepfunctions') {
      const { deployStack } = await import('../demo-stack.ts');
      const notify = (subject: string) => session.progress.say(`  ✉ ${subject}`);
      deployStack(sandbox, { clock: time, region, notify });
      return await played(session, file);
    }
    return io.terminal ? await toldByTheWizard(session) : await played(session, file);
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A shop whose application and nightly backup share one old key. */
async function furnish(sandbox: Sandbox, clock: VirtualClock, file: string): Promise<string> {
  const { keys } = sandbox.account.createUser({ name: 'shop', keys: [{ createdAt: '2024-11-05T08:00:00Z' }] });
  const [key] = keys;
  if (!key) throw new Error('the shop has no key');
  const profile = (pair: { accessKeyId: string; secretAccessKey: string }) =>
    `aws_access_key_id = ${pair.accessKeyId}\naws_secret_access_key = ${pair.secretAccessKey}\n`;
  await writeFile(
    file,
    `# the shop's credentials\n[shop]\n${profile(key)}region = eu-west-1\n\n[admin]\n${profile(sandbox.credentials)}`,
    { mode: 0o600 },
  );
  sandbox.account.use(key.accessKeyId, { service: 's3', region: 'eu-west-1' });
  await clock.advance(2 * hour);
  return key.accessKeyId;
}

/** A clock on which waiting takes no time at all; every six hours of it the shop does its work. */
function clockOf(time: VirtualClock, work: (shift: number) => Promise<void>): Clock {
  let shift = 0;
  const start = time.now();
  const sleep = async (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    const end = time.now() + ms;
    for (let next = start + (shift + 1) * 6 * hour; next <= end; next = start + (shift + 1) * 6 * hour) {
      await time.advance(next - time.now());
      shift += 1;
      await work(shift);
    }
    await time.advance(end - time.now());
  };
  return { now: time.now, monotonic: time.monotonic, sleep };
}

/** The application reads its file before each use; the backup, on the second day, still knows only the old key. */
async function shopAtWork(sandbox: Sandbox, file: string, old: string, shift: number): Promise<void> {
  const id = /\[shop\]\s+aws_access_key_id = (\S+)/.exec(await readFile(file, 'utf8'))?.[1];
  if (id) sandbox.account.use(id, { service: 's3', region: 'eu-west-1' });
  if (shift === 5) sandbox.account.use(old, { service: 's3', region: 'eu-central-1' });
}

/** The session of a real command, whose AWS, files and clock are the demo's. */
function openDemoSession(
  flags: Flags,
  io: Io,
  { clock, sandbox, folder, file }: { clock: Clock; sandbox: Sandbox; folder: string; file: string },
): Session {
  const aws = {
    AWS_SHARED_CREDENTIALS_FILE: file,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_PROFILE: 'admin',
    AWS_REGION: region,
  };
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, aws, { AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true' });
  return openSession(
    { ...flags, user: 'shop', profile: 'admin', endpointUrl: sandbox.url, stateDir: join(folder, 'state') },
    { ...io, clock, env: { ...io.env, ...aws } },
    createProgress(io, flags, { dated: true }),
  );
}

const opening = [
  'This is a demo in an AWS of its own, inside this process: nothing outside it is touched, and weeks pass in moments.',
  'A shop runs on one access key that is over a year old. Its application reads the key from a credentials file before',
  'each use; a nightly backup was started long ago, and still holds the old key in memory.',
];

const backupIsFound = 'The backup will show itself: it uses the old key once more, and the watch notices.';

const story: Story = {
  places: '\nThe credentials file was looked through for this key. Other places can be named.',
  plan: 'Nothing has been changed so far. Up to the last step there is a way back.',
  wait: ({ state, context }) => {
    if (state !== 'awaitQuiet') {
      return '\nThe old key is inactive, and can be back within a second. Only if nobody misses it will it be deleted.';
    }
    const found = (context.checkOldKeyUse?.lastUsedAt ?? '') > (context.deliverKey?.at ?? '');
    return found
      ? '\nThere it is: the backup used the old key a day later. It is restarted now, and the watch begins anew.'
      : `\nBoth keys work now, so nothing can break. ${backupIsFound}`;
  },
};

async function toldByTheWizard(session: Session): Promise<number> {
  const { guide } = await import('./wizard.ts');
  for (const line of opening) session.progress.say(line);
  session.progress.say('Enter answers every question.\n');
  return guide({ ...session, flags: { ...session.flags, wait: true } }, { story, policy: null });
}

async function played(session: Session, file: string): Promise<number> {
  const { io, progress, aws } = session;
  const flags = { ...session.flags, yes: true, wait: true, to: [`credentials-file:shop@${file}`] };
  for (const line of opening) progress.say(line);
  const subject = await lookAtUser(aws, io, 'shop');
  const oldKey = subject.keys[0]?.id ?? null;
  const { plan, keys } = makePlan(subject, await readFlags(flags, io), flags, { oldKey, newKey: null, from: 'start' });
  progress.say('\nThe plan:\n');
  progress.block(planWords(plan, keys, subject.now));
  progress.say(`\n${backupIsFound}\n`);
  if (flags.engine !== 'stepfunctions') return begin({ ...session, flags }, plan);
  const { playedByStepFunctions } = await import('./demo-handed-over.ts');
  return playedByStepFunctions({ ...session, flags }, plan);
}
