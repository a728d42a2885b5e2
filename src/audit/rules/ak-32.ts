// AK-32: a key was made outside of keyturn.
import type { Rule } from '../contract.ts';
import { isOurs, keyOfEvent, madeEvents } from './events.ts';
import { aboutKey, nameOf, openRotations, rotateCommand } from './reckoning.ts';

export const ak32: Rule = {
  id: 'AK-32',
  title: 'a key was made outside of keyturn',
  severity: 'medium',
  source: 'CloudTrail User Guide, CreateAccessKey',
  needs: ['ids', 'events', 'rotations', 'rotators'],
  judge: (user, limits) => {
    // Where nothing of keyturn is known to make keys, every key is made outside of it.
    if (limits.rotators.length === 0) return [];
    const known = openRotations(user).flatMap(({ oldKey, newKey }) => [oldKey, newKey]);
    return madeEvents(user).flatMap((event) => {
      const key = keyOfEvent(user, event);
      if (!key || isOurs(event, limits) || known.includes(event.keyId)) return [];
      return aboutKey(key, limits, {
        severity: 'medium',
        title: `${nameOf(key)} of ${user.user} was made outside of keyturn, by ${event.by}`,
        because: `CreateAccessKey at ${event.at} by ${event.by}; no rotation names the key, and ${limits.rotators.join(', ')} did not make it`,
        command: `${rotateCommand(user, key)} --dry-run`,
        text: 'let keyturn replace it, or delete it; to prevent more see docs/prevention.md',
        evidence: { event },
      });
    });
  },
};
