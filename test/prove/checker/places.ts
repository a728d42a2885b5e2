// Reads places the way a consumer would, without any of keyturn's own readers.
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { createCachedFiles } from './cached-files.ts';
import type { Pair, Place } from './contract.ts';
import { pairsInJson } from './notes.ts';

/** A profile of an AWS credentials file. */
export function credentialsFilePlace(path: string, profile = 'default'): Place {
  const files = createCachedFiles((text) => pairOf(text, profile));
  return { name: `${profile}@${path}`, path, read: () => files.read(path)?.parsed ?? [] };
}

/** A secret in any region whose text is JSON with accessKeyId and secretAccessKey. */
export function secretPlace(sandbox: Sandbox, name: string): Place {
  return {
    name,
    read: () =>
      sandbox.inspection.secrets(name).flatMap((one) => (one.name === name ? pairsInJson(one.value ?? '') : [])),
  };
}

/** Half a pair is a pair that AWS refuses. */
function pairOf(text: string, profile: string): Pair[] {
  const values: Record<string, string> = {};
  let within = false;
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line) ?? [];
    if (section !== undefined) within = section === profile;
    const [, name = '', value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (within && name) values[name.toLowerCase()] = value;
  }
  const { aws_access_key_id: accessKeyId = '', aws_secret_access_key: secretAccessKey = '' } = values;
  return accessKeyId || secretAccessKey ? [{ accessKeyId, secretAccessKey }] : [];
}
