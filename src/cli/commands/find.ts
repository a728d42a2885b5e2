// keyturn find: which of the places that keyturn knows hold a key, and which it could not look at. Works without
// credentials, changes nothing, and prints no secret.
import { isAccessKeyId, shortKeyId } from '../../access-key.ts';
import type { NotLookedAt, Search } from '../../consumers/contract.ts';
import { KeyturnError, UsageError } from '../../errors.ts';
import { shown } from '../../shown.ts';
import { exitCodes } from '../exit-codes.ts';
import { orInterrupted } from '../interruption.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { whereKeyIs } from '../where-key-is.ts';

interface Owner {
  user: string | null;
  notLookedAt: NotLookedAt[];
}

export async function find(flags: Flags, io: Io, key = ''): Promise<number> {
  // What stands there may be a secret, so it is not repeated.
  if (!isAccessKeyId(key)) {
    throw new UsageError('that is no id of a long-term access key', { hint: 'like keyturn find AKIAIOSFODNN7EXAMPLE' });
  }
  const session = openSession(flags, io);
  const [search, owner] = await orInterrupted(
    io,
    Promise.all([whereKeyIs(key, session, flags.in), ownerOf(key, session)]),
  );
  const notLookedAt = [...search.notLookedAt, ...owner.notLookedAt];
  const found = { places: search.places, notLookedAt };
  io.stdout.write(
    flags.json
      ? `${JSON.stringify({ key, user: owner.user, ...found }, null, 2)}\n`
      : `${shown(words(key, owner.user, found).join('\n'))}\n`,
  );
  return exitCodes.done;
}

async function ownerOf(key: string, { aws }: Session): Promise<Owner> {
  const what = `the owner of ${key}`;
  const permission = 'iam:GetAccessKeyLastUsed';
  try {
    const user = await aws.ownerOf(key);
    const why = `AWS does not say: it is no key of this account, or ${permission} is not allowed`;
    return { user, notLookedAt: user === null ? [{ what, why, permission }] : [] };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    return { user: null, notLookedAt: [{ what, why: error.message, permission: null }] };
  }
}

function words(key: string, user: string | null, { places, notLookedAt }: Search): string[] {
  const subject = `${shortKeyId(key)}${user === null ? '' : ` of ${user}`}`;
  return [
    places.length === 0 ? `no place that was looked at holds ${subject}` : `${subject} is in`,
    ...places.map(({ spec }) => `  ${spec}`),
    ...(notLookedAt.length > 0 ? ['not looked at'] : []),
    ...notLookedAt.map(({ what, why }) => `  ${what}: ${why}`),
  ];
}
