// A pair in the JSON of one SecureString: both halves change in one version, and whatever else it holds stays.
import type { KeyPair } from '../access-key.ts';
import { ConsumerError } from '../errors.ts';
import type { Consumer, Replacement } from './contract.ts';
import { heldFor } from './held-for.ts';
import { mustBeSecure, mustFit, notesOn, type ParameterParts, rewrite } from './one-parameter.ts';
import { shownId } from './pair-in-file.ts';
import { lookInJson, type PairInJson, type PropertyNames, withPairInJson } from './pair-in-json.ts';
import { asFailureOf, trialPair } from './place-in-aws.ts';

interface SecureJson {
  spec: string;
  path: string;
  names: PropertyNames | null;
}

export function openSecureJson(
  { spec, path, names }: SecureJson,
  { oldKey, newKey }: Replacement,
  parts: ParameterParts,
): Consumer {
  const where = `the parameter ${path}`;
  const lookIn = (text: string, ...ids: (string | null | undefined)[]): PairInJson =>
    lookInJson(text, { where, names, ids: [oldKey, newKey, ...ids] });
  const look = async (...ids: (string | undefined)[]) => lookIn((await parts.parameters().value(path)).text, ...ids);

  const swap = (pair: KeyPair, expected: string | null) =>
    rewrite(parts, path, (text) => {
      const found = lookIn(text, pair.accessKeyId, expected);
      if (found.pair?.sameAs(pair)) return text;
      if (found.holds !== expected) throw somethingElse(found.holds, expected);
      return withPairInJson(text, found.names, pair, where);
    });

  const somethingElse = (holds: string | null, expected: string | null) =>
    new ConsumerError(`${where} holds ${shownId(holds)} instead of ${shownId(expected)}`, {
      hint: 'it was changed by something else, and that change stays',
    });

  return {
    spec,
    readable: true,

    preflight: (request) =>
      asFailureOf(where, async () => {
        const facts = await parts.parameters().facts(path);
        mustBeSecure(facts);
        const { text } = await parts.parameters().value(path);
        const found = lookIn(text);
        if (found.holds !== request.oldKey) {
          throw new ConsumerError(`${where} holds ${shownId(found.holds)} instead of ${shownId(request.oldKey)}`, {
            hint: 'name the parameter that holds the key to replace, or its properties: #id=PROPERTY,secret=PROPERTY',
          });
        }
        mustFit(facts, withPairInJson(text, found.names, trialPair, where));
        await parts.parameters().proveWritable(facts);
        return { holds: found.holds, pair: found.pair, notes: notesOn(facts) };
      }),

    write: (pair, expected) =>
      asFailureOf(where, async () => {
        const found = await look(pair.accessKeyId, expected ?? undefined);
        if (found.pair?.sameAs(pair)) return;
        if (found.holds !== expected) throw somethingElse(found.holds, expected);
        await swap(pair, expected);
      }),

    readBack: (pair) =>
      asFailureOf(where, async () => {
        return heldFor(await look(pair?.accessKeyId), pair);
      }),

    restore: (pair, expected) =>
      asFailureOf(where, async () => {
        const found = await look(pair.accessKeyId, expected);
        if (found.pair?.sameAs(pair)) return 'restored';
        if (found.holds !== expected) return 'left';
        await swap(pair, expected);
        return 'restored';
      }),
  };
}
