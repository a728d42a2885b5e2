// Takes both engines over one edge with the real activities, each in an account of its own, and compares what they leave
// behind: keys, claims, the vault, and what the place holds. The checker sits beside both.
import { deepStrictEqual } from 'node:assert/strict';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import type { Activities } from '../../../src/activities/contract.ts';
import { createActivities } from '../../../src/activities/index.ts';
import { instant } from '../../../src/clock.ts';
import { runLocally } from '../../../src/engine/local.ts';
import { createRecordStore } from '../../../src/engine/record-store.ts';
import { depsFor } from '../../../src/lambda/activity.ts';
import type { ParkMessage } from '../../../src/lambda/contract.ts';
import { derivePlan } from '../../../src/lambda/derive-plan.ts';
import { lookAt } from '../../../src/lambda/subject.ts';
import { activityNames, parkNames, type RotationContext } from '../../../src/machine/context.ts';
import { createSecretsManagerVault } from '../../../src/vault/secrets-manager-vault.ts';
import type { Ending } from '../../support/cli.ts';
import { type Cloud, createCloud, secret, user } from '../../support/cloud.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { newRecord } from '../../support/world-parts.ts';
import { createChecker, secretPlace } from '../checker.ts';
import { follow, type Say, type Way } from './forced-ways.ts';

/** How many functions and activities were called. */
export async function overTheEdge({ script }: Way, ending: Ending): Promise<number> {
  const there = await onStepFunctions(script, ending);
  if (isFailedWait(script)) {
    deepStrictEqual([there.ended, there.left.keys[1], there.left.place], ['stuck', 'new Active', 'new']);
    return there.called.length;
  }
  const here = await onThisMachine(script, ending);
  deepStrictEqual(there, here);
  return there.called.length + here.called.length;
}

/** On this machine a wait is no function that could fail: what breaks it breaks the run. */
function isFailedWait(script: readonly Say[]): boolean {
  const last = script.at(-1);
  return last?.fails === true && parkNames.some((name) => name === last.activity);
}

async function openCloud(script: readonly Say[], ending: Ending) {
  const cloud = await createCloud({}, ending);
  const { sandbox } = cloud;
  const checker = createChecker({ sandbox, user, places: [secretPlace(sandbox, secret)], stateFolders: [] });
  ending.onTestFinished(() => checker.close());
  const endsGrace = script.some(({ activity, says }) => activity === 'awaitGrace' && says?.[1] === 'proceed');
  if (endsGrace) checker.agreed(cloud.oldKey);
  return { cloud, mustHold: () => deepStrictEqual([...checker.violations], []) };
}

async function onStepFunctions(script: readonly Say[], ending: Ending) {
  const { cloud, mustHold } = await openCloud(script, ending);
  const way = follow(script, () => instant(cloud.clock.now()));
  for (const name of activityNames) {
    cloud.wrapped(name, (run) => (event, context) => way.activity(name, () => run(event, context)));
  }
  for (const name of parkNames) {
    cloud.wrapped(name, (run) => async (event, context) => {
      const said = script[way.called.length];
      const signal = way.wait(name);
      if (said?.fails) throw new Error('forced to fail');
      await run(event, context);
      if (!signal) return;
      const { token } = event as ParkMessage;
      await cloud.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify({ signal }) }));
    });
  }

  const secrets = cloud.secretsSeen();
  const { ended, events } = await cloud.run();
  const written = JSON.stringify([events, cloud.sandbox.published, cloud.logged, await cloud.records()]);
  if ([...secrets].some((one) => written.includes(one))) throw new Error('a secret was written down');
  mustHold();
  return { ended, called: way.called, left: comparable(cloud) };
}

async function onThisMachine(script: readonly Say[], ending: Ending) {
  const { cloud, mustHold } = await openCloud(script, ending);
  const { parts, clock } = cloud;
  const way = follow(script, () => instant(clock.now()));
  const plan = await derivePlan(parts, await lookAt(parts, user), {});
  const context: RotationContext = { schema: 1, rotation: 'r-1', intent: 'forward', plan, interruptions: [] };
  const secrets = () => parts.aws.secretsManager(plan.region);
  const activities = createActivities({
    ...depsFor(parts, 'claimUser', context),
    vault: createSecretsManagerVault({ clock, secrets }),
    announce: () => {},
  });
  const forced = Object.fromEntries(
    activityNames.map((name) => [name, (given: RotationContext) => way.activity(name, () => activities[name](given))]),
  ) as unknown as Activities;

  const { ended } = await runLocally(
    { store: createRecordStore(temporaryFolder(ending), clock), clock, activities: () => forced },
    newRecord(context),
    { wait: true, stop: new AbortController().signal, atWait: async ({ state }) => way.wait(state) ?? 'stay' },
  );
  mustHold();
  return { ended, called: way.called, left: comparable(cloud) };
}

/** The rotation has another id there, and a seal, which nobody needs who reads the record that they wrote. */
function comparable(cloud: Cloud) {
  const { claims, secrets, ...left } = cloud.left();
  const steps = Object.entries(cloud.account.tags(user)).map(([, value]) => /step=(\w+)/.exec(value)?.[1]);
  const vault = secrets.filter((name) => name.startsWith('keyturn/vault/')).length;
  return { ...left, claims: claims.length, steps, vault };
}
