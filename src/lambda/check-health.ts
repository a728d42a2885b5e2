// checkHealth as a function.
import { checkHealth } from '../activities/check-health.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('checkHealth', checkHealth);
export const handler = inLambda(make);
