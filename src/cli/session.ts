// Puts the parts together for one command: AWS, the state folder, the vault, the places, and the engine over them.
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { skewSeconds, stamp } from '../activities/aws-time.ts';
import type { Activities, ActivityDeps, Announcement } from '../activities/contract.ts';
import { createActivities } from '../activities/index.ts';
import { wasOffered } from '../activities/record.ts';
import { createAws } from '../aws/clients.ts';
import type { Aws } from '../aws/contract.ts';
import { openConsumer } from '../consumers/registry.ts';
import type { HistoryEntry, RotationRecord } from '../engine/contract.ts';
import { type RunOptions, type RunResult, runLocally } from '../engine/local.ts';
import { createRecordStore, type RecordStore } from '../engine/record-store.ts';
import type { Heard } from '../engine/traces.ts';
import { KeyturnError, RefusedError } from '../errors.ts';
import type { Plan } from '../machine/context.ts';
import { openProbe } from '../probes/registry.ts';
import type { Vault } from '../vault/contract.ts';
import { createFileVault } from '../vault/file-vault.ts';
import { createSecretsManagerVault } from '../vault/secrets-manager-vault.ts';
import { version } from '../version.ts';
import { agentThatMade } from './agent-that-made.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import { createTraces } from './traces.ts';

export interface Session {
  io: Io;
  flags: Flags;
  aws: Aws;
  store: RecordStore;
  /** What was asked of AWS since this was last called. */
  heard(): Heard;
  /** The vault that the plan names: a rotation keeps it to its end. */
  vaultOf(plan: Plan): Vault;
  progress: Progress;
  consumer: ActivityDeps['consumer'];
  activities(stop: AbortSignal, plan: Plan): Activities;
}

export function openSession(flags: Flags, io: Io, progress = createProgress(io, flags)): Session {
  const stateDir = resolve(io.cwd, flags.stateDir || io.env.KEYTURN_STATE_DIR || platformStateDir());
  const { clock, env } = io;
  const traces = createTraces();
  const connected = createAws({
    clock,
    version,
    profile: flags.profile,
    region: flags.region,
    endpointUrl: flags.endpointUrl,
    onRequest: (action, status, requestId) => {
      progress.detail(`${action} ${status ?? 'no answer'}`);
      traces.request({ at: stamp({ aws: connected, clock }), action, requestId, status });
    },
    mfaCode: io.terminal ? async (serial) => (await import('./prompts.ts')).askMfaCode(io, serial) : undefined,
  });
  const aws: Aws = {
    ...connected,
    caller: async () => {
      const caller = await connected.caller();
      traces.caller({ since: stamp({ aws: connected, clock }), arn: caller.arn });
      return caller;
    },
  };
  const store = createRecordStore(stateDir, clock);
  const fileVault = createFileVault(join(stateDir, 'vault'));
  const vaultOf: Session['vaultOf'] = ({ vault, region }) =>
    vault === 'file' ? fileVault : createSecretsManagerVault({ clock, secrets: () => aws.secretsManager(region) });

  const consumer: Session['consumer'] = (spec, replacement) =>
    openConsumer(spec, replacement, { clock, aws, env, print: (text) => printed(io, progress, text) });

  return {
    io,
    flags,
    aws,
    store,
    heard: traces.take,
    vaultOf,
    progress,
    consumer,
    activities: (stop, plan) =>
      createActivities({
        aws,
        vault: vaultOf(plan),
        clock,
        attended: true,
        signal: stop,
        consumer,
        probe: (spec) => openProbe(spec, { clock, aws, env, signal: stop }),
        announce: (announcement: Announcement) => progress.announce(announcement),
        agentThatMade: (keyId, since) => agentThatMade(aws, keyId, since, stop),
      }),
  };
}

/** Resolves when it is written, so that a pair that nobody got counts as not delivered. */
function printed({ stdout }: Io, progress: Progress, text: string): Promise<void> {
  progress.clear();
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** XDG's state home is what env-paths calls `log`; other platforms keep state with data. */
function platformStateDir(): string {
  const { log, data } = envPaths('keyturn', { suffix: '' });
  return process.platform === 'linux' ? log : data;
}

/** Runs a rotation from its record. The caller holds the user's lock. */
export async function runRotation(
  session: Session,
  record: RotationRecord,
  options: Partial<Pick<RunOptions, 'given' | 'atWait'>> = {},
): Promise<RunResult> {
  const { aws, io, flags, store, progress } = session;
  // Between a look and the lock it may have been handed over; two may never run it.
  if (record.engine !== 'local') {
    throw new RefusedError(`rotation ${record.rotation} was handed over to Step Functions`, {
      hint: `nothing was changed; keyturn status ${record.rotation} shows it`,
    });
  }
  await signAsTheUserWill(session, record);
  const { clock } = io;
  // Of several rotations in a row each keeps its own; what led to a new one is part of it.
  if (record.history.length > 0) session.heard();
  return runLocally(
    {
      store,
      clock,
      heard: session.heard,
      skewSeconds: aws.time() === null ? undefined : skewSeconds({ aws, clock }),
      activities: (stop) => session.activities(stop, record.context.plan),
    },
    record,
    {
      // Where somebody is asked at each wait, their answer says whether to stay.
      wait: flags.wait === true || options.atWait !== undefined,
      stop: io.interrupted,
      onStep: (entry: HistoryEntry, current: RotationRecord) => progress.step(entry, current),
      ...options,
    },
  );
}

/** The rotations whose pair was looked for: once is enough, and what was warned of need not be warned of again. */
const askedFor = new WeakMap<Aws, Set<string>>();

/**
 * A user who rotates their own key signs with the new pair from delivery on; the old one must fall silent (S17). A vault
 * that cannot be read is warned of: it may not stand before a look, or before a way back (S1).
 */
export async function signAsTheUserWill(
  { aws, vaultOf, progress }: Session,
  { rotation, context, engine, handedOver }: RotationRecord,
): Promise<void> {
  // What Step Functions made lies in its own vault, for its own functions.
  if (engine === 'stepfunctions' && !handedOver) return;
  if (!context.plan.oldKey || !wasOffered(context)) return;
  const known = askedFor.get(aws) ?? new Set();
  if (known.has(rotation)) return;
  askedFor.set(aws, known.add(rotation));
  try {
    const pair = await vaultOf(context.plan).get(rotation, 'new');
    if (pair) aws.signWithInsteadOf(context.plan.oldKey, pair);
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    progress.warn(`${error.message}; ${error.hint ?? ''}`);
  }
}
