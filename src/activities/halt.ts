// Kill switch and blackouts (S34). They hold up only what leads towards deletion: nothing on the way back asks here (S1).
import { instant } from '../clock.ts';
import { UnexpectedStateError } from '../errors.ts';
import type { RotationContext } from '../machine/context.ts';
import { awsTime } from './aws-time.ts';
import type { ActivityDeps, Halt } from './contract.ts';

/** Null where all is clear, and where nobody set anything up. */
export async function haltOf(deps: ActivityDeps, { plan }: RotationContext): Promise<Halt | null> {
  return (await deps.halted?.(plan, awsTime(deps))) ?? null;
}

/** Asked right before a change. Throws UnexpectedStateError: this step has changed nothing. */
export async function mustNotBeHalted(deps: ActivityDeps, context: RotationContext): Promise<void> {
  const halt = await haltOf(deps, context);
  if (!halt) return;
  throw new UnexpectedStateError(`nothing may be changed now: ${halt.reason}`, {
    hint: `every key is as it was; keyturn resume ${context.rotation} goes on, not before ${instant(halt.until)}`,
  });
}
