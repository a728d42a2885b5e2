// AK-31: somebody made a key for somebody else.
import type { Rule } from '../contract.ts';
import { isOurs, keyOfEvent, madeEvents } from './events.ts';
import { aboutKey, nameOf, rotateCommand } from './reckoning.ts';

export const ak31: Rule = {
  id: 'AK-31',
  title: 'a key was made by somebody else than its user',
  severity: 'medium',
  source: 'MITRE ATT&CK T1098.001, Additional Cloud Credentials; CloudTrail User Guide, CreateAccessKey',
  needs: ['ids', 'events'],
  weighs: ['rotators'],
  judge: (user, limits) => {
    const isAdmin = user.powers.state === 'known' && user.powers.value.administratorBy.length > 0;
    return madeEvents(user).flatMap((event) => {
      const key = keyOfEvent(user, event);
      // The whole ARN: `bob` is not `bobby`, and a session named like a user is not that user.
      if (!key || event.by === user.arn || isOurs(event, limits)) return [];
      return aboutKey(key, limits, {
        severity: isAdmin ? 'high' : 'medium',
        title: `${nameOf(key)} of ${user.user} was made by ${event.by}`,
        because: `CreateAccessKey at ${event.at} by ${event.by}, who is not ${user.arn}`,
        command: rotateCommand(user, key),
        text: 'ask whoever made it; if nobody knows, replace it: they have its secret',
        evidence: { event },
      });
    });
  },
};
