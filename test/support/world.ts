// Arranges one whole rotation with the real parts: the SDK clients against an embedded AWS, the file vault, the record
// store and the places in a temporary folder, the local engine, and one virtual clock under all of them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps, Announcement } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import { createAws } from '../../src/aws/clients.ts';
import type { Aws } from '../../src/aws/contract.ts';
import { type Clock, createVirtualClock, instant, timeOf } from '../../src/clock.ts';
import { openConsumer } from '../../src/consumers/registry.ts';
import type { RotationRecord } from '../../src/engine/contract.ts';
import { type RunResult, runLocally } from '../../src/engine/local.ts';
import { createRecordStore } from '../../src/engine/record-store.ts';
import { activityOf } from '../../src/engine/written.ts';
import type { ActivityName, ParkName, Plan, RotationContext } from '../../src/machine/context.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { createFileVault } from '../../src/vault/file-vault.ts';
import { consumerDeps } from './consumer-deps.ts';
import { mortal } from './mortal.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { allBut, type StartOptions, type WorldOptions } from './world-options.ts';
import { filledIn, heldIn, newRecord } from './world-parts.ts';

// The sandbox's weeks pass in milliseconds, so the SDK must not think that this machine's clock is wrong; and nothing of
// this machine's own AWS set-up may be read.
process.env.AWS_DISABLE_CLOCK_SKEW_CORRECTION ??= 'true';
process.env.AWS_CONFIG_FILE = '/dev/null';
process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';
// Every step is synced to the disk; where the system has a folder in memory, that costs nothing.
if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';

export const hour = 3_600;
export const day = 24 * hour;
export const user = 'alice';

export { allBut, type StartOptions, type WorldOptions } from './world-options.ts';

