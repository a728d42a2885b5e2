// verifyOldKey as a function.
import { verifyOldKey } from '../activities/verify-old-key.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('verifyOldKey', verifyOldKey);
export const handler = inLambda(make);
