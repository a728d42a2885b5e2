// keyturn policy: prints the least IAM policy that a command needs, from what the activities and places say themselves. Asks
// nothing of AWS, so it can be run before anything is allowed.
import { type PolicyStatement, userStatements } from '../../activities/permissions.ts';
import { permissionsOf, resolveConsumers } from '../../consumers/registry.ts';
import { UsageError } from '../../errors.ts';
import { nearest } from '../../policy/nearest.ts';
import { actionsOf, commandNames, delivers, onlyReactivate, searchActionsOf } from '../command-permissions.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { surroundingsOf } from '../surroundings.ts';
import { partitionOf, userArns } from '../user-arns.ts';

export async function policy(flags: Flags, io: Io, command = ''): Promise<number> {
  const actions = neededBy(command, flags);
  const region = flags.region ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION;
  const Statement = [
    ...userStatements(actions, userArns(flags.user, partitionOf(region))),
    ...forSearch(command),
    ...(await forPlaces(command, flags, io)),
  ];
  io.stdout.write(`${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`);
  return exitCodes.done;
}

function neededBy(command: string, flags: Flags): readonly string[] {
  if (flags.onlyReactivate) {
    if (command === 'rollback') return onlyReactivate;
    throw new UsageError('--only-reactivate belongs to rollback', {
      hint: 'keyturn policy rollback --only-reactivate',
    });
  }
  const actions = actionsOf(command);
  if (actions) return actions;
  if (actions === null) {
    throw new UsageError(`keyturn ${command} needs no permission`, { hint: 'it asks nothing of your AWS account' });
  }
  const near = nearest(command, commandNames);
  throw new UsageError(`there is no command ${command}`, {
    hint: near ? `did you mean ${near}?` : `the commands are ${commandNames.join(', ')}`,
  });
}

/** Any secret may be the one that holds the key. */
function forSearch(command: string): PolicyStatement[] {
  const actions = searchActionsOf(command);
  return actions.length > 0 ? [{ Sid: 'Search', Effect: 'Allow', Action: [...actions], Resource: ['*'] }] : [];
}

async function forPlaces(command: string, flags: Flags, io: Io): Promise<PolicyStatement[]> {
  if (!flags.to || flags.to.length === 0) return [];
  if (!delivers(command) || flags.onlyReactivate) {
    throw new UsageError(`--to narrows nothing for keyturn ${command}, which writes to no place`, {
      hint: `leave it out: keyturn policy ${command}`,
    });
  }
  const places = await resolveConsumers(flags.to, await surroundingsOf(flags, io));
  const needed = (await Promise.all(places.map(permissionsOf))).flat();
  return needed.map(({ actions, resources }, index) => ({
    Sid: `Place${index + 1}`,
    Effect: 'Allow',
    Action: [...actions],
    Resource: [...resources],
  }));
}
