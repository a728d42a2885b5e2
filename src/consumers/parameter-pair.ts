// A pair in two parameters, the secret in one and the id in the other. They cannot change at once: the secret goes first and
// the id last, so that the new id is never there without its secret, and an id that was not reached says what is missing.
import { KeyPair } from '../access-key.ts';
import { ConsumerError } from '../errors.ts';
import { outwaiting } from '../late-reads.ts';
import { compareBeforeSwap } from './compare-before-swap.ts';
import type { Consumer } from './contract.ts';
import { changedMeanwhile, mustHold } from './held-key.ts';
import { mustBeSecure, notesOn, openParameter, type ParameterParts } from './one-parameter.ts';
import { asFailureOf } from './place-in-aws.ts';

interface TwoParameters {
  spec: string;
  /** Holds the secret. */
  path: string;
  idPath: string;
}

export function openParameterPair({ spec, path, idPath }: TwoParameters, parts: ParameterParts): Consumer {
  const where = `the pair of parameters ${idPath} and ${path}`;

  const [idParameter, secretParameter] = [openParameter(parts, idPath), openParameter(parts, path)];

  const look = async () => {
    const [id, secret] = [await idParameter.text(), await secretParameter.text()];
    return { holds: id, pair: new KeyPair(id, secret) };
  };

  return {
    spec,
    readable: true,

    preflight: ({ oldKey }) =>
      asFailureOf(where, async () => {
        if (oldKey === null) {
          throw new ConsumerError(`${where} holds something, and the user has no key yet`, {
            hint: 'a parameter cannot be empty, so a first key goes into one with both halves: ssm:/PATH',
          });
        }
        const [secretFacts, idFacts] = [await parts.parameters().facts(path), await parts.parameters().facts(idPath)];
        mustBeSecure(secretFacts);
        if (idFacts.type === 'StringList') mustBeSecure(idFacts);
        const { holds, pair } = await look();
        const hint =
          'name the parameter with the id of the key to replace behind #id=, the one with its secret before it';
        mustHold(`${idPath} holds`, holds, oldKey, hint);
        await parts.parameters().proveWritable(secretFacts);
        await parts.parameters().proveWritable(idFacts);
        const moment =
          'the two parameters change one after the other: who reads in that moment gets halves of both keys';
        return { holds, pair, notes: [moment, ...notesOn(secretFacts), ...notesOn(idFacts)] };
      }),

    ...compareBeforeSwap({
      where,
      look,
      swap: async (found, pair, expected) => {
        await secretParameter.rewrite((secret) => {
          if (secret !== pair.reveal() && secret !== found.pair.reveal()) throw changedMeanwhile(where);
          return pair.reveal();
        });
        await idParameter.rewrite((id) => {
          if (id !== pair.accessKeyId) mustHold(`${where} holds`, id, expected);
          return pair.accessKeyId;
        });
      },
      outwait: outwaiting(parts.clock),
      inHalves: true,
      reading: (work) => asFailureOf(where, work),
    }),
  };
}
