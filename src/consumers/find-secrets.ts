// Looks for a key through the secrets of a region. keyturn's own are never read (S31): what is in there is no place.
import type { ListedSecret, SecretAmongMany, SecretsManager } from '../aws/contract.ts';
import { AccessDeniedError, NoSuchEntityError } from '../errors.ts';
import type { Search } from './contract.ts';
import { keyInText, notGiven, standsThere } from './key-in-text.ts';

interface Where {
  region: string;
  secrets: SecretsManager;
  /** Null where no spec can name the secret. */
  specOf(secret: string, region: string): string | null;
}

/** How the names of keyturn's own secrets begin. */
export const neverRead = ['keyturn/vault/', 'keyturn/seal/'];
/** As many as one BatchGetSecretValue takes. */
const atOnce = 20;
/** Where so many were refused one by one and none was given, the rest is not asked for. */
const hopeless = 40;

/** Never throws what AWS refuses: it is named. */
export async function findSecrets(keyId: string, { region, secrets, specOf }: Where): Promise<Search> {
  const search: Search = { places: [], notLookedAt: [] };
  let what = `the secrets in ${region}`;
  let refusal: AccessDeniedError | null = null;
  let isAnyGiven = false;
  try {
    const listed = (await secrets.list()).filter(({ name }) => !neverRead.some((prefix) => name.startsWith(prefix)));
    for (let from = 0; from < listed.length; from += atOnce) {
      if (from > 0) what = `the secrets in ${region} from ${listed[from]?.name} on`;
      const some = listed.slice(from, from + atOnce);
      const given = await values(
        some.map(({ arn }) => arn),
        from >= hopeless,
      );
      for (const [index, one] of some.entries()) note(one, given[index]);
    }
  } catch (error) {
    search.notLookedAt.push(notGiven(what, error));
  }
  return search;

  /** Who may not ask for many at once may still be allowed to ask for each. */
  async function values(arns: string[], mayBeHopeless: boolean): Promise<SecretAmongMany[]> {
    try {
      if (!refusal) return await secrets.values(arns);
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
      refusal = error;
    }
    if (mayBeHopeless && !isAnyGiven) throw refusal;
    const given = await Promise.all(arns.map(alone));
    isAnyGiven ||= given.some(({ value }) => value !== null);
    return given;
  }

  async function alone(secret: string): Promise<SecretAmongMany> {
    try {
      const { text, bytes } = await secrets.value(secret, { stage: 'AWSCURRENT' });
      return { secret, value: text === null ? { bytes: bytes ?? new Uint8Array() } : { text }, refused: null };
    } catch (error) {
      if (error instanceof NoSuchEntityError) return { secret, value: null, refused: null };
      const { why, permission } = notGiven(secret, error);
      return { secret, value: null, refused: { why, action: permission } };
    }
  }

  function note({ name, primaryRegion }: ListedSecret, given: SecretAmongMany | undefined): void {
    const where = `the secret ${name}`;
    const leave = (why: string, permission: string | null = null) =>
      search.notLookedAt.push({ what: `${where} in ${region}`, why, permission });
    if (given?.refused) leave(given.refused.why, given.refused.action);
    if (!given?.value) return;
    if ('bytes' in given.value) {
      if (Buffer.from(given.value.bytes).includes(keyId)) leave(`${standsThere} ${where} is binary`);
      return;
    }
    const found = keyInText(given.value.text, keyId, where);
    if (!found) return;
    // A replica cannot be written: the place is the secret that it follows.
    const spec = specOf(name, primaryRegion ?? region);
    if (found.why !== null) leave(found.why);
    else if (spec === null) leave(`${standsThere} it belongs to another service`);
    else search.places.push({ spec, where: `${where} in ${primaryRegion ?? region}` });
  }
}
