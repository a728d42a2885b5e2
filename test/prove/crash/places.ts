// Where the old pair lies in the crash matrix, how the command line names it, and which vault goes with it.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Desk, Ending } from '../../support/cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { credentialsFilePlace, type Pair, type Place, secretPlace } from '../checker.ts';

export const placeKinds = ['file', 'secret', 'env-file', 'parameter', 'exec'] as const;
export type PlaceKind = (typeof placeKinds)[number];

export interface Arranged {
  /** `--to …` and the vault. */
  flags: string;
  places: readonly Place[];
  /** Folders with files that keyturn writes. */
  folders: readonly string[];
}

const region = 'eu-west-1';

/** Keeps what it is given in a file of its own: a new file, put in place at once. */
const script = `#!/bin/sh
document=$(cat)
case "$document" in
  *'"action":"preflight"'*) ;;
  *'"action":"readBack"'*) printf '{"holds":"%s"}' "$(sed 's/.*"accessKeyId":"\\([^"]*\\)".*/\\1/' "$1")" ;;
  *) printf '%s' "$document" | sed 's/.*\\("accessKeyId":"[^"]*"\\),\\("secretAccessKey":"[^"]*"\\).*/{\\1,\\2}/' >"$1.$$" && mv "$1.$$" "$1" ;;
esac
`;

export function arrangePlace(desk: Desk, kind: PlaceKind, ending: Ending): Arranged {
  const [pair] = desk.keys;
  if (!pair) throw new Error('there is no key to lie anywhere');
  const value = JSON.stringify({ accessKeyId: pair.accessKeyId, secretAccessKey: pair.secretAccessKey });
  const { secrets, parameters } = desk.sandbox;
  const file = { flags: `--to ${desk.place}`, places: [credentialsFilePlace(desk.credentialsFile)] };
  const ofFile = { ...file, folders: [join(desk.home, '.aws')] };
  switch (kind) {
    case 'file':
      return ofFile;
    case 'secret':
      secrets.create({ name: 'app/key', region, value });
      return {
        flags: '--to secretsmanager:app/key --vault secretsmanager',
        places: [secretPlace(desk.sandbox, 'app/key')],
        folders: [],
      };
    case 'parameter':
      parameters.create({ name: '/app/key', type: 'SecureString', region, value });
      return {
        flags: '--to ssm:/app/key --vault secretsmanager',
        places: [jsonPlace('ssm:/app/key', () => parameters.value('/app/key', region))],
        folders: [],
      };
    case 'env-file': {
      const folder = temporaryFolder(ending);
      const path = join(folder, '.env');
      const line = (name: string, text: string) => `${name}=${text}\n`;
      writeFileSync(
        path,
        `${line('AWS_ACCESS_KEY_ID', pair.accessKeyId)}${line('AWS_SECRET_ACCESS_KEY', pair.secretAccessKey)}`,
        { mode: 0o600 },
      );
      return { flags: `--to env-file:${path}`, places: [envFilePlace(path)], folders: [folder] };
    }
    case 'exec': {
      const folder = temporaryFolder(ending);
      const [program, store] = [join(folder, 'deliver'), join(folder, 'pair.json')];
      writeFileSync(program, script);
      chmodSync(program, 0o700);
      writeFileSync(store, value);
      const place = jsonPlace('exec:deliver', () => readFileSync(store, 'utf8'));
      // A command gives no pair back: the file beside it is where the old one is known from.
      return { ...ofFile, flags: `${file.flags} --to exec:${program}§${store}`, places: [...file.places, place] };
    }
  }
}

function jsonPlace(name: string, text: () => string | null): Place {
  return {
    name,
    read: () => {
      const now = text();
      return now === null ? [] : [JSON.parse(now) as Pair];
    },
  };
}

function envFilePlace(path: string): Place {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  return {
    name: 'env-file',
    read: () => [{ accessKeyId: value('AWS_ACCESS_KEY_ID'), secretAccessKey: value('AWS_SECRET_ACCESS_KEY') }],
  };
}
