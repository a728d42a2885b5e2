// deliverKey as a function.
import { deliverKey } from '../activities/deliver-key.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('deliverKey', deliverKey);
export const handler = inLambda(make);
