// What a search in AWS makes of a value, and of a refusal. A value is read here and goes no further: what is said of it
// names properties, never what they hold.
import { AccessDeniedError, ConsumerError, KeyturnError } from '../errors.ts';
import type { NotLookedAt, Search } from './contract.ts';
import { membersOf } from './json-members.ts';
import { lookInJson } from './pair-in-json.ts';

/** Whether the key stands in the text, and where it does whether it can be replaced there: null, or why not. */
export function keyInText(text: string, keyId: string, where: string): { why: string | null } | undefined {
  const members = membersOf(text);
  if (!text.includes(keyId) && !members?.some(({ value }) => value === keyId)) return undefined;
  try {
    const { holds } = lookInJson(text, { where, names: null, ids: [keyId] });
    return { why: holds === keyId ? null : `${standsThere} not in a property that has its secret beside it` };
  } catch (error) {
    if (!(error instanceof ConsumerError)) throw error;
    return { why: `${standsThere} ${error.message}` };
  }
}

export const standsThere = 'the key stands there, but';

/** These services are regional, and a region is never guessed. */
export function inNoRegion(kind: string): Search {
  const why = 'no region is set: give --region or AWS_REGION, or set the profile’s region';
  return { places: [], notLookedAt: [{ what: kind, why, permission: null }] };
}

/** What was refused, named; throws what is no failure of AWS or of the place. */
export function notGiven(what: string, error: unknown): NotLookedAt {
  if (!(error instanceof KeyturnError)) throw error;
  return { what, why: error.message, permission: deniedAction(error) };
}

/** The IAM action whose lack the error is about; a key that may not be decrypted is refused in the name of the call. */
export function deniedAction(error: KeyturnError): string | null {
  if (!(error instanceof AccessDeniedError)) return null;
  if (/\bkms\b/i.test(error.message)) return 'kms:Decrypt';
  return /^[a-z0-9-]+:[A-Za-z]+/.exec(error.message)?.[0] ?? null;
}
