// A secret that Secrets Manager rotates, the pair in it, and the user whose key that is: found out from AWS, not from what the
// secret says of itself (S27).
import { createHash } from 'node:crypto';
import { type KeyPair, shortKeyId } from '../../access-key.ts';
import type { SecretsManager, SecretVersion } from '../../aws/contract.ts';
import { lookInJson, type PropertyNames } from '../../consumers/pair-in-json.ts';
import { resolveConsumers } from '../../consumers/registry.ts';
import { NoSuchEntityError, RefusedError } from '../../errors.ts';
import type { Parts } from '../parts.ts';
import { answersAs, isOf, userTag } from '../places.ts';
import { lookAt, type Subject } from '../subject.ts';

/** One version with the pair in it, and where in it the pair is. */
export interface PairVersion extends Pick<SecretVersion, 'arn' | 'version'> {
  text: string;
  pair: KeyPair;
  names: PropertyNames;
  /** The secret as errors name it. */
  where: string;
}

/** The version with that label or that id; null where there is none, or a rotation has not filled it yet. */
export async function pairVersion(
  secrets: SecretsManager,
  secret: string,
  which: Parameters<SecretsManager['value']>[1],
): Promise<PairVersion | null> {
  const where = `the secret ${secretName(secret)}`;
  const found = await secrets.value(secret, which).catch((error) => {
    if (error instanceof NoSuchEntityError) return null;
    throw error;
  });
  if (!found) return null;
  const { arn, version, text } = found;
  const known = { where, names: null };
  // Names in use come first: beside them there may be ids of former keys.
  const usual = text === null ? null : lookInJson(text, { ...known, ids: [] });
  const looked = usual?.pair || text === null ? usual : lookInJson(text, { ...known, ids: idsIn(text) });
  if (text !== null && looked?.pair) return { arn, version, text, where, pair: looked.pair, names: looked.names };
  throw new RefusedError(`${where} holds no access key`, {
    hint: 'nothing was changed; it has to be JSON with two properties, like accessKeyId and secretAccessKey',
  });
}

/** Whose key the current pair is, by what AWS knows of the key; the pair itself is not used for it. */
export async function ownerOf(parts: Parts, { pair, where }: PairVersion): Promise<Subject> {
  const name = await parts.aws.ownerOf(pair.accessKeyId);
  if (name) return lookAt(parts, name);
  throw new RefusedError(`${where} holds ${shortKeyId(pair.accessKeyId)}, and AWS does not say whose key that is`, {
    hint: 'nothing was changed; it may be a key of another account, or deleted',
  });
}

/**
 * Throws RefusedError unless the policy file or the tag `keyturn:user` names the secret for this user, the pair in it answers as
 * that user, and no other place of theirs would be left with the old key.
 */
export async function mustBelong(parts: Parts, current: PairVersion, subject: Subject): Promise<void> {
  const { user } = subject;
  const { aws, region } = parts;
  const { arn, pair, where } = current;
  const named = await resolveConsumers(subject.settings.consumers, { cwd: '/', home: '/', env: {}, region });
  const tagged = await aws.secretsManager(region).tagged(userTag, user.name);
  const isNamed = named.some((spec) => isSecret(spec, arn)) || tagged.some((one) => one.arn === arn);
  if (!isNamed) {
    throw refuse(
      `nobody says that ${where} is a place of ${user.name}`,
      `tag it ${userTag}=${user.name}, or name it under consumers in the policy file`,
    );
  }
  if (!(await isOf(aws, pair, user.id))) {
    throw refuse(`the pair in ${where} does not answer as ${user.name}`, 'its secret is wrong, or the key is inactive');
  }
  const others = named.filter((spec) => !isSecret(spec, arn));
  for (const { name, arn: other } of tagged) {
    const spec = `secretsmanager:${name}#region=${region}`;
    const isKnown = other === arn || named.some((one) => isSecret(one, other));
    if (!isKnown && (await answersAs(parts, name, user, pair.accessKeyId))) others.push(spec);
  }
  if (others.length === 0) return;
  throw refuse(
    `${others.join(', ')} would be left with the old key of ${user.name}`,
    `a rotation of this secret changes no other place: cancel it and start the state machine with {"user": "${user.name}"}`,
  );
}

/** One for each key that the secret held: whatever is tried again, by whichever version, goes on with the same rotation. */
export function rotationOf(arn: string, oldKey: string): string {
  return `sm-${createHash('sha256').update(`${arn} ${oldKey}`).digest('hex').slice(0, 20)}`;
}

/** Secrets Manager puts a dash and six characters behind the name. */
function secretName(arn: string): string {
  return arn.replace(/^arn:.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '');
}

function isSecret(spec: string, arn: string): boolean {
  const [place, options = ''] = spec.split('#');
  const [, , , region] = arn.split(':');
  if (place === `secretsmanager:${arn}`) return true;
  return place === `secretsmanager:${secretName(arn)}` && options.split(',').includes(`region=${region}`);
}

function idsIn(text: string): string[] {
  return text.match(/\bAKIA[A-Z0-9]{12,124}\b/g) ?? [];
}

function refuse(what: string, hint: string): RefusedError {
  return new RefusedError(what, { hint: `nothing was changed; ${hint}` });
}
