// The kinds of value that a policy file holds, each with the words for what is wrong with it. Values stay as they were
// written: what they mean is read where they are used.
import * as z from 'zod';
import { isAccessKeyId } from '../access-key.ts';
import { parseDuration } from '../duration.ts';
import { UsageError } from '../errors.ts';

/** Refuses a text for which `wrong` has words; a UsageError's hint goes along. */
function checked(error: string, wrong: (text: string) => string | UsageError | null) {
  return z.string({ error }).check((context) => {
    const found = wrong(context.value);
    if (found === null) return;
    const { message, hint } = typeof found === 'string' ? { message: found } : found;
    context.issues.push({ code: 'custom', message, input: context.value, ...(hint ? { params: { hint } } : {}) });
  });
}

function matching(pattern: RegExp, error: string) {
  return checked(error, (text) => (pattern.test(text) ? null : error)).meta({ pattern: pattern.source });
}

const written = '^(\\d+[smhdw]|P(?=[\\dT])(\\d+W|(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+S)?)?))$';

/** An age may be of any length; a wait has to fit into a plan. */
export function duration(description: string, { allowZero = false, anyLength = false } = {}) {
  return checked('is not a duration', (text) => {
    try {
      parseDuration(text, { allowZero, anyLength });
      return null;
    } catch (error) {
      if (error instanceof UsageError) return error;
      throw error;
    }
  }).meta({ description, pattern: written });
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values, description: string) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` }).meta({ description });
}

export function text(description: string) {
  return matching(/\S/, 'must be a text').meta({ description });
}

export function list<Item extends z.ZodType>(item: Item, description: string) {
  return z.array(item, { error: 'must be a list' }).meta({ description });
}

/** One text, or a list of them of which one has to match. */
export function oneOrMore(description: string) {
  const one = matching(/\S/, 'must be a text');
  const error = 'must be a text or a list of texts';
  return z.union([one, z.array(one, { error }).min(1)], { error }).meta({ description });
}

export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? undefined : 'must be a mapping of keys to values'),
  });
}

const kindAndPlace = 'must be KIND:PLACE, without a blank after the colon';

export const specs = (description: string) => list(matching(/^[a-z][a-z0-9-]*:/, kindAndPlace), description);

/** The secret may be printed only for somebody who asks for it by name. */
export const places = (description: string) =>
  list(
    checked(kindAndPlace, (place) => {
      if (/^stdout:/.test(place)) return 'stdout: prints the secret, so only --to can ask for it';
      return /^[a-z][a-z0-9-]*:/.test(place) ? null : kindAndPlace;
    }).meta({ pattern: '^(?!stdout:)[a-z][a-z0-9-]*:' }),
    description,
  );

/** IAM's own alphabet for names: no `*`, for this is one user and no pattern. */
export const userName = matching(/^[\w+=,.@-]{1,64}$/, 'must be the name of one user, not a pattern');

const keyIds = '(?!ASIA)[A-Z0-9]{16,128}';

export const keyId = checked('must be an access key id', (id) =>
  isAccessKeyId(id) ? null : 'must be an access key id, like AKIAIOSFODNN7EXAMPLE',
).meta({ pattern: `^${keyIds}$` });

const whichKeys = 'must be never, inactive, or the id of an inactive key';

export const freeSlot = checked(whichKeys, (which) =>
  ['never', 'inactive'].includes(which) || isAccessKeyId(which) ? null : whichKeys,
).meta({ pattern: `^(never|inactive|${keyIds})$` });

export const domain = matching(/^(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}$/, 'must be a domain, like example.com');

export const stateMachineArn = matching(
  /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]+$/,
  'must be the ARN of a state machine',
);

const aDay = 'must be a date like 2027-01-31';

/** A day in UTC. */
export const date = checked(aDay, (text) => (isDay(text) ? null : aDay)).meta({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });

const aMoment = 'must be a date like 2026-12-20, a moment like 2026-12-20T18:00Z or, with days, a time like 18:00';

/** A day or a moment in UTC, or a time of day. */
export const moment = checked(aMoment, (text) => (isDay(text) || isMoment(text) || isTime(text) ? null : aMoment));

export function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text);
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isMoment(text: string): boolean {
  const [, day = '', time = ''] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})Z$/.exec(text) ?? [];
  return isDay(day) && isTime(time);
}
