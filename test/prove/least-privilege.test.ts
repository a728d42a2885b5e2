// With the policy that `keyturn policy` prints, and nothing else, each command comes to its end. With any one action less it stops
// where nothing is lost and names what is missing, or does as well without.
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import type { Ending, Transcript } from '../support/cli.ts';
import { without } from '../support/printed-policy.ts';
import { createChecker } from './checker.ts';
import { type Case, lane } from './lane.ts';
import { openScene, printedFor, type Way, ways } from './permissions/ways.ts';

lane(
  {
    name: 'permissions',
    what: 'each command with the policy that is printed for it, and with any one action less',
    sample: { test: 6, prove: 'all' },
  },
  async () => (await Promise.all(Object.entries(ways).map(([name, way]) => casesOf(name, way)))).flat(),
);

async function casesOf(name: string, way: Way): Promise<Case[]> {
  const policy = await printedFor(way);
  const actions = [...new Set(policy.Statement.flatMap(({ Action }) => Action))].sort();
  return [
    { name: `${name}/all`, run: (ending) => comesToItsEnd(way, policy, ending) },
    ...actions.map((action) => ({
      name: `${name}/without-${action}`,
      run: (ending: Ending) => stopsWithout(way, action, without(action, policy), ending),
    })),
  ];
}

async function comesToItsEnd(way: Way, policy: PolicyDocument, ending: Ending): Promise<number> {
  const { last, keys } = await play(way, policy, ending);

  if (last.code !== 0) throw new Error(`ended with ${last.code}: ${last.stderr}`);
  if (keys.join() !== way.keys.join()) throw new Error(`left ${keys.join(', ')}`);
  return 1;
}

async function stopsWithout(way: Way, action: string, policy: PolicyDocument, ending: Ending): Promise<number> {
  const { last, keys } = await play(way, policy, ending);
  const reason = way.dispensable[action];

  if (last.code === 0) {
    if (!reason) throw new Error(`does as well without ${action}, so it should not be asked for`);
    if (keys.join() !== way.keys.join()) throw new Error(`left ${keys.join(', ')}`);
    return 1;
  }
  if (reason) throw new Error(`does not do without ${action}, though ${reason}: ${last.stderr}`);
  const said = `${last.stdout}${last.stderr}`;
  // KMS is asked by another service, which leaves out what for, or on which key.
  const names = action.startsWith('kms:') ? /KMS|kms:/ : new RegExp(`${action} (?:is denied|on resource: \\S)`);
  if (!names.test(said)) throw new Error(`does not name ${action}: ${said}`);
  if (!/on resource: \S|KMS/.test(said)) throw new Error(`does not name the resource of ${action}: ${said}`);
  return 1;
}

/** The last thing that was said, and how the keys stand; throws where a rule was broken on the way. */
async function play(way: Way, policy: PolicyDocument, ending: Ending) {
  const { word, ...scene } = await openScene(way, policy, ending);
  const { desk, places } = scene;
  const checker = createChecker({ sandbox: desk.sandbox, user: 'alice', places, stateFolders: [desk.stateDir] });
  ending.onTestFinished(() => checker.close());
  let last: Transcript | undefined;
  for (const step of way.steps) {
    last = await step(scene, word);
    if (last.code !== 0) break;
  }
  if (!last) throw new Error('nothing was done');
  checker.look('at the end');
  if (checker.violations.length > 0) throw new Error(checker.violations.join('\n'));
  return { last, keys: desk.left().keys };
}
