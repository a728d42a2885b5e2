// Who uses a key, in words: the callers, and then what they are not all of.
import { shortKeyId } from '../access-key.ts';
import type { Caller } from '../audit/callers.ts';
import type { Who } from '../audit/who.ts';

export function whoWords({ key, user, lastUsed, callers, blindSpots, complete }: Who, since: string): string[] {
  const subject = `${shortKeyId(key)}${user === null ? '' : ` of ${user}`}`;
  const [service, region] = [lastUsed?.service, lastUsed?.region];
  const use = `last used ${lastUsed?.at}${service ? `, for ${service}` : ''}${region ? ` in ${region}` : ''}`;
  return [
    `${subject}: ${lastUsed === null ? 'no last use is known' : use}`,
    callers.length === 0 ? `no call since ${since} was found` : `calls since ${since}`,
    ...callers.map((caller) => `  ${callerWords(caller)}`),
    ...(complete ? [] : ['INCOMPLETE: not all that was asked for could be read']),
    'not seen',
    ...blindSpots.map(({ what, why, permission }) => `  ${what}: ${why}${permission ? `; allow ${permission}` : ''}`),
  ];
}

export function callerWords({ source, agent, service, region, role, first, last, count, errors }: Caller): string {
  const refused = errors === 0 ? '' : `, ${errors} refused`;
  const when = first === last ? last : `${first} to ${last}`;
  const session = role === null ? '' : `, for sessions of ${role}`;
  return `${agent} from ${source}: ${service} in ${region}${session}, ${count} ${count === 1 ? 'call' : 'calls'}${refused}, ${when}`;
}
