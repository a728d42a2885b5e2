// An AWS of one account on 127.0.0.1, in this process: each service over its real wire protocol, for unmodified SDK
// clients. It runs on the clock it is given, and goes wrong only on request.
import type { Clock } from '../clock.ts';
import { type Account, type Credentials, createAccount } from './account.ts';
import type { PutMetric } from './alarm.ts';
import { type Answering, answer } from './answer.ts';
import { createStateMachines, type StateMachines } from './arranged-machines.ts';
import { cloudTrail } from './cloudtrail.ts';
import { cloudWatch } from './cloudwatch.ts';
import { createCredentialReports } from './credential-reports.ts';
import { createDirectory } from './directory.ts';
import { ec2 } from './ec2.ts';
import { createEventHistory } from './event-history.ts';
import { createFaults, type FaultRule } from './faults.ts';
import { createFunctions, type FunctionHandler, type Functions } from './functions.ts';
import { startHttpServer } from './http-server.ts';
import { iam } from './iam.ts';
import { createInspection, type Inspection } from './inspection.ts';
import { lambda } from './lambda.ts';
import { createLastUsed } from './last-used.ts';
import { rootUser } from './new-user.ts';
import { createParameters, type Parameters } from './parameters.ts';
import { createPropagation } from './propagation.ts';
import { createRandom } from './random.ts';
import { createRecords } from './records.ts';
import type { RequestListener, RequestRecord } from './requests.ts';
import { createRoles } from './roles.ts';
import { s3 } from './s3.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { secretsManager } from './secrets-manager.ts';
import { createSessions } from './sessions.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { createSignIns } from './sign-ins.ts';
import { sns } from './sns.ts';
import { ssm } from './ssm.ts';
import { sso } from './sso.ts';
import { stepFunctions } from './step-functions.ts';
import { sts } from './sts.ts';
import { createTaskTokens } from './task-tokens.ts';
import type { PublishedMessage } from './topic.ts';
import type { StoredTrail } from './trail.ts';
import type { World } from './world.ts';

export type * from './account.ts';
export type { PutMetric } from './alarm.ts';
export type * from './arranged-machines.ts';
export type { FaultKind, FaultRule } from './faults.ts';
export type { FunctionContext, FunctionHandler, Functions } from './functions.ts';
export type * from './inspection.ts';
export type * from './parameters.ts';
export type { PolicyDocument, PolicyStatement } from './policy.ts';
export type { Principal } from './principal.ts';
export type { RequestEvent, RequestListener, RequestRecord } from './requests.ts';
export type * from './secrets.ts';
export type { Settings } from './settings.ts';
export type { PublishedMessage } from './topic.ts';

const services = [
  iam,
  sts,
  sso,
  secretsManager,
  ssm,
  lambda,
  stepFunctions,
  sns,
  cloudWatch,
  cloudTrail,
  ec2,
  s3,
] as const;

export interface SandboxOptions extends Partial<Settings> {
  /**
   * The sandbox's time. Where it is far from this machine's, give clients `disableClockSkewCorrection: true` (or set
   * AWS_DISABLE_CLOCK_SKEW_CORRECTION): else the SDK blames its clock for every refusal and repeats the call.
   */
  clock: Clock;
  /** Default `123456789012`. */
  accountId?: string;
  /** Makes ids, secrets and chances the same in every run. Default: random. */
  seed?: string;
  /** Default: any that is free. `createSandbox` rejects with Node's error where it cannot be had. */
  port?: number;
  /** What Lambda runs, by name; more can be registered later. */
  functions?: Readonly<Record<string, FunctionHandler>>;
}

export interface Sandbox {
  /** For `endpoint`, or AWS_ENDPOINT_URL. */
  readonly url: string;
  /** An administrator's key, made at the start; its user is `administrator`. */
  readonly credentials: Credentials;
  readonly account: Account;
  readonly inspection: Inspection;
  readonly secrets: Secrets;
  readonly parameters: Parameters;
  readonly functions: Functions;
  readonly stateMachines: StateMachines;
  /** What was published to topics, oldest first. */
  readonly published: readonly PublishedMessage[];
  /** What CloudWatch was given to count. */
  readonly metrics: readonly PutMetric[];
  /** The secret of every key and session that was ever made here, for a search where none of them may be. */
  readonly secretsMade: readonly string[];
  /** What CloudTrail has for trails; at first none. */
  readonly trails: StoredTrail[];
  /** May be changed at any time; the next request obeys. */
  readonly settings: Settings;
  /** Every request in the order of arrival. */
  readonly requests: readonly RequestRecord[];
  /** Orders a fault; the returned function calls it off. */
  fault(rule: FaultRule): () => void;
  clearFaults(): void;
  /** Calls the listener before and after each request is applied; the returned function ends that. */
  onRequest(listener: RequestListener): () => void;
  /** Stops every execution and ends every connection. Rejects with the first thing that a listener threw, or that broke in the sandbox itself. */
  close(): Promise<void>;
}

export async function createSandbox({
  clock,
  accountId = '123456789012',
  seed,
  port,
  functions = {},
  ...given
}: SandboxOptions): Promise<Sandbox> {
  const settings: Settings = { ...defaultSettings, ...given };
  const random = createRandom(seed);
  const directory = createDirectory(clock);
  const world: World = {
    clock,
    accountId,
    random,
    settings,
    directory,
    lastUsed: createLastUsed(clock, settings),
    propagation: createPropagation(clock, settings, directory, random),
    roles: createRoles(),
    sessions: createSessions(clock, random),
    signIns: createSignIns(clock, random),
    mfaCodes: new Map(),
    credentialReports: createCredentialReports(clock, settings),
    secrets: createRecords(clock),
    rotations: new Map(),
    parameters: createRecords(clock),
    functions: createFunctions(random, functions),
    stateMachines: new Map(),
    executions: new Map(),
    taskTokens: createTaskTokens(random),
    topics: new Map(),
    published: [],
    alarms: new Map(),
    metrics: [],
    trails: [],
    history: createEventHistory(),
    lookups: new Map(),
    buckets: new Map(),
  };
  directory.put(rootUser(world));
  const account = createAccount(world);
  const [credentials] = account.createUser({
    name: 'administrator',
    policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
    // Older than any delay for new keys.
    keys: [{ createdAt: '2015-04-22T00:00:00Z' }],
  }).keys;
  if (!credentials) throw new Error('the sandbox has no administrator');

  const faults = createFaults();
  const requests: RequestRecord[] = [];
  const listeners = new Set<RequestListener>();
  const failures: unknown[] = [];
  const answering: Answering = { world, services, faults, requests, listeners };
  const server = await startHttpServer(
    (http) =>
      answer(http, answering).catch((error: unknown) => {
        failures.push(error);
        return 'cut' as const;
      }),
    port,
  );

  return {
    url: server.url,
    credentials,
    account,
    inspection: createInspection(world),
    secrets: createSecrets(world),
    parameters: createParameters(world),
    functions: world.functions,
    stateMachines: createStateMachines(world),
    published: world.published,
    metrics: world.metrics,
    secretsMade: random.secrets,
    trails: world.trails,
    settings,
    requests,
    fault: faults.add,
    clearFaults: faults.clear,
    onRequest: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      for (const execution of world.executions.values()) execution.stop();
      await server.close();
      if (failures.length > 0) throw failures[0];
    },
  };
}
