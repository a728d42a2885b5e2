// preflightConsumers as a function.
import { preflightConsumers } from '../activities/preflight-consumers.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('preflightConsumers', preflightConsumers);
export const handler = inLambda(make);
