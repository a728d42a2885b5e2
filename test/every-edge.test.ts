// Over every edge of the machine both engines leave the same behind: keys, claims, the vault, and what the place holds.
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import type { Activities } from '../src/activities/contract.ts';
import { createActivities } from '../src/activities/index.ts';
import { instant } from '../src/clock.ts';
import { runLocally } from '../src/engine/local.ts';
import { createRecordStore } from '../src/engine/record-store.ts';
import { depsFor } from '../src/lambda/activity.ts';
import type { ParkMessage } from '../src/lambda/contract.ts';
import { derivePlan } from '../src/lambda/derive-plan.ts';
import { lookAt } from '../src/lambda/subject.ts';
import { activityNames, parkNames, type RotationContext } from '../src/machine/context.ts';
import { readGraph } from '../src/machine/graph.ts';
import { rotation } from '../src/machine/rotation.ts';
import { createSecretsManagerVault } from '../src/vault/secrets-manager-vault.ts';
import { type Cloud, createCloud, user } from './support/cloud.ts';
import { follow, type Say, waysOverEveryEdge } from './support/forced-ways.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { newRecord } from './support/world-parts.ts';

const ways = waysOverEveryEdge(readGraph(rotation));
/** On this machine a wait is no function that could fail: what breaks it breaks the run. */
const isFailedWait = ({ script }: { script: Say[] }) => {
  const last = script.at(-1);
  return last?.fails === true && parkNames.some((name) => name === last.activity);
};

describe('both engines leave the same behind', () => {
  test.each(ways.filter((way) => !isFailedWait(way)))('over $edge', async ({ script }) => {
    const there = await onStepFunctions(script);
    const here = await onThisMachine(script);

    expect(there).toEqual(here);
  });
});

describe('where a wait itself fails, every key stays as it is', () => {
  test.each(ways.filter(isFailedWait))('over $edge', async ({ script }) => {
    const { ended, left } = await onStepFunctions(script);

    expect(ended).toBe('stuck');
    expect(left.keys).toEqual([expect.stringMatching(/^old/), 'new Active']);
    expect(left.place).toBe('new');
  });
});

async function onStepFunctions(script: readonly Say[]) {
  const cloud = await createCloud();
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
  expect([...secrets].filter((one) => written.includes(one))).toEqual([]);
  return { ended, called: way.called, left: comparable(cloud) };
}

async function onThisMachine(script: readonly Say[]) {
  const cloud = await createCloud();
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
    { store: createRecordStore(temporaryFolder(), clock), clock, activities: () => forced },
    newRecord(context),
    { wait: true, stop: new AbortController().signal, atWait: async ({ state }) => way.wait(state) ?? 'stay' },
  );
  return { ended, called: way.called, left: comparable(cloud) };
}

/** The rotation has another id there, and a seal, which nobody needs who reads the record that they wrote. */
function comparable(cloud: Cloud) {
  const { claims, secrets, ...left } = cloud.left();
  const steps = Object.entries(cloud.account.tags(user)).map(([, value]) => /step=(\w+)/.exec(value)?.[1]);
  const vault = secrets.filter((name) => name.startsWith('keyturn/vault/')).length;
  return { ...left, claims: claims.length, steps, vault };
}
