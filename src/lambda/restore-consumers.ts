// restoreConsumers as a function.
import { restoreConsumers } from '../activities/restore-consumers.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('restoreConsumers', restoreConsumers);
export const handler = inLambda(make);