export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(options: WorldOptions = {}) {
  const awsClock = createVirtualClock('2026-12-06T09:00:00Z');
  const { skew = 0 } = options;
  const clock: Clock = { ...awsClock, now: () => awsClock.now() + skew };
  const sandbox = await createSandbox({ clock: awsClock, seed: options.seed ?? 'world', ...options.settings });
  const { account } = sandbox;
  const ending = options.ending ?? { onTestFinished };
  ending.onTestFinished(() => sandbox.close());

  const arranged = account.createUser({
    name: user,
    createdAt: '2020-02-02T00:00:00Z',
    tags: { team: 'web' },
    policies: options.self ? (options.policies ?? allBut()) : [],
    keys: options.keys ?? [{ createdAt: '2026-06-01T08:00:00Z' }],
  });
  const [oldKey] = arranged.keys;
  const lastUsed = options.lastUsed === undefined ? '2026-12-06T09:00:00Z' : options.lastUsed;
  const operator =
    options.policies && !options.self
      ? account.createUser({
          name: 'operator',
          policies: options.policies,
          keys: [{ createdAt: '2020-02-02T00:00:00Z' }],
        }).keys[0]
      : sandbox.credentials;
  // A read that is behind must not be behind this arrangement. Every world begins at 2026-12-06T10:00:00Z.
  await awsClock.advance(3_600_000);
  if (oldKey && lastUsed) account.use(oldKey.accessKeyId, { at: lastUsed });
  const signer = options.self ? oldKey : operator;

  const folder = temporaryFolder(ending);
  const credentialsFile = join(folder, 'credentials');
  const profiles = options.profiles ?? ['default'];
  const template =
    options.content ??
    profiles.map((name) => `[${name}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n`).join('\n');
  if (oldKey) writeFileSync(credentialsFile, filledIn(template, oldKey), { mode: 0o600 });
  const consumers = profiles.map((profile) => `credentials-file:${profile}@${credentialsFile}`);

  const store = createRecordStore(folder, clock);
  const vault = createFileVault(join(folder, 'vault'));
  const newAws = (): Aws =>
    createAws({
      clock,
      version: '0.0.0-test',
      region: 'us-east-1',
      endpointUrl: sandbox.url,
      credentials: signer && new KeyPair(signer.accessKeyId, signer.secretAccessKey),
    });
  const announcements: Announcement[] = [];
  const newDeps = (): ActivityDeps => ({
    aws: newAws(),
    vault,
    clock,
    consumer: (spec, replacement) => openConsumer(spec, replacement, consumerDeps({ clock })),
    probe: async (spec) => {
      throw new Error(`no probe is arranged for ${spec}`);
    },
    announce: (announcement) => {
      announcements.push(announcement);
    },
    attended: true,
  });

  const uses: { keyId: string; at: number; service: string }[] = [];
  const refusedUses: string[] = [];
  const outages: string[] = [];
  const statusOf = (keyId: string) =>
    Object.values(account.snapshot())
      .flatMap(({ keys }) => keys)
      .find(({ id }) => id === keyId)?.status;
  sandbox.onRequest(({ phase, operation }) => {
    // What should have happened since the last request happens before this one changes anything.
    for (const use of uses.filter(({ at }) => at <= awsClock.now())) {
      uses.splice(uses.indexOf(use), 1);
      if (statusOf(use.keyId) !== 'Active') refusedUses.push(instant(use.at));
      else account.use(use.keyId, { at: instant(use.at), service: use.service });
    }
    if (phase !== 'after') return;
    for (const { id } of account.snapshot()[user]?.keys ?? []) called(id);
    for (const [profile, id] of held()) {
      if (statusOf(id) !== 'Active') outages.push(`${operation}: ${profile} holds ${called(id)}`);
    }
  });

  const held = () => heldIn(existsSync(credentialsFile) ? readFileSync(credentialsFile, 'utf8') : '');
  const names = new Map(arranged.keys.map(({ accessKeyId }, index) => [accessKeyId, index === 0 ? 'old' : 'other']));
  const called = (id: string) => {
    if (!names.has(id)) names.set(id, [...names.values()].includes('new') ? `another new` : 'new');
    return names.get(id) as string;
  };

  const plan = (overrides: Partial<Plan> = {}): Plan => ({
    account: account.id,
    partition: 'aws',
    region: 'us-east-1',
    user,
    userId: arranged.id,
    oldKey: oldKey?.accessKeyId ?? null,
    newKey: null,
    keysAtStart: arranged.keys.map(({ accessKeyId }) => accessKeyId),
    consumers,
    quietFor: 48 * hour,
    grace: 2 * day,
    watchLimit: 30 * day,
    probeEvery: hour,
    probes: [],
    freeSlot: 'never',
    minAge: 0,
    allowSmtp: false,
    unproven: 'ask',
    vault: 'file',
    from: 'start',
    startedAt: instant(awsClock.now()),
    overrides: [],
    ...overrides,
  });
  const context = (overrides: Partial<RotationContext> = {}): RotationContext => ({
    schema: 1,
    rotation: 'r-1',
    intent: 'forward',
    plan: plan(),
    interruptions: [],
    ...overrides,
  });

  const run = async (record: RotationRecord, options: StartOptions): Promise<Ended> => {
    const { deps, killAt, killBefore, killIn, answers = {}, ...given } = options;
    const script = structuredClone(answers);
    const parts = { ...newDeps(), ...deps };
    const life = mortal(killBefore);
    const heard =
      killAt &&
      sandbox.onRequest((event) => {
        if (killAt(event)) life.end();
      });
    // Another process would begin by signing as a self-rotating user has to by now.
    const offered = record.context.deliverKey !== undefined;
    const pair = offered ? await vault.get(record.rotation, 'new').catch(() => null) : null;
    if (pair && record.context.plan.oldKey) parts.aws.signWithInsteadOf(record.context.plan.oldKey, pair);
    const result = runLocally(
      {
        store: life.bound(store),
        clock: life.bound(clock),
        skewSeconds: skew / 1000,
        activities: (signal) =>
          createActivities({
            ...parts,
            aws: life.bound(parts.aws),
            vault: life.bound(parts.vault),
            clock: life.bound(clock),
            consumer: async (spec, replacement) => life.bound(await parts.consumer(spec, replacement)),
            signal,
          }),
      },
      record,
      {
        wait: true,
        stop: new AbortController().signal,
        atWait: async ({ state }) => script[state as ParkName]?.shift() ?? 'stay',
        ...given,
        onStep: (entry, now) => {
          given.onStep?.(entry, now);
          if (killIn && entry.event === 'started' && activityOf(entry.state) === killIn) life.end();
        },
      },
    );
    const ended = await Promise.race([result, life.ended.then(() => ({ record, ended: 'killed' as const }))]);
    heard?.();
    return ended;
  };

  return {
    clock,
    sandbox,
    account,
    store,
    vault,
    folder,
    credentialsFile,
    announcements,
    /** Uses that were refused because the key was not active any more. */
    refusedUses,
    /** Moments at which a place held a key that did not work. */
    outages,
    userId: arranged.id,
    oldKey: oldKey?.accessKeyId ?? '',
    ids: arranged.keys.map(({ accessKeyId }) => accessKeyId),
    newDeps,
    activities: createActivities(newDeps()),
    plan,
    context,

    /** Somebody else uses a key at these instants, as far as it is active then. */
    useAt(instants: readonly string[], { keyId = oldKey?.accessKeyId ?? '', service = 's3' } = {}) {
      uses.push(...instants.map((at) => ({ keyId, at: timeOf(at), service })));
    },

    /** A new rotation, run to its end. */
    start: (overrides: Partial<Plan> = {}, options: StartOptions = {}): Promise<Ended> => {
      const { rotation = 'r-1', intent = 'forward' } = options;
      return run(newRecord(context({ rotation, intent, plan: plan(overrides) })), options);
    },

    /** The same rotation from its record on disk, as another process would go on. */
    resume: async (options: StartOptions & { change?: (context: RotationContext) => RotationContext } = {}) => {
      const { rotation = 'r-1', intent, change = (same) => same } = options;
      const record = await store.load(rotation);
      const from = change(intent ? { ...record.context, intent } : record.context);
      return run({ ...record, context: from }, options);
    },

    /** The context with which an activity is called when a rotation first gets to it; nothing of it has happened yet. */
    reach: async (activity: ActivityName, overrides: Partial<Plan> = {}, options: StartOptions = {}) => {
      const { ended } = await run(newRecord(context({ plan: plan(overrides) })), { ...options, killIn: activity });
      if (ended !== 'killed') throw new Error(`the rotation ended ${ended} before ${activity}`);
      return (await store.load('r-1')).context;
    },

    /** Everything that a rotation may leave behind. */
    left: () => ({
      keys: (account.snapshot()[user]?.keys ?? []).map(({ id, status }) => `${called(id)} ${status}`),
      claims: Object.keys(account.tags(user)).filter((key) => key.startsWith('keyturn:')),
      vault: existsSync(join(folder, 'vault')) ? readdirSync(join(folder, 'vault')).sort() : [],
      places: Object.fromEntries(held().map(([profile, id]) => [profile, called(id)])),
    }),

    content: () => readFileSync(credentialsFile, 'utf8'),
    /** The names of the operations asked for since the n-th request. */
    operations: (from = 0) => sandbox.requests.slice(from).map(({ operation }) => operation),
  };
}

export type Ended = Omit<RunResult, 'ended'> & { ended: RunResult['ended'] | 'killed' };
