// freeSlot as a function.
import { freeSlot } from '../activities/free-slot.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('freeSlot', freeSlot);
export const handler = inLambda(make);
