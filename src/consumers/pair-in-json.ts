// An access key among the properties of a JSON object. Which two properties hold it is recognised where nobody names them,
// and whatever else is in the text stays byte for byte.
import { isAccessKeyId, KeyPair } from '../access-key.ts';
import { ConsumerError } from '../errors.ts';
import type { Held } from './held-key.ts';
import { type Member, membersOf, withMember } from './json-members.ts';

export interface PropertyNames {
  id: string;
  secret: string;
}

export interface PairInJson extends Held {
  names: PropertyNames;
}

interface Looked {
  /** The place as errors name it. */
  where: string;
  /** As the spec says; null leaves them to be recognised. */
  names: PropertyNames | null;
  /** The ids that may be expected there. */
  ids: readonly (string | null | undefined)[];
}

const namesInUse: readonly PropertyNames[] = [
  { id: 'accessKeyId', secret: 'secretAccessKey' },
  { id: 'AccessKeyId', secret: 'SecretAccessKey' },
  { id: 'aws_access_key_id', secret: 'aws_secret_access_key' },
  { id: 'AWS_ACCESS_KEY_ID', secret: 'AWS_SECRET_ACCESS_KEY' },
  { id: 'accesskey', secret: 'secretkey' },
];
const [defaultNames] = namesInUse as [PropertyNames];

const sessionTokens = ['sessionToken', 'SessionToken', 'aws_session_token', 'AWS_SESSION_TOKEN'];

/** Throws ConsumerError where it cannot be said without doubt which key is there. */
export function lookInJson(text: string, { where, names, ids }: Looked): PairInJson {
  const members = membersOf(text);
  if (!members) {
    throw new ConsumerError(`${where} is no JSON object`, {
      hint: 'keyturn writes two properties of a JSON object; nothing was changed',
    });
  }
  const found = names ?? recognised(members, ids, where);
  for (const name of [found.id, found.secret]) {
    if (members.filter((member) => member.name === name).length > 1) {
      throw new ConsumerError(`${where} has the property ${name} twice`, {
        hint: 'leave one of them; its readers may differ on which one counts',
      });
    }
  }
  const [id, secret] = [textOf(members, found.id, where), textOf(members, found.secret, where)];
  if ((id === '') !== (secret === '')) {
    const [missing, there] = id === '' ? [found.id, found.secret] : [found.secret, found.id];
    throw new ConsumerError(`${where} has ${there} but no ${missing}`, {
      hint: `put both there or none, or name the properties: #id=PROPERTY,secret=PROPERTY`,
    });
  }
  const token = members.find(({ name, value }) => sessionTokens.includes(name) && value !== '' && value !== null);
  if (token) {
    throw new ConsumerError(`${where} has a session token, ${token.name}`, {
      hint: 'a long-term key does not work with it: remove the property, or name another place',
    });
  }
  return { names: found, holds: id || null, pair: id ? new KeyPair(id, secret) : null };
}

/** Throws ConsumerError where the text would read back as something else. */
export function withPairInJson(text: string, { id, secret }: PropertyNames, pair: KeyPair, where: string): string {
  const changed = withMember(withMember(text, id, pair.accessKeyId), secret, pair.reveal());
  if (lookInJson(changed, { where, names: { id, secret }, ids: [] }).pair?.sameAs(pair)) return changed;
  throw new ConsumerError(`${where} cannot be written without changing how it reads`, {
    hint: 'write its JSON anew; nothing was changed',
  });
}

function recognised(members: readonly Member[], ids: Looked['ids'], where: string): PropertyNames {
  const has = (name: string) => members.some((member) => member.name === name && member.value !== '');
  const isExpected = ({ value }: Member) => typeof value === 'string' && isAccessKeyId(value) && ids.includes(value);
  const holding = members.filter(isExpected);
  const [holder] = holding;
  if (holding.length > 1) {
    throw new ConsumerError(`${where} has the key in ${holding.map(({ name }) => name).join(' and ')}`, {
      hint: 'name the properties of each with #id=PROPERTY,secret=PROPERTY, one place for each',
    });
  }
  if (holder) return namesInUse.find(({ id }) => id === holder.name) ?? beside(holder, members, where);
  return namesInUse.find(({ id, secret }) => has(id) || has(secret)) ?? defaultNames;
}

/** The only other property whose value looks like a secret access key is the one. */
function beside(holder: Member, members: readonly Member[], where: string): PropertyNames {
  const likely = members.filter(({ value }) => typeof value === 'string' && /^[A-Za-z0-9/+=]{40}$/.test(value));
  const [only] = likely;
  if (only && likely.length === 1) return { id: holder.name, secret: only.name };
  throw new ConsumerError(`${where} has the key id in ${holder.name}, and which property has its secret is not clear`, {
    hint: `name both: #id=${holder.name},secret=PROPERTY`,
  });
}

/** Empty where the property is missing, null or empty. */
function textOf(members: readonly Member[], name: string, where: string): string {
  const value = members.find((member) => member.name === name)?.value ?? '';
  if (typeof value === 'string') return value;
  throw new ConsumerError(`${where} has something else than text in ${name}`, {
    hint: 'name the properties that hold the key: #id=PROPERTY,secret=PROPERTY',
  });
}
