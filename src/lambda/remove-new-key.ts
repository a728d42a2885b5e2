// removeNewKey as a function.
import { removeNewKey } from '../activities/remove-new-key.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('removeNewKey', removeNewKey);
export const handler = inLambda(make);
