// A pair in a secret of Secrets Manager, version by version: looked at in AWSCURRENT, written as AWSPENDING, read back, and
// made AWSCURRENT only in the place of the very version that was read.
import { createHash } from 'node:crypto';
import type { KeyPair } from '../access-key.ts';
import type { SecretFacts, SecretsManager, SecretVersion } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';
import { AccessDeniedError, AwsRefusalError, ConsumerError, KeyturnError, NoSuchEntityError } from '../errors.ts';
import { onceThere, outwaiting, readsOwnWrites, untilSeen } from '../late-reads.ts';
import { compareBeforeSwap } from './compare-before-swap.ts';
import type { Consumer, Replacement } from './contract.ts';
import { changedMeanwhile, mustHold, trialPair } from './held-key.ts';
import { lookInJson, type PairInJson, type PropertyNames, withPairInJson } from './pair-in-json.ts';
import { asFailureOf } from './place-in-aws.ts';

/** Secrets Manager User Guide, "quotas". */
const bytesAtMost = 65_536;

/** How long replicas in other regions may take to follow, in milliseconds. */
const replicationLimit = 60_000;

export interface SecretPlace {
  spec: string;
  /** Its name or ARN. */
  secret: string;
  names: PropertyNames | null;
  /** The place as errors name it. */
  where: string;
}

interface Parts {
  clock: Clock;
  secrets(): SecretsManager;
}

interface Looked extends PairInJson {
  current: SecretVersion & { text: string };
}

export function openSecret(place: SecretPlace, { oldKey, newKey }: Replacement, parts: Parts): Consumer {
  const { secret, where } = place;
  const { clock } = parts;

  const currents = readsOwnWrites(clock, () => parts.secrets().value(secret, { stage: 'AWSCURRENT' }));

  const look = async (...ids: (string | null | undefined)[]): Promise<Looked> => {
    const current = await currents.read();
    if (current.text === null) {
      throw new ConsumerError(`${where} is binary`, { hint: 'keyturn writes two properties of a JSON object' });
    }
    const found = lookInJson(current.text, { where, names: place.names, ids: [oldKey, newKey, ...ids] });
    return { ...found, current: { ...current, text: current.text } };
  };

  const swap = async ({ current, names }: Looked, pair: KeyPair) => {
    const secrets = parts.secrets();
    const text = fitting(withPairInJson(current.text, names, pair, where), where);
    const token = tokenFor(current, pair.accessKeyId);
    mustBeFree(await secrets.describe(secret), { where, current: current.version, own: token });

    await secrets.put(secret, { token, text, stage: 'AWSPENDING' });
    const written = await onceThere(clock, () => secrets.value(secret, { version: token }));
    if (written.text !== text) {
      await unlabel(token);
      throw new ConsumerError(`${where} does not give back the version that was written`, {
        hint: 'its current version is as it was',
      });
    }
    await makeCurrent(token, current.version);
    await unlabel(token);
    currents.wrote(({ version }) => version === token);
    await currents.read();
    await replicated();
  };

  const makeCurrent = async (to: string, from: string) => {
    const secrets = parts.secrets();
    try {
      await secrets.moveStage(secret, 'AWSCURRENT', { from, to });
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error;
      // An answer that was lost may have been a yes, and the SDK's next attempt is then refused.
      const isCurrent = async () => Boolean((await secrets.describe(secret)).stages[to]?.includes('AWSCURRENT'));
      if (!(error instanceof AccessDeniedError) && (await untilSeen(clock, isCurrent))) return;
      await unlabel(to);
      if (!(error instanceof AwsRefusalError)) throw error;
      throw changedMeanwhile(where, error);
    }
  };

  /** A label that stays behind does no harm to readers, but keeps every rotation away: the next call tries again. */
  const unlabel = async (version: string) => {
    try {
      await parts.secrets().moveStage(secret, 'AWSPENDING', { from: version, to: null });
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error;
    }
  };

  /** An attempt that was cut off may have left its version pending: the one that is current, or the next one. */
  const finish = async ({ current }: Looked, expected: string | null) => {
    const own = [current.version, tokenFor(current, expected)];
    const { stages } = await parts.secrets().describe(secret);
    for (const version of own) if (stages[version]?.includes('AWSPENDING')) await unlabel(version);
    await replicated();
  };

  const replicated = async () => {
    let replicas: SecretFacts['replicas'] = [];
    await untilSeen(
      clock,
      async () => {
        replicas = (await parts.secrets().describe(secret)).replicas;
        return replicas.every(({ status }) => status !== 'InProgress');
      },
      replicationLimit,
    );
    mustBeInSync(replicas, where);
  };

  return {
    spec: place.spec,
    readable: true,

    preflight: (request) =>
      asFailureOf(where, async () => {
        const facts = await parts.secrets().describe(secret);
        const looked = await lookAtFirst(facts);
        mustBeFree(facts, { where, current: looked.current.version, own: null });
        mustBeInSync(facts.replicas, where);
        const hint = 'name the secret that holds the key to replace, or its properties: #id=PROPERTY,secret=PROPERTY';
        mustHold(`${where} holds`, looked.holds, request.oldKey, hint);
        fitting(withPairInJson(looked.current.text, looked.names, trialPair, where), where);
        await parts.secrets().proveWritable(secret, looked.current.version);
        return { holds: looked.holds, pair: looked.pair, notes: [] };
      }),

    ...compareBeforeSwap<Looked>({
      where,
      look,
      swap,
      finish,
      outwait: outwaiting(clock),
      reading: (work) => asFailureOf(where, work),
    }),
  };

  async function lookAtFirst(facts: SecretFacts): Promise<Looked> {
    if (facts.deleted) {
      throw new ConsumerError(`${where} is marked for deletion`, {
        hint: `name another place, or keep it: aws secretsmanager restore-secret --secret-id ${secret}`,
      });
    }
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof NoSuchEntityError)) throw error;
      throw new ConsumerError(`${where} has no current value`, {
        hint: 'give it one first: for a first key, {} is enough',
        cause: error,
      });
    }
  }
}

