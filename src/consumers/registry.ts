// The one list of the kinds of consumers. A kind's code is loaded when it is first used, so that a command that needs one
// does not pay for the others.
import { UsageError } from '../errors.ts';
import type { Consumer, ConsumerDeps, ConsumerKind, Permission, Replacement, Surroundings } from './contract.ts';

export interface Entry {
  kind: string;
  usage: string;
  /** What can be read back from a place of this kind; of a key without its secret only the id. */
  givesBack: 'pair' | 'id' | 'nothing';
  /** Whether whoever has the permissions reaches it from everywhere, or only this machine does. */
  runs: 'anywhere' | 'here';
  load(): Promise<ConsumerKind>;
}

/** For help texts and completion; loads nothing. */
export const consumerKinds: readonly Entry[] = [
  {
    kind: 'credentials-file',
    usage: 'credentials-file:PROFILE[@FILE]  a profile of the shared credentials file',
    givesBack: 'pair',
    runs: 'here',
    load: async () => (await import('./credentials-file.ts')).credentialsFile,
  },
  {
    kind: 'env-file',
    usage: 'env-file:FILE[#id=NAME,secret=NAME]  two variables of a dotenv file',
    givesBack: 'pair',
    runs: 'here',
    load: async () => (await import('./env-file.ts')).envFile,
  },
  {
    kind: 'exec',
    usage: 'exec:COMMAND  a command that is told what to do as JSON on its standard input; no shell',
    givesBack: 'id',
    runs: 'here',
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    kind: 'stdout',
    usage: 'stdout:  prints the pair, with its secret',
    givesBack: 'nothing',
    runs: 'here',
    load: async () => (await import('./stdout.ts')).stdout,
  },
  {
    kind: 'secretsmanager',
    usage: 'secretsmanager:SECRET[#id=PROPERTY,secret=PROPERTY]  two properties of a secret in Secrets Manager',
    givesBack: 'pair',
    runs: 'anywhere',
    load: async () => (await import('./secretsmanager.ts')).secretsmanager,
  },
  {
    kind: 'ssm',
    usage: 'ssm:/PATH[#id=/PATH2]  a SecureString in Parameter Store, or one for each half',
    givesBack: 'pair',
    runs: 'anywhere',
    load: async () => (await import('./ssm.ts')).ssm,
  },
];

/** The spec with absolute paths and no default left open. Throws UsageError where it makes no sense. */
export async function resolveConsumer(spec: string, surroundings: Surroundings): Promise<string> {
  const { entry, place } = parseSpec(spec);
  return `${entry.kind}:${(await entry.load()).resolve(place, surroundings)}`;
}

/** Every spec resolved, in their order. Throws UsageError where two mean the same place. */
export async function resolveConsumers(specs: readonly string[], surroundings: Surroundings): Promise<string[]> {
  const resolved = await Promise.all(specs.map((spec) => resolveConsumer(spec, surroundings)));
  const twice = resolved.find((spec, index) => resolved.indexOf(spec) !== index);
  if (twice === undefined) return resolved;
  throw new UsageError(`${twice} is named twice`, { hint: 'name each place once' });
}

/** Opens a resolved spec; the place itself is not touched yet. */
export async function openConsumer(spec: string, replacement: Replacement, deps: ConsumerDeps): Promise<Consumer> {
  const { entry, place } = parseSpec(spec);
  return (await entry.load()).open(place, replacement, deps);
}

/** What can be read back from the place. Throws UsageError where the spec makes no sense. */
export function givesBack(spec: string): Entry['givesBack'] {
  return parseSpec(spec).entry.givesBack;
}

/** Whether functions in AWS reach the place as well. Throws UsageError where the spec makes no sense. */
export function runsAnywhere(spec: string): boolean {
  return parseSpec(spec).entry.runs === 'anywhere';
}

/** What a resolved spec needs in AWS; told without asking AWS. */
export async function permissionsOf(spec: string): Promise<readonly Permission[]> {
  const { entry, place } = parseSpec(spec);
  return (await entry.load()).permissions?.(place) ?? [];
}

/** What it takes to look for a key through all kinds of places in AWS. */
export async function searchPermissions(region: string | undefined): Promise<Permission[]> {
  const kinds = await Promise.all(consumerKinds.map((entry) => entry.load()));
  return kinds.flatMap((kind) => kind.searchPermissions?.(region) ?? []);
}

/** The kind and what stands behind its colon. Throws UsageError where there is no such kind, or no colon. */
export function parseSpec(spec: string): { entry: Entry; place: string } {
  const colon = spec.indexOf(':');
  const kind = colon === -1 ? spec : spec.slice(0, colon);
  const entry = consumerKinds.find((one) => one.kind === kind);
  const hint = `there are: ${consumerKinds.map((one) => one.usage.split('  ')[0]).join(', ')}`;
  if (!entry) throw new UsageError(`there is no consumer kind ${kind}`, { hint });
  if (colon === -1) throw new UsageError(`${spec} names no place`, { hint });
  return { entry, place: spec.slice(colon + 1) };
}
