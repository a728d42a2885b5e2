// The key that a place holds: compared with the one that is expected there, and named in words.
import { isAccessKeyId, KeyPair, shortKeyId } from '../access-key.ts';
import { ConsumerError, type KeyturnError } from '../errors.ts';

export interface Held {
  /** The key id there; null where there is none. It may be anything: whoever shows it checks it first. */
  holds: string | null;
  pair: KeyPair | null;
}

/** Nobody's key: whether its pair could be written shows whether any could. */
export const trialPair = new KeyPair('AKIATRIALTRIALTRIAL1', `trial/trial+${'t'.repeat(28)}`);

/** What may be said of what stands in the place of a key id: it may be a secret pasted into the wrong line. */
export function shownId(id: string | null): string {
  if (id === null) return 'no access key';
  return isAccessKeyId(id) ? `the key ${shortKeyId(id)}` : 'something that is no long-term access key id';
}

export function changedMeanwhile(where: string, cause?: KeyturnError): ConsumerError {
  const hint = 'that change stays; nothing of keyturn’s is in effect there';
  return new ConsumerError(`${where} was changed by something else just now`, { hint, cause });
}

/** Throws ConsumerError where the place holds another key than the one expected; `said` is like `the secret app holds`. */
export function mustHold(
  said: string,
  holds: string | null,
  expected: string | null,
  hint = 'it was changed by something else, and that change stays',
): void {
  if (holds === expected) return;
  throw new ConsumerError(`${said} ${shownId(holds)} instead of ${shownId(expected)}`, { hint });
}
