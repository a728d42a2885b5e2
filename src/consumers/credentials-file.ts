// The consumer `credentials-file:PROFILE[@FILE]`: a profile of a shared credentials file, as the AWS CLI and the SDKs read
// it. Its two values change at once, and not one other byte of the file does.
import { basename, dirname, join } from 'node:path';
import { shortKeyId } from '../access-key.ts';
import { ConsumerError, UsageError } from '../errors.ts';
import type { ConsumerKind, Search, Surroundings } from './contract.ts';
import { lookAtProfile, type ProfileFacts, profilesHolding, withPair } from './credentials-profile.ts';
import { type FilesMeant, filesMeant, readOrName } from './files-meant.ts';
import { mustHold, shownId } from './held-key.ts';
import { absolutePath, openPairInFile, readText } from './pair-in-file.ts';

const kind = 'credentials-file';

export const credentialsFile: ConsumerKind = {
  kind,
  usage: `${kind}:PROFILE[@FILE]  a profile of the shared credentials file`,
  resolve: resolvePlace,

  open: (place, _, { clock }) => {
    const { profile, file } = parsePlace(place);
    if (file === undefined) throw new UsageError(`${kind}:${place} names no file`, { hint: 'resolve it first' });
    return openPairInFile<ProfileFacts>(
      {
        spec: `${kind}:${placeOf(profile, file)}`,
        file,
        where: `profile ${profile} of ${file}`,
        look: (text) => lookAtProfile(text, profile, file),
        withPair: (text, pair) => withPair(text, profile, pair, file),
        assertReady: (text, facts, oldKey) => assertReady(text, facts, { profile, file, oldKey }),
        notes: async (text, { exists }, oldKey) => [
          ...(await placesLeft(text, { profile, file, oldKey })),
          ...(exists ? [] : [`profile ${profile} will be added to ${file}`]),
        ],
      },
      clock,
    );
  },

  find: async (keyId, surroundings) => {
    const { places } = await lookThrough(keyId, onlyDefault(surroundings));
    return places.map(({ spec }) => spec);
  },

  findIn: async (keyId, place, surroundings) => {
    if (place === null) return lookThrough(keyId, onlyDefault(surroundings));
    const { profile, file } = parsePlace(place);
    if (profile !== '*') return undefined;
    return lookThrough(keyId, await filesMeant(file ?? defaultFile(surroundings), surroundings));
  },
};

interface Place {
  profile: string;
  file: string;
  oldKey: string | null;
}

/** That there is no such file leaves nothing open. */
function onlyDefault(surroundings: Surroundings): FilesMeant {
  return { files: [defaultFile(surroundings)], notLookedAt: [] };
}

async function lookThrough(keyId: string, { files, notLookedAt }: FilesMeant): Promise<Search> {
  const search: Search = { places: [], notLookedAt: [...notLookedAt] };
  for (const file of files) {
    const text = await readOrName(file, search);
    for (const profile of profilesHolding(text, keyId)) {
      search.places.push({ spec: `${kind}:${placeOf(profile, file)}`, where: `profile ${profile} of ${file}` });
    }
  }
  return search;
}

function assertReady(text: string | null, facts: ProfileFacts, { profile, file, oldKey }: Place): void {
  const where = `profile ${profile} of ${file}`;
  if (facts.holds === null && facts.otherSource !== null) {
    throw new ConsumerError(`${where} gets its credentials by ${facts.otherSource}, not by an access key of its own`, {
      hint: 'name the profile that holds the key',
    });
  }
  if (oldKey === null) {
    if (facts.holds === null) return;
    throw new ConsumerError(`${where} holds ${shownId(facts.holds)} already`, {
      hint: 'name a profile that holds none',
    });
  }
  if (text === null) {
    throw new ConsumerError(`there is no file ${file}`, { hint: `name another: ${kind}:PROFILE@FILE` });
  }
  if (!facts.exists) {
    throw new ConsumerError(`there is no profile ${profile} in ${file}`, {
      hint: `name the profile that holds ${shortKeyId(oldKey)}; an @ in its name is written %40`,
    });
  }
  mustHold(`${where} holds`, facts.holds, oldKey, 'name the profile that holds the key to replace');
}

/** Where else the old key stands nearby: nothing changes it there. */
async function placesLeft(text: string, { profile, file, oldKey }: Place): Promise<string[]> {
  if (oldKey === null) return [];
  const config = join(dirname(file), 'config');
  const configText = basename(file) === 'config' ? null : await readText(config).catch(() => null);
  const others = profilesHolding(text, oldKey).filter((other) => other !== profile);
  return [
    ...others.map((other) => `profile ${other} of ${file} holds the same key, and changes only if it is named too`),
    ...profilesHolding(configText ?? '', oldKey).map((other) => `${config} holds the same key under [${other}]`),
  ];
}

function resolvePlace(place: string, surroundings: Surroundings): string {
  const { profile, file } = parsePlace(place);
  if (!profile || [...profile].some((char) => char < ' ' || char === '\u007f')) {
    throw new UsageError(`${kind}:${place} names no profile`, { hint: `for example ${kind}:default` });
  }
  if (file === '')
    throw new UsageError(`${kind}:${place} names no file after the @`, {
      hint: `leave the @ out for the default file`,
    });
  return placeOf(profile, file === undefined ? defaultFile(surroundings) : absolutePath(file, surroundings));
}

/** In a profile's name an @ is written %40, and a % that would be taken for one of these %25. */
function parsePlace(place: string): { profile: string; file: string | undefined } {
  const at = place.indexOf('@');
  const name = at === -1 ? place : place.slice(0, at);
  const profile = name.replace(/%(40|25)/g, (_, code) => (code === '40' ? '@' : '%')).trim();
  return { profile, file: at === -1 ? undefined : place.slice(at + 1) };
}

function placeOf(profile: string, file: string): string {
  return `${profile.replace(/%(?=40|25)/g, '%25').replaceAll('@', '%40')}@${file}`;
}

function defaultFile(surroundings: Surroundings): string {
  const named = surroundings.env.AWS_SHARED_CREDENTIALS_FILE;
  return named ? absolutePath(named, surroundings) : join(surroundings.home, '.aws', 'credentials');
}
