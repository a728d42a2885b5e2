// Every command about a rotation first makes sure that it speaks to the account the rotation belongs to (S9).
import type { Aws } from '../aws/contract.ts';
import type { RotationRecord } from '../engine/contract.ts';
import { RefusedError } from '../errors.ts';
import { orInterrupted } from './interruption.ts';
import type { Session } from './session.ts';

export function mustBeSameAccount({ aws, io }: Session, record: RotationRecord): Promise<void> {
  return orInterrupted(io, askedOfItsAccount(aws, record));
}

/** Throws RefusedError where AWS would answer for another account, in which a user may have the same name. */
export async function askedOfItsAccount(aws: Aws, { rotation, context: { plan } }: RotationRecord): Promise<void> {
  const caller = await aws.caller();
  if (caller.account === plan.account && caller.partition === plan.partition) return;
  throw new RefusedError(
    `these credentials belong to account ${caller.account}, rotation ${rotation} to ${plan.account}`,
    {
      hint: 'nothing was changed; run it with credentials of that account (--profile)',
    },
  );
}
