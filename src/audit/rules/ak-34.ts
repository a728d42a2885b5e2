// AK-34: who made a key cannot be known any more. Never a pass of the rules that would ask.
import type { Rule } from '../contract.ts';
import { madeEvents } from './events.ts';
import { aboutKey, activeKeys, days, nameOf, since } from './reckoning.ts';

export const ak34: Rule = {
  id: 'AK-34',
  title: 'who made a key is not known',
  severity: 'informational',
  source: 'CloudTrail User Guide, "Working with CloudTrail Event history": 90 days',
  needs: ['ids', 'events'],
  judge: (user, limits) => {
    const { events } = user;
    if (user.isRoot || events.state !== 'known') return [];
    const seen = madeEvents(user).map(({ keyId }) => keyId);
    return activeKeys(user)
      .filter(({ id }) => id === null || !seen.includes(id))
      .map((key) => {
        const age = since(key.createdAt, limits);
        return aboutKey(key, limits, {
          severity: 'informational',
          title: `who made ${nameOf(key)} of ${user.user} is not known`,
          because: `the key is ${age === null ? 'of unknown age' : `${days(age)} old`}, and the event history goes back 90 days`,
          text: 'keep CloudTrail events in a trail, where they can be asked for later',
        });
      });
  },
};
