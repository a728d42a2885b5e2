// An execution's input, believed as far as it may be (S28): six members, each of the right form, and nothing else.
import { isAccessKeyId } from '../access-key.ts';
import { RefusedError } from '../errors.ts';
import { type Execution, type ExecutionInput, inputKeys, isRotationId } from './contract.ts';

const forms: Record<keyof ExecutionInput, (value: unknown) => boolean> = {
  user: (value) => typeof value === 'string' && /^[\w+=,.@-]{1,64}$/.test(value),
  intent: (value) => value === 'forward' || value === 'rollBack',
  from: (value) => value === 'start' || value === 'watch',
  oldKey: isKeyId,
  newKey: isKeyId,
  rotation: isRotationId,
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

function isKeyId(value: unknown): boolean {
  return typeof value === 'string' && isAccessKeyId(value);
}
