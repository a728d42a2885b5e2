// A pair in two parameters, the secret in one and the id in the other. They cannot change at once: the secret goes first and
// the id last, so that the new id is never there without its secret, and an id that was not reached says what is missing.
import { KeyPair } from '../access-key.ts';
import { ConsumerError } from '../errors.ts';
import type { Consumer } from './contract.ts';
import { mustBeSecure, mustFit, notesOn, type ParameterParts, rewrite } from './one-parameter.ts';
import { shownId } from './pair-in-file.ts';
import { asFailureOf, trialPair } from './place-in-aws.ts';

interface TwoParameters {
  spec: string;
  /** Holds the secret. */
  path: string;
  idPath: string;
}

export function openParameterPair({ spec, path, idPath }: TwoParameters, parts: ParameterParts): Consumer {
  const where = `the parameters ${idPath} and ${path}`;

  const look = async (): Promise<KeyPair> => {
    const [id, secret] = [await parts.parameters().value(idPath), await parts.parameters().value(path)];
    return new KeyPair(id.text, secret.text);
  };

  const somethingElse = (holds: string, expected: string | null) =>
    new ConsumerError(`${where} hold ${shownId(holds)} instead of ${shownId(expected)}`, {
      hint: 'they were changed by something else, and that change stays',
    });

  const writeBoth = async (pair: KeyPair, expected: string | null) => {
    await rewrite(parts, path, () => pair.reveal());
    await rewrite(parts, idPath, (id) => {
      if (id !== expected && id !== pair.accessKeyId) throw somethingElse(id, expected);
      return pair.accessKeyId;
    });
  };

  return {
    spec,
    readable: true,

    preflight: ({ oldKey }) =>
      asFailureOf(where, async () => {
        if (oldKey === null) {
          throw new ConsumerError(`${where} hold something, and the user has no key yet`, {
            hint: 'a parameter cannot be empty, so a first key goes into one with both halves: ssm:/PATH',
          });
        }
        const [secretFacts, idFacts] = [await parts.parameters().facts(path), await parts.parameters().facts(idPath)];
        mustBeSecure(secretFacts);
        if (idFacts.type === 'StringList') mustBeSecure(idFacts);
        const held = await look();
        if (held.accessKeyId !== oldKey) {
          throw new ConsumerError(`${idPath} holds ${shownId(held.accessKeyId)} instead of ${shownId(oldKey)}`, {
            hint: 'name the parameter with the id of the key to replace behind #id=, the one with its secret before it',
          });
        }
        mustFit(secretFacts, trialPair.reveal());
        mustFit(idFacts, trialPair.accessKeyId);
        await parts.parameters().proveWritable(secretFacts);
        await parts.parameters().proveWritable(idFacts);
        const moment =
          'the two parameters change one after the other: who reads in that moment gets halves of both keys';
        return { holds: oldKey, pair: held, notes: [moment, ...notesOn(secretFacts), ...notesOn(idFacts)] };
      }),

    write: (pair, expected) =>
      asFailureOf(where, async () => {
        const held = await look();
        if (held.sameAs(pair)) return;
        if (held.accessKeyId !== expected) throw somethingElse(held.accessKeyId, expected);
        await writeBoth(pair, expected);
      }),

    readBack: (pair) =>
      asFailureOf(where, async () => {
        const held = await look();
        if (pair && held.accessKeyId === pair.accessKeyId && !held.sameAs(pair)) return null;
        return held.accessKeyId;
      }),

    // The old id with another secret is what a delivery that was cut off leaves: only its own secret makes it work again.
    restore: (pair, expected) =>
      asFailureOf(where, async () => {
        const held = await look();
        if (held.sameAs(pair)) return 'restored';
        if (held.accessKeyId !== expected && held.accessKeyId !== pair.accessKeyId) return 'left';
        await writeBoth(pair, expected);
        return 'restored';
      }),
  };
}