/** The same secret, key and version read make the same version, so a retry writes no second one. */
function tokenFor({ arn, version }: SecretVersion, keyId: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify(['keyturn', arn, keyId, version]))
    .digest('hex');
}

interface Versions {
  where: string;
  current: string;
  /** The version that an earlier attempt at the same may have left pending. */
  own: string | null;
}

function mustBeFree({ rotates, stages }: SecretFacts, { where, current, own }: Versions): void {
  if (rotates) {
    throw new ConsumerError(`${where} has a rotation of its own`, {
      hint: 'two rotations of one secret undo each other: cancel that one, or leave the key to it',
    });
  }
  const [pending] = Object.entries(stages).find(([, labels]) => labels.includes('AWSPENDING')) ?? [];
  if (pending === undefined || pending === current || pending === own) return;
  throw new ConsumerError(`${where} has a pending version, ${pending}`, {
    hint: 'something else is about to change it; when that is over, or its label AWSPENDING taken away, try again',
  });
}

function mustBeInSync(replicas: SecretFacts['replicas'], where: string): void {
  const behind = replicas.filter(({ status }) => status !== 'InSync');
  if (behind.length === 0) return;
  const shown = behind.map(({ region, status }) => `${region} (${status})`).join(', ');
  throw new ConsumerError(`${where} has replicas that are not in sync: ${shown}`, {
    hint: 'whoever reads there would keep the old key; mend the replication, or remove these replicas',
  });
}

function fitting(text: string, where: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= bytesAtMost) return text;
  throw new ConsumerError(`${where} would have ${bytes} bytes with the key in it`, {
    hint: `Secrets Manager takes ${bytesAtMost}; nothing was changed`,
  });
}
