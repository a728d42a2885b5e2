// checkOldKeyUse as a function.
import { checkOldKeyUse } from '../activities/check-old-key-use.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('checkOldKeyUse', checkOldKeyUse);
export const handler = inLambda(make);
