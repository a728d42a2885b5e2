// What is written down, found without knowing how keyturn writes: whatever lies in a state folder, in a secret named
// keyturn/…, or in a tag keyturn:claim:… of the user, and which keys and pairs stand in it.
import { basename } from 'node:path';
import type { InspectedSecret } from '../../../src/sandbox/index.ts';
import { createCachedFiles, filesBelow } from './cached-files.ts';
import type { Note, Pair, Watched } from './contract.ts';

export const claimPrefix = 'keyturn:claim:';

interface Content {
  ids: ReadonlySet<string>;
  pairs: readonly Pair[];
}

/** A reader of all notes; each knows the look that first saw it as it is. */
export function createNotes({ sandbox, user, stateFolders }: Watched): (look: number) => Note[] {
  const files = createCachedFiles(contentOf);
  let known = new Map<string, Note>();

  const noted = (look: number, kind: Note['kind'], name: string, text: string, content?: Content): Note => {
    const earlier = known.get(name);
    if (earlier?.text === text) return earlier;
    return { name, kind, text, since: look, raised: earlier !== undefined, ...(content ?? contentOf(text)) };
  };

  return (look) => {
    const notes: Note[] = [];
    for (const path of stateFolders.flatMap(filesBelow)) {
      const reading = isTemporary(path) || isLock(path) ? undefined : files.read(path);
      if (reading) notes.push(noted(look, 'file', path, reading.text, reading.parsed));
    }
    for (const secret of sandbox.inspection.secrets('keyturn/')) {
      notes.push(noted(look, 'secret', nameOf(secret), secret.value ?? ''));
    }
    for (const [tag, value] of Object.entries(sandbox.inspection.tags(user))) {
      if (tag.startsWith(claimPrefix) && !value.startsWith('released')) notes.push(noted(look, 'claim', tag, value));
    }
    known = new Map(notes.map((note) => [note.name, note]));
    return notes;
  };
}

export function rotationOf(claim: Note): string {
  return claim.name.slice(claimPrefix.length);
}

export function isTemporary(path: string): boolean {
  return path.endsWith('.keyturn-tmp');
}

/** A lock that is being taken over has the former holder's mark behind its name. */
export function isLock(path: string): boolean {
  return /[.-]lock(?:\.[0-9a-f]+)*$/.test(basename(path));
}

/** Every object in the JSON, at any depth, that has the two members. */
export function pairsInJson(text: string): Pair[] {
  if (!text.includes('secretAccessKey')) return [];
  try {
    return pairsIn(JSON.parse(text));
  } catch {
    return [];
  }
}

function pairsIn(value: unknown): Pair[] {
  if (typeof value !== 'object' || value === null) return [];
  const { accessKeyId, secretAccessKey } = value as Record<string, unknown>;
  const own =
    typeof accessKeyId === 'string' && typeof secretAccessKey === 'string' ? [{ accessKeyId, secretAccessKey }] : [];
  return [...own, ...Object.values(value).flatMap(pairsIn)];
}

function contentOf(text: string): Content {
  return { ids: new Set(text.match(/\bAKIA[A-Z0-9]{4,}\b/g)), pairs: pairsInJson(text) };
}

function nameOf({ name, region }: InspectedSecret): string {
  return `${name} in ${region}`;
}
