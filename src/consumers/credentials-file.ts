// The consumer `credentials-file:PROFILE[@FILE]`: a profile of a shared credentials file, as the AWS CLI and the SDKs read
// it. Its two values change at once, and not one other byte of the file does.
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isAccessKeyId, type KeyPair, shortKeyId } from '../access-key.ts';
import type { Clock } from '../clock.ts';
import { ConsumerError, LockedError, UsageError } from '../errors.ts';
import { followLinks, readFileIfThere, removeLeftovers, replaceFile } from '../files.ts';
import { acquireLock } from '../lock.ts';
import type { Consumer, ConsumerKind, Preflight, Surroundings } from './contract.ts';
import { lookAtProfile, type ProfileFacts, profilesHolding, withPair } from './credentials-profile.ts';
import { asConsumerError, assertReplaceable } from './replaceable-file.ts';

const kind = 'credentials-file';

/** How long another write to the same file may take. */
const lockWait = 10_000;

export function createCredentialsFile(clock: Clock): ConsumerKind {
  return {
    kind,
    usage: `${kind}:PROFILE[@FILE]  a profile of the shared credentials file`,
    resolve: resolvePlace,
    open: (place) => openProfile(place, clock),
    find: async (keyId, surroundings) => {
      const file = defaultFile(surroundings);
      const text = await inOurWords(() => readText(file));
      return profilesHolding(text ?? '', keyId).map((profile) => `${kind}:${placeOf(profile, file)}`);
    },
  };
}

function openProfile(place: string, clock: Clock): Consumer {
  const { profile, file } = parsePlace(place);
  if (file === undefined) throw new UsageError(`${kind}:${place} names no file`, { hint: 'resolve it first' });

  const look = async (): Promise<{ text: string | null; facts: ProfileFacts }> => {
    const text = await readText(file);
    return { text, facts: lookAtProfile(text ?? '', profile, file) };
  };

  /** Looks and acts while nobody else who asks for the lock can write; what a crash left is removed first. */
  const locked = <T>(work: () => Promise<T>) =>
    inOurWords(async () => {
      const target = await followLinks(file);
      const lock = await acquireLock(`${target}.keyturn-lock`, { what: file, waitMs: lockWait, clock });
      try {
        await removeLeftovers(file);
        return await work();
      } finally {
        await lock.release();
      }
    });

  const swap = async (text: string | null, pair: KeyPair) => {
    const changed = withPair(text ?? '', profile, pair, file);
    await assertReplaceable(await followLinks(file));
    await replaceFile(file, Buffer.from(changed, 'latin1'));
  };

  return {
    spec: `${kind}:${placeOf(profile, file)}`,
    readable: true,

    preflight: ({ oldKey }) =>
      inOurWords(async () => {
        const target = await followLinks(file);
        await assertReplaceable(target);
        const { text, facts } = await look();
        assertReady(text, facts, { profile, file, oldKey });
        const notes = [...facts.notes, ...(await placesLeft(text ?? '', { profile, file, oldKey }))];
        if (!facts.exists) notes.push(`profile ${profile} will be added to ${file}`);
        if (text !== null && (await stat(target)).nlink > 1) {
          notes.push(`${file} has other names (hard links), which will keep the old content`);
        }
        return { holds: facts.holds, pair: facts.pair, notes } satisfies Preflight;
      }),

    write: (pair, expected) =>
      locked(async () => {
        const { text, facts } = await look();
        if (facts.pair?.sameAs(pair)) return;
        if (facts.holds !== expected) {
          throw new ConsumerError(
            `profile ${profile} of ${file} holds ${shown(facts.holds)} instead of ${shown(expected)}`,
            {
              hint: 'it was changed by something else, and is as it was',
            },
          );
        }
        await swap(text, pair);
      }),

    readBack: (pair) =>
      inOurWords(async () => {
        const { facts } = await look();
        const sameIdOnly = pair !== undefined && facts.holds === pair.accessKeyId && !facts.pair?.sameAs(pair);
        return sameIdOnly ? null : facts.holds;
      }),

    restore: (pair, expected) =>
      locked(async () => {
        const { text, facts } = await look();
        if (facts.pair?.sameAs(pair)) return 'restored';
        if (facts.holds !== expected) return 'left';
        await swap(text, pair);
        return 'restored';
      }),
  };
}

interface Place {
  profile: string;
  file: string;
  oldKey: string | null;
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
    throw new ConsumerError(`${where} holds ${shown(facts.holds)} already`, { hint: 'name a profile that holds none' });
  }
  if (text === null) {
    throw new ConsumerError(`there is no file ${file}`, { hint: `name another: ${kind}:PROFILE@FILE` });
  }
  if (!facts.exists) {
    throw new ConsumerError(`there is no profile ${profile} in ${file}`, {
      hint: `name the profile that holds ${shortKeyId(oldKey)}; an @ in its name is written %40`,
    });
  }
  if (facts.holds !== oldKey) {
    throw new ConsumerError(`${where} holds ${shown(facts.holds)} instead of ${shown(oldKey)}`, {
      hint: 'name the profile that holds the key to replace',
    });
  }
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
  return placeOf(profile, file === undefined ? defaultFile(surroundings) : absolute(file, surroundings));
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
  return named ? absolute(named, surroundings) : join(surroundings.home, '.aws', 'credentials');
}

function absolute(file: string, { cwd, home }: Surroundings): string {
  return resolve(
    cwd,
    file.replace(/^~(?=\/|$)/, () => home),
  );
}

async function readText(file: string): Promise<string | null> {
  return (await readFileIfThere(file))?.toString('latin1') ?? null;
}

/** What may be said of what stands in the place of a key id: it may be a secret pasted into the wrong line. */
function shown(id: string | null): string {
  if (id === null) return 'no access key';
  return isAccessKeyId(id) ? `the key ${shortKeyId(id)}` : 'something that is no long-term access key id';
}

async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LockedError) throw new ConsumerError(error.message, { hint: error.hint, cause: error });
    throw asConsumerError(error);
  }
}
