// An execution's input, believed as far as it may be (S28): six members, each of the right form, and nothing else.
import { createHash } from 'node:crypto';
import { isAccessKeyId } from '../access-key.ts';
import { instant, timeOf } from '../clock.ts';
import { RefusedError } from '../errors.ts';
import { type Execution, type ExecutionInput, inputKeys } from './contract.ts';

const forms: Record<keyof ExecutionInput, (value: unknown) => boolean> = {
  user: (value) => typeof value === 'string' && /^[\w+=,.@-]{1,64}$/.test(value),
  intent: (value) => value === 'forward' || value === 'rollBack',
  from: (value) => value === 'start' || value === 'watch',
  oldKey: isKeyId,
  newKey: isKeyId,
  rotation: (value) => typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(value),
};

/** Throws RefusedError on whatever it may not be; then nothing was looked at, and nothing changed. */
export function inputOf({ input }: Execution): ExecutionInput {
  const refuse = (what: string) =>
    new RefusedError(`this execution's input ${what}`, {
      hint: `nothing was changed; {"user": "alice"} is enough, and there may be ${inputKeys.join(', ')}`,
    });
  for (const [name, value] of Object.entries(input)) {
    const form = forms[name as keyof ExecutionInput];
    if (!form) throw refuse('holds more than it may');
    if (!form(value)) throw refuse(`has a ${name} that is none`);
  }
  const believed = input as unknown as ExecutionInput;
  if (believed.user === undefined) throw refuse('names no user');
  if (believed.from === 'watch' && !(believed.oldKey && believed.newKey)) {
    throw refuse('names no oldKey and newKey, which the second half alone needs');
  }
  if (believed.newKey && believed.from !== 'watch') throw refuse('names a newKey, and from is not watch');
  return believed;
}

/**
 * The rotation that this execution is about: the one it goes on with, or one of its own, the same at every call and to whoever
 * only sees the execution in a list, where its start is written in another way.
 */
export function rotationOf({ id, startTime, input }: Execution): string {
  const { rotation } = input;
  if (forms.rotation(rotation)) return rotation as string;
  const begun = instant(timeOf(startTime));
  return `sfn-${createHash('sha256').update(`${id} ${begun}`).digest('hex').slice(0, 20)}`;
}

function isKeyId(value: unknown): boolean {
  return typeof value === 'string' && isAccessKeyId(value);
}
