// awaitGrace as a function.
import { inLambda } from './in-lambda.ts';
import { wait } from './wait.ts';

export const make = wait('awaitGrace', 'checkHealth', 'waiting');
export const handler = inLambda(make);
