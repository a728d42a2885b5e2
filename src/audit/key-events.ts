// What CloudTrail tells of access keys that were made, switched or deleted in the last 90 days, by whose they are. Asked by the
// name of the event, since by user or key it would be thousands of lookups at two a second.
import type { Aws, Caller, TrailEvent } from '../aws/contract.ts';
import { instant } from '../clock.ts';
import type { KeyEvent } from './contract.ts';

const names = ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'] as const;
const kept = 90 * 86_400_000;

/** IAM's events are in one region of each partition. */
const homes: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };

/** By user, oldest first; `now` is AWS's time. What was refused changed nothing, and is left out. */
export async function keyEvents(
  aws: Aws,
  { partition }: Pick<Caller, 'partition'>,
  { now, signal }: { now: number; signal: AbortSignal },
): Promise<Map<string, KeyEvent[]>> {
  const trails = aws.trails(homes[partition] ?? 'us-east-1');
  const byUser = new Map<string, KeyEvent[]>();
  // CloudTrail may deliver an event twice.
  const seen = new Set<string>();
  for (const name of names) {
    for await (const event of trails.lookup({ attribute: 'EventName', value: name }, instant(now - kept), signal)) {
      const told = keyEventOf(name, event);
      if (event.error !== null || told.user === null || seen.has(event.id)) continue;
      seen.add(event.id);
      byUser.set(told.user, [...(byUser.get(told.user) ?? []), told]);
    }
  }
  for (const events of byUser.values()) events.sort((a, b) => (a.at < b.at ? -1 : 1));
  return byUser;
}

function keyEventOf(event: KeyEvent['event'], { id, at, by, request, response, from, agent }: TrailEvent): KeyEvent {
  const made = (response.accessKey ?? {}) as Record<string, unknown>;
  const status = text(request.status);
  return {
    id,
    event,
    at,
    by: by ?? 'unknown',
    user: text(request.userName) ?? text(made.userName) ?? nameIn(by ?? ''),
    keyId: text(made.accessKeyId) ?? text(request.accessKeyId),
    status: status === 'Active' || status === 'Inactive' ? status : null,
    source: from,
    agent,
  };
}

/** A request that names no user is about the caller's own keys. */
function nameIn(arn: string): string | null {
  if (/^arn:[^:]+:iam::\d+:root$/.test(arn)) return '<root_account>';
  return /^arn:[^:]+:iam::\d+:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1] ?? null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
