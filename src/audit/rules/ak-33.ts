// AK-33: somebody other than the user and keyturn brought an inactive key back, or took one away. That a key came back is told
// in any account; the rest only where it is known which role of keyturn's would have done it.
import type { KeyEvent, Rule } from '../contract.ts';
import { isOurs, keyOfEvent } from './events.ts';
import { aboutKey, aboutUser, nameOf } from './reckoning.ts';

export const ak33: Rule = {
  id: 'AK-33',
  title: 'a key was switched outside of keyturn',
  severity: 'medium',
  source: 'CloudTrail User Guide, UpdateAccessKey and DeleteAccessKey',
  needs: ['events'],
  weighs: ['rotators'],
  judge: (user, limits) => {
    if (user.events.state !== 'known') return [];
    return user.events.value.flatMap((event) => {
      const isBack = event.status === 'Active';
      if (event.event === 'CreateAccessKey' || event.by === user.arn || isOurs(event, limits)) return [];
      if (!isBack && limits.rotators.length === 0) return [];
      const key = keyOfEvent(user, event);
      if (isBack && !key) return [];
      const said = {
        about: event.id,
        severity: 'medium' as const,
        title: `${key ? nameOf(key) : event.keyId} of ${user.user} was ${change(event)} by ${event.by}`,
        because: `${event.event} at ${event.at} by ${event.by}, who is not ${user.arn}`,
        text: 'ask whoever did it; a key that came back may be in the wrong hands',
        evidence: { event },
      };
      return key ? aboutKey(key, limits, said) : aboutUser(said);
    });
  },
};

function change({ event, status }: KeyEvent): string {
  if (event === 'DeleteAccessKey') return 'deleted';
  return status === 'Active' ? 'made active' : 'deactivated';
}
