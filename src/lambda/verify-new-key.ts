// verifyNewKey as a function.
import { verifyNewKey } from '../activities/verify-new-key.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('verifyNewKey', verifyNewKey);
export const handler = inLambda(make);
