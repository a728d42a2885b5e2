// A pair in the JSON of one SecureString: both halves change in one version, and whatever else it holds stays.
import { outwaiting } from '../late-reads.ts';
import { compareBeforeSwap } from './compare-before-swap.ts';
import type { Consumer, Replacement } from './contract.ts';
import { mustHold, trialPair } from './held-key.ts';
import { mustBeSecure, mustFit, notesOn, openParameter, type ParameterParts } from './one-parameter.ts';
import { lookInJson, type PairInJson, type PropertyNames, withPairInJson } from './pair-in-json.ts';
import { asFailureOf } from './place-in-aws.ts';

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
  const parameter = openParameter(parts, path);
  const lookIn = (text: string, ...ids: (string | null | undefined)[]): PairInJson =>
    lookInJson(text, { where, names, ids: [oldKey, newKey, ...ids] });

  return {
    spec,
    readable: true,

    preflight: (request) =>
      asFailureOf(where, async () => {
        const facts = await parts.parameters().facts(path);
        mustBeSecure(facts);
        const text = await parameter.text();
        const found = lookIn(text);
        const hint =
          'name the parameter that holds the key to replace, or its properties: #id=PROPERTY,secret=PROPERTY';
        mustHold(`${where} holds`, found.holds, request.oldKey, hint);
        mustFit(facts, withPairInJson(text, found.names, trialPair, where));
        await parts.parameters().proveWritable(facts);
        return { holds: found.holds, pair: found.pair, notes: notesOn(facts) };
      }),

    ...compareBeforeSwap({
      where,
      look: async (...ids) => lookIn(await parameter.text(), ...ids),
      // Compared again: somebody else may write between the look and this.
      swap: (_, pair, expected) =>
        parameter.rewrite((text) => {
          const found = lookIn(text, pair.accessKeyId, expected);
          if (found.pair?.sameAs(pair)) return text;
          mustHold(`${where} holds`, found.holds, expected);
          return withPairInJson(text, found.names, pair, where);
        }),
      outwait: outwaiting(parts.clock),
      reading: (work) => asFailureOf(where, work),
    }),
  };
}
