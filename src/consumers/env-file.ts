// The consumer `env-file:FILE[#id=NAME,secret=NAME]`: two variables of a dotenv file. Their values change at once, and not
// one other byte of the file does.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { shortKeyId } from '../access-key.ts';
import { ConsumerError, UsageError } from '../errors.ts';
import type { ConsumerKind, Search, Surroundings } from './contract.ts';
import {
  defaultNames,
  lookAtVariables,
  namesHolding,
  otherLinesNaming,
  type VariableNames,
  withVariables,
} from './env-variables.ts';
import { type FilesMeant, filesMeant, noFiles, readOrName, whyNot } from './files-meant.ts';
import { mustHold, shownId } from './held-key.ts';
import { absolutePath, openPairInFile, type PairFacts } from './pair-in-file.ts';

const kind = 'env-file';

interface Place {
  file: string;
  names: VariableNames;
}

export const envFile: ConsumerKind = {
  kind,
  usage: `${kind}:FILE[#id=NAME,secret=NAME]  two variables of a dotenv file`,
  resolve: (place, surroundings) => {
    const { file, names } = parsePlace(place);
    return placeOf({ file: absolutePath(file, surroundings), names });
  },

  open: (place, _, { clock }) => {
    const { file, names } = parsePlace(place);
    return openPairInFile<PairFacts>(
      {
        spec: `${kind}:${placeOf({ file, names })}`,
        file,
        where: `${names.id} in ${file}`,
        look: (text) => lookAtVariables(text, names, file),
        withPair: (text, pair) => withVariables(text, names, pair, file),
        assertReady: (text, facts, oldKey) => assertReady(text, facts, oldKey, { file, names }),
        notes: async (text, { holds }, oldKey) => notesOf(text, holds, oldKey, { file, names }),
      },
      clock,
    );
  },

  find: async (keyId, surroundings) => {
    const { places } = await lookThrough(keyId, await envFilesIn(surroundings));
    return places.map(({ spec }) => spec);
  },

  findIn: async (keyId, place, surroundings) => {
    if (place === null) return lookThrough(keyId, await envFilesIn(surroundings));
    if (place.includes('#')) return undefined;
    return lookThrough(keyId, await filesMeant(parsePlace(place).file, surroundings));
  },
};

function assertReady(text: string | null, { holds }: PairFacts, oldKey: string | null, { file, names }: Place): void {
  if (oldKey === null) {
    if (holds === null) return;
    throw new ConsumerError(`${names.id} in ${file} holds ${shownId(holds)} already`, {
      hint: 'name a file or variables that hold none',
    });
  }
  if (text === null) throw new ConsumerError(`there is no file ${file}`, { hint: `name another: ${kind}:FILE` });
  const hint = `name the file and the variables that hold ${shortKeyId(oldKey)}: ${kind}:FILE#id=NAME,secret=NAME`;
  mustHold(`${names.id} in ${file} holds`, holds, oldKey, hint);
}

function notesOf(text: string, holds: string | null, oldKey: string | null, { file, names }: Place): string[] {
  const others = oldKey === null ? [] : otherLinesNaming(text, oldKey, names);
  return [
    ...others.map((number) => `line ${number} of ${file} names the same key, and stays as it is`),
    ...(holds === null ? [`${names.id} and ${names.secret} will be set in ${file}`] : []),
  ];
}

/** A folder without any is looked through all the same. */
async function envFilesIn(surroundings: Surroundings): Promise<FilesMeant> {
  const { cwd } = surroundings;
  const names = await readdir(cwd).catch((error: NodeJS.ErrnoException) => error);
  if (names instanceof Error) return noFiles(cwd, whyNot(names));
  const meant = await Promise.all(
    names
      .filter((name) => /^\.env(?:\..+)?$/.test(name))
      .sort()
      .map((name) => filesMeant(join(cwd, name), surroundings)),
  );
  return { files: meant.flatMap(({ files }) => files), notLookedAt: meant.flatMap((one) => one.notLookedAt) };
}

/** A file that names the key where it cannot be changed is named too: it is no place, and must not be overlooked. */
async function lookThrough(keyId: string, { files, notLookedAt }: FilesMeant): Promise<Search> {
  const search: Search = { places: [], notLookedAt: [...notLookedAt] };
  for (const file of files) {
    const text = await readOrName(file, search);
    const found = namesHolding(text, keyId);
    for (const names of found) {
      search.places.push({ spec: `${kind}:${placeOf({ file, names })}`, where: `${names.id} in ${file}` });
    }
    if (found.length > 0 || !text.includes(keyId)) continue;
    const why = 'the key stands there, but not in a variable that has its secret beside it';
    search.notLookedAt.push({ what: file, why, permission: null });
  }
  return search;
}

/** In a file's name a # is written %23, and a % that would be taken for one of these %25. */
function parsePlace(place: string): Place {
  const [written = '', options, more] = place.split('#');
  const file = written.replace(/%(23|25)/g, (_, code) => (code === '23' ? '#' : '%'));
  if (file === '' || hasControls(place)) throw misread(place, 'names no file');
  if (more !== undefined) throw misread(place, 'has more than one #');
  const names = { ...defaultNames };
  for (const option of options?.split(',') ?? []) {
    const [, name, value = ''] = /^(id|secret)=([A-Za-z_][\w.-]*)$/.exec(option) ?? [];
    if (name === undefined) throw misread(place, `has an option that is none: "${option}"`);
    names[name as keyof VariableNames] = value;
  }
  if (names.id === names.secret) throw misread(place, 'names one variable for both');
  return { file, names };
}

/** Default names are left out: they are the same everywhere and for ever. */
function placeOf({ file, names: { id, secret } }: Place): string {
  const written = file.replace(/%(?=23|25)/g, '%25').replaceAll('#', '%23');
  const isDefault = id === defaultNames.id && secret === defaultNames.secret;
  return isDefault ? written : `${written}#id=${id},secret=${secret}`;
}

function hasControls(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\u007f');
}

function misread(place: string, what: string): UsageError {
  return new UsageError(`${kind}:${place} ${what}`, {
    hint: `like ${kind}:.env or ${kind}:.env#id=APP_KEY_ID,secret=APP_SECRET; a # in a file's name is written %23`,
  });
}
