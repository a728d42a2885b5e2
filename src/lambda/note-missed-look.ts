// noteMissedLook as a function.
import { noteMissedLook } from '../activities/note-missed-look.ts';
import { activity } from './activity.ts';
import { inLambda } from './in-lambda.ts';

export const make = activity('noteMissedLook', noteMissedLook);
export const handler = inLambda(make);
