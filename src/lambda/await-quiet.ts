// awaitQuiet as a function.
import { inLambda } from './in-lambda.ts';
import { wait } from './wait.ts';

export const make = wait('awaitQuiet', 'checkOldKeyUse', 'waiting');
export const handler = inLambda(make);
