// Calls made with a key, put together by who made them: from which network, with which program, of which service, in which
// region, and for which role.
import { isIPv4, isIPv6 } from 'node:net';
import type { TrailEvent } from '../aws/contract.ts';
import { agentFamily } from './agent-family.ts';

export interface Caller {
  /** `203.0.113.0/24`, `2001:db8:7::/48`, or the AWS service on whose behalf it was. */
  source: string;
  agent: string;
  service: string;
  region: string;
  /** Whose session was asked for. */
  role: string | null;
  first: string;
  last: string;
  count: number;
  /** How many of them AWS refused. */
  errors: number;
}

export interface Callers {
  /** Within one region the newest comes first, as the history has them. */
  add(event: TrailEvent): void;
  /** Who called last comes first. */
  list(): Caller[];
}

export function createCallers(): Callers {
  const callers = new Map<string, Caller>();
  return {
    add: (event) => {
      const { at } = event;
      const who = {
        source: networkOf(event.from),
        agent: agentFamily(event.agent),
        service: event.source.replace(/\.amazonaws\.com$/, ''),
        region: event.region,
        role: roleIn(event),
      };
      const id = JSON.stringify(Object.values(who));
      const known = callers.get(id) ?? { ...who, first: at, last: at, count: 0, errors: 0 };
      const errors = known.errors + (event.error === null ? 0 : 1);
      callers.set(id, { ...known, first: at, count: known.count + 1, errors });
    },
    list: () => [...callers.values()].sort((a, b) => b.last.localeCompare(a.last) || b.count - a.count),
  };
}

/** The /24 or /48 of an address; what is none stays. */
export function networkOf(from: string | null): string {
  if (!from) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(from)?.[1] ?? from;
  if (isIPv4(mapped)) return `${mapped.split('.').slice(0, 3).join('.')}.0/24`;
  return isIPv6(from) ? `${firstGroups(from)}/48` : from;
}

/** The first three of eight, written as RFC 5952 does. */
function firstGroups(address: string): string {
  const [head = [], tail] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  const groups = [...head, ...zeros, ...(tail ?? [])].slice(0, 3).map((group) => Number.parseInt(group, 16));
  while (groups.at(-1) === 0) groups.pop();
  return `${groups.map((group) => group.toString(16)).join(':')}::`;
}

function roleIn({ source, name, request }: TrailEvent): string | null {
  const isAsked = source === 'sts.amazonaws.com' && name.startsWith('AssumeRole');
  return isAsked && typeof request.roleArn === 'string' ? request.roleArn : null;
}
