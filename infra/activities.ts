// One function for each activity and each park of the rotation, with a role of its own.
import { basename } from 'node:path';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { activityPermissions } from '../src/activities/permissions.ts';
import { entryOf, needs } from '../src/lambda/needs.ts';
import { type ActivityName, activityNames, type ParkName, parkNames } from '../src/machine/context.ts';
import type { Foundation } from './foundation.ts';
import { createFunction } from './function.ts';
import { needed } from './permissions.ts';
import { denials, onUsers } from './users.ts';

export type Functions = Readonly<Record<ActivityName | ParkName, LambdaFunction>>;

/** Those that put pairs into the vault; the others that use it only read. */
const putsPairs: readonly string[] = ['createKey', 'preflightConsumers'] satisfies ActivityName[];

/** What goes back is denied nobody: not to users who were exempted while their rotation was under way (S1). */
const goesBack: readonly string[] = [
  'reactivateKey',
  'verifyOldKey',
  'restoreConsumers',
  'releaseUser',
] satisfies ActivityName[];

export function createActivityFunctions(scope: Construct, foundation: Foundation): Functions {
  const one = (name: ActivityName | ParkName, description: string, actions: readonly string[]) => {
    const need = needs[name];
    const made = createFunction(scope, name, foundation, {
      name: basename(entryOf(name), '.ts'),
      description,
      statements: [
        ...onUsers(foundation.users, actions),
        ...needed(foundation, need, { puts: putsPairs.includes(name) }),
        ...(goesBack.includes(name) ? [] : denials(foundation.users)),
      ],
      withPolicy: Boolean(need.plan || need.halt),
    });
    const { role } = made;
    if (role && need.vault === 'use') foundation.keys.letUseVault(role);
    if (role && need.notify) foundation.notifications.letPublish(role);
    return [name, made] as const;
  };
  return Object.fromEntries([
    ...activityNames.map((name) => one(name, `keyturn: the activity ${name}`, activityPermissions[name])),
    ...parkNames.map((name) => one(name, `keyturn: announces the wait ${name}`, [])),
  ]) as Functions;
}
