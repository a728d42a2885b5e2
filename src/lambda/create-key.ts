// createKey as a function: the key made and in the vault, then sealed with the plan, before anything is answered. A second
// call finds both and does neither again.
import { createKey } from '../activities/create-key.ts';
import { contextSchema, type Outputs } from '../machine/context.ts';
import { activity } from './activity.ts';
import { contextOf } from './context-of.ts';
import type { ExecutionState } from './contract.ts';
import { inLambda, type Make } from './in-lambda.ts';

const create = activity('createKey', createKey);

export const make: Make<ExecutionState, Outputs['createKey']> = (parts) => async (state) => {
  const output = await create(parts)(state);
  const { rotation, plan } = contextOf(state);
  const { newKey: id, createdAt } = output;
  await parts.seal.put({ schema: contextSchema, rotation, plan, made: { id, createdAt } });
  return output;
};

export const handler = inLambda(make);
