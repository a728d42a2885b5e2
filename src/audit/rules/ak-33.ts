// AK-33: somebody brought an inactive key back, or took one away, outside of keyturn.
import type { Rule } from '../contract.ts';
import { aboutKey, isRotator, keyOfEvent, nameOf } from './events.ts';

export const ak33: Rule = {
  id: 'AK-33',
  title: 'a key was switched outside of keyturn',
  severity: 'medium',
  source: 'CloudTrail User Guide, UpdateAccessKey and DeleteAccessKey',
  needs: ['events'],
  judge: (user, limits) => {
    if (limits.rotators.length === 0 || user.events.state !== 'known') return [];
    return user.events.value.flatMap((event) => {
      const key = keyOfEvent(user, event);
      if (!key || event.event !== 'UpdateAccessKey' || isRotator(event.by, limits)) return [];
      return aboutKey(key, limits, {
        severity: event.status === 'Active' ? 'medium' : 'low',
        title: `${nameOf(key)} of ${user.user} was made ${(event.status ?? 'something else').toLowerCase()} by ${event.by}`,
        because: `UpdateAccessKey at ${event.at} by ${event.by}`,
        text: 'ask whoever did it; a key that came back may be in the wrong hands',
        evidence: { event },
      });
    });
  },
};
