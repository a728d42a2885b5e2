// What a person does with a command from its first word to its end, with nothing allowed but what `keyturn policy` prints for it.
import type { PolicyDocument } from '../../../src/sandbox/index.ts';
import { type Desk, type Ending, openDesk, type Transcript } from '../../support/cli.ts';
import { printed } from '../../support/printed-policy.ts';
import { allBut } from '../../support/world-options.ts';
import { credentialsFilePlace, type Place, secretPlace } from '../checker.ts';

export interface Scene {
  desk: Desk;
  places: Place[];
  /** `--to …`, with the vault where that is in AWS. */
  to: string;
}

export interface Way {
  /** The command line that is put behind `keyturn policy`. */
  policy: string;
  /** With the secret's place and the vault in AWS, too. */
  inAws?: true;
  /** What an administrator did before, with the operator still allowed everything; a word that the steps need. */
  before?(scene: Scene): Promise<string>;
  /** Each until one does not end well. */
  steps: ((scene: Scene, word: string) => Promise<Transcript>)[];
  /** How the keys stand at a good end. */
  keys: string[];
  /** What it does as well without, and why. */
  dispensable: Record<string, string>;
}

const toTheEnd: Way['steps'] = [
  ({ desk, to }) => desk.run(`rotate --user alice ${to} --yes --json`),
  later('resume --json'),
  later('resume --json'),
];

const tagsWithUser = 'GetUser tells the tags wherever there are any';
const blocksNothing = 'what cannot be seen there blocks no way back';
const staysReleased = 'the claim stays as a tag that says released';
const reads = { 'iam:ListUserTags': tagsWithUser, 'iam:ListAttachedUserPolicies': blocksNothing };
const claim = { ...reads, 'iam:UntagUser': staysReleased };

export const ways: Record<string, Way> = {
  rotate: { policy: 'rotate --user alice', steps: toTheEnd, keys: ['new Active'], dispensable: claim },
  'rotate-in-aws': {
    policy: 'rotate --user alice',
    inAws: true,
    steps: toTheEnd,
    keys: ['new Active'],
    dispensable: claim,
  },
  rollback: {
    policy: 'rollback --user alice',
    before: ({ desk }) => desk.waiting('awaitGrace'),
    steps: [({ desk }, rotation) => desk.run(`rollback ${rotation} --json`)],
    keys: ['old Active', 'new Active'],
    dispensable: {
      ...claim,
      'iam:DeleteAccessKey': 'a new key that a place was offered stays',
      'iam:GetAccessKeyLastUsed': 'a way back asks for no use',
    },
  },
  'only-reactivate': {
    policy: 'rollback --only-reactivate --user alice',
    before: async ({ desk }) => {
      await desk.waiting('awaitGrace');
      return desk.ids[0] ?? '';
    },
    steps: [({ desk }, key) => desk.run(`rollback --only-reactivate --user alice --key ${key} --json`)],
    keys: ['old Active', 'new Active'],
    dispensable: {
      'iam:GetAccessKeyLastUsed': 'the key is active; only the list that is shown lacks its last use',
      'iam:ListAccessKeys': 'the key is active; only the list cannot be shown',
    },
  },
  release: {
    policy: 'release --user alice',
    before: async ({ desk }) => {
      const value = 'since=2026-12-01T00:00:00Z n=1 step=claimUser at=2026-12-01T00:00:00Z';
      desk.account.setTags('alice', { 'keyturn:claim:rot-dead': value });
      return '';
    },
    steps: [({ desk }) => desk.run('release --user alice --yes --json')],
    keys: ['old Active'],
    dispensable: {
      ...claim,
      'iam:TagUser': 'the tag is taken away, so nothing need be written',
    },
  },
};

/** The scene with exactly this allowed; everything, where null. */
export async function openScene(way: Way, policy: PolicyDocument | null, ending: Ending) {
  const desk = await openDesk({ policies: allBut() }, ending);
  const places = [credentialsFilePlace(desk.credentialsFile)];
  let to = `--to ${desk.place}`;
  if (way.inAws) {
    const { accessKeyId = '', secretAccessKey = '' } = desk.keys[0] ?? {};
    const value = JSON.stringify({ accessKeyId, secretAccessKey });
    desk.sandbox.secrets.create({ name: 'app/key', region: 'eu-west-1', value, kmsKeyId: 'own' });
    places.push(secretPlace(desk.sandbox, 'app/key'));
    to = `${to} ${inAws}`;
  }
  const scene: Scene = { desk, places, to };
  const word = (await way.before?.(scene)) ?? '';
  if (policy) desk.account.setPolicies('operator', [policy]);
  return { ...scene, word };
}

const inAws = '--to secretsmanager:app/key --vault secretsmanager';

export function printedFor({ policy, inAws: there }: Way) {
  return printed(`policy ${policy}${there ? ` ${inAws}` : ''}`);
}

function later(command: string): Way['steps'][number] {
  return async ({ desk }) => {
    await desk.pass(24 * 8);
    return desk.run(command);
  };
}
