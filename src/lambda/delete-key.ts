// deleteKey as a function.
import { deleteKey } from '../activities/delete-key.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('deleteKey', deleteKey);
export const handler = inLambda(make);
