// Which places and probes a function can reach: those in AWS. A secret that only says of itself whose it is counts once the
// pair in it proves that (S27).
import type { KeyPair } from '../access-key.ts';
import type { Aws, User } from '../aws/contract.ts';
import { lookInJson } from '../consumers/pair-in-json.ts';
import { consumerKinds, resolveConsumer } from '../consumers/registry.ts';
import { ConsumerError, KeyNotAcceptedError, NoSuchEntityError, RefusedError } from '../errors.ts';
import type { Parts } from './parts.ts';

const placesFromAws = consumerKinds.filter(({ runs }) => runs === 'anywhere').map(({ kind }) => kind);
const probesFromAws = ['http', 'alarm'];

export const userTag = 'keyturn:user';

/** Each returns the spec; throws RefusedError where it is on somebody's own machine. */
export const reachable = {
  place: (spec: string) => within(placesFromAws, spec, 'place'),
  probe: (spec: string) => within(probesFromAws, spec, 'probe'),
};

function within(kinds: readonly string[], spec: string, what: string): string {
  if (kinds.some((kind) => spec.startsWith(`${kind}:`))) return spec;
  const kind = spec.slice(0, spec.indexOf(':'));
  throw new RefusedError(`a ${what} of the kind ${kind} cannot be reached from AWS`, {
    hint: `nothing was changed; from there: ${kinds.join(', ')}; with the others rotate from a machine that reaches them`,
  });
}

/** When a tagged secret has to prove that it holds the user's key. Until then nothing may be done with it. */
export type Proof = 'now' | 'later';

/** Secrets of the region tagged `keyturn:user=NAME` that hold the old key, and hold it by right. */
export async function taggedPlaces(parts: Parts, user: User, oldKey: string, proof: Proof): Promise<string[]> {
  const { aws, region } = parts;
  const secrets = await aws.secretsManager(region).tagged(userTag, user.name);
  const places: string[] = [];
  for (const { name, primaryRegion } of secrets) {
    if (primaryRegion !== null && primaryRegion !== region) continue;
    const spec = await resolveConsumer(`secretsmanager:${name}`, { cwd: '/', home: '/', env: {}, region });
    if (proof === 'later' || (await answersAs(parts, name, user, oldKey))) places.push(spec);
    else
      parts.log({ level: 'WARN', message: `${spec} is tagged for ${user.name}, and does not hold a key of that user` });
  }
  return places;
}

/** Whether the pair that the secret holds is the old one, and AWS takes it for the user's. It is only read for that. */
export async function answersAs({ aws, region }: Parts, secret: string, user: User, oldKey: string): Promise<boolean> {
  try {
    const { text } = await aws.secretsManager(region).value(secret, { stage: 'AWSCURRENT' });
    const { pair } = lookInJson(text ?? '', { where: `the secret ${secret}`, names: null, ids: [oldKey] });
    if (pair?.accessKeyId !== oldKey) return false;
    return await isOf(aws, pair, user.id);
  } catch (error) {
    if (error instanceof ConsumerError || error instanceof NoSuchEntityError) return false;
    throw error;
  }
}

/** Whether AWS takes the pair for the user's. */
export async function isOf(aws: Pick<Aws, 'callerAs'>, pair: KeyPair, userId: string): Promise<boolean> {
  try {
    return (await aws.callerAs(pair)).userId === userId;
  } catch (error) {
    if (error instanceof KeyNotAcceptedError) return false;
    throw error;
  }
}
