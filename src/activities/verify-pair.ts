// Whether AWS accepts a pair, everywhere: one success proves one server, so three in a row are asked for.
import { type KeyPair, shortKeyId } from '../access-key.ts';
import { KeyNotAcceptedError } from '../errors.ts';
import type { Plan } from '../machine/context.ts';
import type { ActivityDeps } from './contract.ts';

const inARow = 3;
const limit = 60_000;

export interface Verification {
  verdict: 'accepted' | 'rejected';
  reason: string;
  attempts: number;
}

/** Signs `sts:GetCallerIdentity` with the pair until it succeeds three times in a row, for a minute at most. */
export async function verifyPair(deps: ActivityDeps, plan: Plan, pair: KeyPair): Promise<Verification> {
  const { aws, clock, signal } = deps;
  const key = shortKeyId(pair.accessKeyId);
  const start = clock.monotonic();
  let pause = 500;
  let successes = 0;

  for (let attempts = 1; ; attempts++) {
    try {
      const caller = await aws.callerAs(pair);
      if (caller.userId !== plan.userId) {
        return { verdict: 'rejected', reason: `${key} belongs to ${caller.arn}, not to ${plan.user}`, attempts };
      }
      successes += 1;
      pause = 500;
      if (successes === inARow) return { verdict: 'accepted', reason: `AWS accepts ${key}`, attempts };
    } catch (error) {
      if (!(error instanceof KeyNotAcceptedError)) throw error;
      successes = 0;
      pause = Math.min(pause * 2, 8_000);
    }
    if (clock.monotonic() - start >= limit) {
      return { verdict: 'rejected', reason: `AWS did not accept ${key} within a minute`, attempts };
    }
    await clock.sleep(pause, signal);
  }
}
