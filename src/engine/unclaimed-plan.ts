// What can be said of a rotation's plan before claimUser has made one: whose key it is about, where, and nothing else.
import { isAccessKeyId } from '../access-key.ts';
import type { ExecutionFacts } from '../aws/contract.ts';
import { instant, timeOf } from '../clock.ts';
import type { Plan } from '../machine/context.ts';

export function unclaimedPlan({ arn, name, input, startedAt }: ExecutionFacts): Plan {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const named = name.replace(/-\d+$/, '');
  return {
    account,
    partition,
    region,
    user: text(input?.user) ?? '',
    userId: '',
    oldKey: text(input?.oldKey) ?? (isAccessKeyId(named) ? named : null),
    newKey: text(input?.newKey),
    keysAtStart: [],
    consumers: [],
    quietFor: 0,
    grace: 0,
    watchLimit: 0,
    probeEvery: 0,
    probes: [],
    freeSlot: 'never',
    minAge: 0,
    allowSmtp: false,
    unproven: 'ask',
    vault: 'secretsmanager',
    from: input?.from === 'watch' ? 'watch' : 'start',
    startedAt: instant(timeOf(startedAt)),
    overrides: [],
  };
}
