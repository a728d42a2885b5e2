// keyturn policy: prints the least IAM policy that a command needs, from what the activities and places say themselves. Asks
// nothing of AWS, so it can be run before anything is allowed.
import { type PolicyStatement, userStatements } from '../../activities/permissions.ts';
import type { Permission, Surroundings } from '../../consumers/contract.ts';
import { partitionOfRegion } from '../../consumers/place-in-aws.ts';
import { permissionsOf, resolveConsumers, searchPermissions } from '../../consumers/registry.ts';
import { UsageError } from '../../errors.ts';
import { nearest } from '../../policy/nearest.ts';
import { actionsOfProbe } from '../../probes/registry.ts';
import { namePrefix } from '../../vault/secrets-manager-vault.ts';
import {
  accountWideActionsOf,
  actionsOf,
  commandNames,
  delivers,
  onlyReactivate,
  probes,
  searches,
  vaultActionsOf,
} from '../command-permissions.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { machinePermissions, remoteUserActions } from '../remote/permissions.ts';
import { regionOfVault, surroundingsOf } from '../surroundings.ts';
import { userArns } from '../user-arns.ts';

export async function policy(flags: Flags, io: Io, command = ''): Promise<number> {
  const actions = neededBy(command, flags);
  const surroundings = await surroundingsOf(flags, io);
  const Statement = [
    ...userStatements(actions, userArns(flags.user, partitionOfRegion(surroundings.region))),
    ...(searches(command) ? statements('Search', await searchPermissions(surroundings.region)) : []),
    ...statements('Account', forAccount(command)),
    ...statements('Vault', forVault(command, flags, surroundings)),
    ...statements('Machine', isRemote(command, flags) ? machinePermissions(command, flags, surroundings) : []),
    ...statements('Place', await forPlaces(command, flags, surroundings)),
    ...statements('Probe', forProbes(command, flags)),
  ];
  io.stdout.write(`${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`);
  return exitCodes.done;
}

/** A rotation that is handed over goes there whatever the engine was. */
function isRemote(command: string, flags: Flags): boolean {
  return flags.engine === 'stepfunctions' || command === 'handoff';
}

function neededBy(command: string, flags: Flags): readonly string[] {
  if (flags.onlyReactivate) {
    if (command === 'rollback') return onlyReactivate;
    throw new UsageError('--only-reactivate belongs to rollback', {
      hint: 'keyturn policy rollback --only-reactivate',
    });
  }
  const actions = flags.engine === 'stepfunctions' ? remoteUserActions(command) : actionsOf(command);
  if (actions) return actions;
  if (flags.engine === 'stepfunctions' && actionsOf(command) !== undefined) {
    throw new UsageError(`--engine stepfunctions adds nothing for keyturn ${command || 'as a whole'}`, {
      hint: 'name a command that begins or steers a rotation: keyturn policy rotate --engine stepfunctions',
    });
  }
  if (actions === null) {
    throw new UsageError(`keyturn ${command} needs no permission`, { hint: 'it asks nothing of your AWS account' });
  }
  const near = nearest(command, commandNames);
  throw new UsageError(`there is no command ${command}`, {
    hint: near ? `did you mean ${near}?` : `the commands are ${commandNames.join(', ')}`,
  });
}

function forAccount(command: string): Permission[] {
  const actions = accountWideActionsOf(command);
  return actions.length > 0 ? [{ actions, resources: ['*'] }] : [];
}

function forVault(command: string, flags: Flags, surroundings: Surroundings): Permission[] {
  if (flags.vault !== 'secretsmanager') return [];
  const isHere = !flags.onlyReactivate && flags.engine !== 'stepfunctions';
  const actions = isHere ? vaultActionsOf(command) : [];
  if (actions.length === 0) {
    throw new UsageError(`--vault adds nothing for keyturn ${command}, which comes to no vault`, {
      hint: `leave it out: keyturn policy ${command}`,
    });
  }
  const region = regionOfVault(surroundings);
  const arn = `arn:${partitionOfRegion(region)}:secretsmanager:${region}:*:secret:${namePrefix}*`;
  return [{ actions, resources: [arn] }];
}

async function forPlaces(command: string, flags: Flags, surroundings: Surroundings): Promise<Permission[]> {
  if (!flags.to || flags.to.length === 0) return [];
  if (!delivers(command) || flags.onlyReactivate || flags.engine === 'stepfunctions') {
    throw new UsageError(`--to narrows nothing for keyturn ${command}, which writes to no place`, {
      hint: `leave it out: keyturn policy ${command}`,
    });
  }
  const places = await resolveConsumers(flags.to, surroundings);
  return (await Promise.all(places.map(permissionsOf))).flat();
}

function forProbes(command: string, flags: Flags): Permission[] {
  if (!flags.probe || flags.probe.length === 0) return [];
  if (!probes(command) || flags.onlyReactivate) {
    throw new UsageError(`--probe adds nothing for keyturn ${command}, which looks at no probe`, {
      hint: `leave it out: keyturn policy ${command}`,
    });
  }
  const actions = [...new Set(flags.probe.flatMap(actionsOfProbe))];
  return actions.length > 0 ? [{ actions, resources: ['*'] }] : [];
}

/** Each permission once: places of one region need the same of KMS. */
function statements(name: string, permissions: readonly Permission[]): PolicyStatement[] {
  const all = permissions.map(({ actions, resources, allBut, via }) => ({
    Effect: 'Allow' as const,
    Action: [...actions],
    [allBut ? 'NotResource' : 'Resource']: [...resources],
    ...(via ? { Condition: { StringLike: { 'kms:ViaService': [...via] } } } : {}),
  }));
  const texts = all.map((one) => JSON.stringify(one));
  return all
    .filter((_, index) => texts.indexOf(texts[index] ?? '') === index)
    .map((one, index) => ({ Sid: `${name}${index + 1}`, ...one }));
}
