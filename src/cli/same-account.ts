// Every command about a rotation first makes sure that it speaks to the account the rotation belongs to (S9).
import type { RotationRecord } from '../engine/contract.ts';
import { RefusedError } from '../errors.ts';
import { orInterrupted } from './interruption.ts';
import type { Session } from './session.ts';

export async function mustBeSameAccount(
  { aws, io }: Session,
  { rotation, context: { plan } }: RotationRecord,
): Promise<void> {
  const caller = await orInterrupted(io, aws.caller());
  if (caller.account === plan.account && caller.partition === plan.partition) return;
  throw new RefusedError(
    `these credentials belong to account ${caller.account}, rotation ${rotation} to ${plan.account}`,
    {
      hint: 'nothing was changed; run it with credentials of that account (--profile)',
    },
  );
}
