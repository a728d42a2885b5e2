// Who uses an access key: its last use, and its callers by CloudTrail's event history, regions side by side; and always
// what these cannot show, since no call in the history is no proof that there was none.
import type { Aws } from '../aws/contract.ts';
import { AccessDeniedError, CredentialsError, KeyturnError, NoSuchEntityError } from '../errors.ts';
import { type Caller, createCallers } from './callers.ts';
import type { Gap } from './contract.ts';

export interface Use {
  at: string;
  service: string | null;
  region: string | null;
}

export interface Who {
  key: string;
  user: string | null;
  /** Null where AWS knows of none, or could not be asked, which `blindSpots` says then. */
  lastUsed: Use | null;
  callers: Caller[];
  blindSpots: Gap[];
  /** Whether all that was asked for could be read. Blind spots remain. */
  complete: boolean;
}

export interface WhoDeps {
  aws: Pick<Aws, 'lastUsed' | 'ownerOf' | 'trails'>;
  /** Ends the search; what is known by then is the answer. */
  signal: AbortSignal;
  onProgress(text: string): void;
}

export interface WhoOptions {
  key: string;
  regions: readonly string[];
  /** Whether these are all that there are. */
  everywhere: boolean;
  since: string;
}

/** The event history goes back so far, in days. */
export const historyDays = 90;

const toldEvery = 500;

/** Throws only what would stand in the way of every call, or where nothing at all could be read. */
export async function whoUses(deps: WhoDeps, { key, regions, everywhere, since }: WhoOptions): Promise<Who> {
  const { aws, signal } = deps;
  const callers = createCallers();
  const walks = regions.map((region) => walk(deps, { key, region, since }, callers.add));
  const owner = known(async () => ({ use: await aws.lastUsed(key), user: await aws.ownerOf(key) }));
  const tasks = [...walks, owner];
  await Promise.race([Promise.all(tasks.map(({ end }) => end)), aborted(signal)]);

  const [first] = tasks.flatMap(({ error }) => error() ?? []);
  if (first && tasks.every(({ error }) => error() !== null)) throw first;
  const { use, user } = owner.value() ?? { use: null, user: null };
  const lastUsed = use?.lastUsedAt
    ? { at: use.lastUsedAt, service: use.lastUsedService, region: use.lastUsedRegion }
    : null;
  const ownerGap = gapOf(owner, `when ${key} was last used, and whose it is`, 'iam:GetAccessKeyLastUsed');
  const walkGaps = walks.flatMap((one) => gapOf(one, one.rest(), 'cloudtrail:LookupEvents') ?? []);
  return {
    key,
    user,
    lastUsed,
    callers: callers.list(),
    blindSpots: [...(ownerGap ? [ownerGap] : []), ...walkGaps, ...notShown({ regions, everywhere, since, lastUsed })],
    complete: walkGaps.length === 0 && (ownerGap === null || owner.error() instanceof NoSuchEntityError),
  };
}

/** One thing to be found out: whether it is by now, or what stood in the way. */
interface Task<T> {
  end: Promise<unknown>;
  value(): T | null;
  error(): KeyturnError | null;
}

function known<T>(find: () => Promise<T>): Task<T> {
  let value: T | null = null;
  let error: KeyturnError | null = null;
  const end = find().then(
    (found) => {
      value = found;
    },
    (reason: unknown) => {
      if (!(reason instanceof KeyturnError) || reason instanceof CredentialsError) throw reason;
      error = reason;
    },
  );
  return { end, value: () => value, error: () => error };
}

interface Walk extends Task<true> {
  /** What of it is still to be read. */
  rest(): string;
}

function walk(
  { aws, signal, onProgress }: WhoDeps,
  { key, region, since }: { key: string; region: string; since: string },
  add: ReturnType<typeof createCallers>['add'],
): Walk {
  let oldest: string | null = null;
  const read = async (): Promise<true> => {
    let count = 0;
    try {
      for await (const event of aws.trails(region).lookup({ attribute: 'AccessKeyId', value: key }, since, signal)) {
        add(event);
        oldest = event.at;
        count += 1;
        if (count % toldEvery === 0) onProgress(`${region}: ${count} calls, back to ${event.at}`);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    // Whoever stopped it has had the answer already.
    if (signal.aborted) return new Promise(() => {});
    onProgress(`${region}: ${count} calls`);
    return true;
  };
  const rest = () => `the calls in ${region} ${oldest === null ? `since ${since}` : `from ${since} to ${oldest}`}`;
  return { ...known(read), rest };
}

function gapOf(task: Task<unknown>, what: string, permission: string): Gap | null {
  const error = task.error();
  if (error === null) return task.value() === null ? { what, why: 'interrupted', permission: null } : null;
  if (error instanceof NoSuchEntityError) return { what, why: 'AWS knows no such key', permission: null };
  return { what, why: error.message, permission: error instanceof AccessDeniedError ? permission : null };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What neither the history nor the last use shows, however long one looks (CloudTrail User Guide, "event history"). */
function notShown({ regions, everywhere, since, lastUsed }: Omit<WhoOptions, 'key'> & Pick<Who, 'lastUsed'>): Gap[] {
  const spot = (what: string, why: string): Gap => ({ what, why, permission: null });
  const used = lastUsed?.region ?? '';
  const missed = !everywhere && /^[a-z]{2}-[a-z-]+-\d+$/.test(used) && !regions.includes(used);
  return [
    ...(missed ? [spot(`the calls in ${used}, where the key was last used`, 'this region was not asked')] : []),
    spot(
      'calls on data: objects of a bucket, items of a table, messages, invocations',
      'the event history has management events alone; the last use counts them too',
    ),
    spot(
      'what sessions made from the key do',
      'each has a key id of its own; that it was made (AssumeRole, GetSessionToken) is among the calls',
    ),
    spot('the last minutes', 'CloudTrail has an event after about 5 minutes, at times after 15'),
    ...(everywhere ? [] : [spot(`every region but ${regions.join(', ')}`, 'only these were asked')]),
    spot(`anything before ${since}`, `it was not asked for; the event history goes back ${historyDays} days`),
    spot('attempts while the key was inactive', 'AWS refuses them at the door, and CloudTrail records none'),
  ];
}
