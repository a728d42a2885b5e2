// Who made and changed access keys in the last 90 days, by user, as CloudTrail's event history has it. IAM's events are in one
// region of each partition.
import type { KeyEvent } from '../audit/contract.ts';
import type { Aws, TrailEvent } from '../aws/contract.ts';
import { type Clock, instant } from '../clock.ts';

/** What CloudTrail keeps without a trail. */
const kept = 90 * 86_400_000;

export async function keyEventsByUser(aws: Aws, clock: Clock, signal: AbortSignal): Promise<Map<string, KeyEvent[]>> {
  const since = instant((aws.time() ?? clock.now()) - kept);
  const trails = aws.trails(await regionOfIam(aws));
  const byUser = new Map<string, KeyEvent[]>();
  for (const name of ['CreateAccessKey', 'UpdateAccessKey'] as const) {
    for await (const event of trails.lookup({ attribute: 'EventName', value: name }, since, signal)) {
      if (event.error !== null) continue;
      const made = keyEventOf(name, event);
      if (made.user !== null) byUser.set(made.user, [...(byUser.get(made.user) ?? []), made]);
    }
  }
  return byUser;
}

/** Where IAM's events are recorded: IAM is global, and its home is one region. */
export async function regionOfIam(aws: Aws): Promise<string> {
  const region = await aws.region();
  if (region.startsWith('cn-')) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

function keyEventOf(name: KeyEvent['event'], { id, at, by, from, agent, request, response }: TrailEvent): KeyEvent {
  const made = response.accessKey as { accessKeyId?: unknown; userName?: unknown } | undefined;
  const status = text(request.status);
  return {
    id,
    event: name,
    at,
    by: by ?? '',
    // Without a name in the request it is the caller's own key.
    user: text(request.userName) ?? text(made?.userName) ?? ownName(by),
    keyId: text(request.accessKeyId) ?? text(made?.accessKeyId),
    status: status === 'Active' || status === 'Inactive' ? status : null,
    source: from,
    agent,
  };
}

function ownName(arn: string | null): string | null {
  return arn !== null && /:user\//.test(arn) ? arn.slice(arn.lastIndexOf('/') + 1) : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
