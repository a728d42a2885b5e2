// An account for one test of the places in AWS: the embedded AWS on a virtual clock, and keyturn's own clients for it.
import { onTestFinished } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import type { Consumer, ConsumerDeps, ConsumerKind, Replacement, Search } from '../../src/consumers/contract.ts';
import { createSandbox, type PolicyDocument, type RequestEvent, type Settings } from '../../src/sandbox/index.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { mortal } from '../support/mortal.ts';

process.env.AWS_DISABLE_CLOCK_SKEW_CORRECTION ??= 'true';

export const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'old/secret+of=forty-characters-in-all+++');
export const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'new/secret+of=forty-characters-in-all+++');
export const strange = new KeyPair('AKIASTRANGESTRANGER3', 'its/secret+of=forty-characters-in-all+++');

export interface AccountOptions {
  settings?: Partial<Settings>;
  /** What whoever runs keyturn may do; by default everything. */
  policies?: readonly PolicyDocument[];
}

export async function openAccount({ settings, policies }: AccountOptions = {}) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const sandbox = await createSandbox({ clock, seed: 'places', ...settings });
  onTestFinished(() => sandbox.close());
  const [operator] = policies
    ? sandbox.account.createUser({ name: 'operator', policies, keys: [{ createdAt: '2020-02-02T00:00:00Z' }] }).keys
    : [sandbox.credentials];
  const aws = () =>
    createAws({
      clock,
      version: '0.0.0-test',
      region: 'us-east-1',
      endpointUrl: sandbox.url,
      credentials: new KeyPair(operator?.accessKeyId ?? '', operator?.secretAccessKey ?? ''),
    });
  const open = (
    kind: ConsumerKind,
    place: string,
    deps: Partial<ConsumerDeps> = {},
    known: Partial<Replacement> = {},
  ): Consumer => kind.open(place, { ...replacement, ...known }, consumerDeps({ clock, aws: aws(), ...deps }));

  return {
    sandbox,
    clock,
    aws,
    open,

    /** Looks for the old key through a region, as `find` does that is told of no place. */
    search: (kind: ConsumerKind, services = aws()): Promise<Search | undefined> | undefined =>
      kind.findIn?.(
        oldPair.accessKeyId,
        null,
        { cwd: '/here', home: '/home/a', env: {}, region: 'us-east-1' },
        services,
      ),

    /** Does `work` with a place whose process dies right before the first call of this name. */
    crash: (kind: ConsumerKind, place: string, name: string, work: (consumer: Consumer) => Promise<unknown>) =>
      dieBefore(name, aws(), (services) => work(open(kind, place, { aws: services }))),

    /** Somebody else acts once, right before the first such call takes effect. */
    before: (operation: string, act: () => void) => {
      let done = false;
      sandbox.onRequest((event: RequestEvent) => {
        if (done || event.phase !== 'before' || event.operation !== operation) return;
        done = true;
        act();
      });
    },

    /** Everything that `read` gives after each request while `work` runs. */
    watch: async (read: () => KeyPair | null, work: () => Promise<void>): Promise<KeyPair[]> => {
      const seen: KeyPair[] = [];
      const end = sandbox.onRequest(({ phase }) => {
        const pair = phase === 'after' ? read() : null;
        if (pair) seen.push(pair);
      });
      await work();
      end();
      return seen;
    },
  };
}

/** Does `work` in a process that dies right before its first call of this name. */
export async function dieBefore(
  name: string,
  real: ConsumerDeps['aws'],
  work: (aws: ConsumerDeps['aws']) => Promise<unknown>,
): Promise<void> {
  const life = mortal((call) => call === name);
  const services: ConsumerDeps['aws'] = {
    secretsManager: (region) => life.bound(real.secretsManager(region)),
    parameterStore: (region) => life.bound(real.parameterStore(region)),
  };
  await Promise.race([work(services), life.ended]);
}

/** The JSON of a pair under these names, among others. */
export function jsonOf(pair: KeyPair, { id = 'accessKeyId', secret = 'secretAccessKey' } = {}): string {
  return `{"host": "db-1", "${id}": "${pair.accessKeyId}", "n": 12345678901234567890, "${secret}": "${pair.reveal()}"}`;
}

export function pairIn(text: string, { id = 'accessKeyId', secret = 'secretAccessKey' } = {}): KeyPair | null {
  const value = JSON.parse(text) as Record<string, string>;
  return value[id] ? new KeyPair(value[id], value[secret] ?? '') : null;
}
