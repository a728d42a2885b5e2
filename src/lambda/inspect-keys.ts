// inspectKeys as a function.
import { inspectKeys } from '../activities/inspect-keys.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('inspectKeys', inspectKeys);
export const handler = inLambda(make);
