// AK-42: a rotation is stuck and waits for a person.
import type { Rule } from '../contract.ts';
import { aboutUser, day, days, openRotations, since } from './reckoning.ts';

/** Days after which an interrupted rotation is as good as stuck. */
const forgotten = 2;

export const ak42: Rule = {
  id: 'AK-42',
  title: 'a rotation is stuck',
  severity: 'high',
  source: 'the record of the rotation: what is stuck waits for a person',
  needs: ['rotations'],
  judge: (user, limits) =>
    openRotations(user).flatMap((open) => {
      const age = since(open.since, limits) ?? 0;
      const isForgotten = open.standing === 'stopped' && age > forgotten * day;
      if (open.standing !== 'stuck' && !isForgotten) return [];
      return aboutUser({
        about: open.rotation,
        severity: 'high',
        title: `rotation ${open.rotation} of ${user.user} is ${open.standing}, begun ${days(age)} ago`,
        because: open.reason || `it is ${open.standing}, and was begun at ${open.since}`,
        command: `keyturn resume ${open.rotation}`,
        text: `see keyturn status ${open.rotation}; keyturn rollback ${open.rotation} goes back`,
        evidence: { ...open },
      });
    }),
};
