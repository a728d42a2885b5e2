// reactivateKey as a function. Nothing of ours may block it (S1): it is told afterwards, and whether that succeeds changes
// nothing.
import { reactivateKey } from '../activities/reactivate-key.ts';
import { KeyturnError } from '../errors.ts';
import type { Outputs } from '../machine/context.ts';
import { activity } from './activity.ts';
import { contextOf } from './context-of.ts';
import type { ExecutionState } from './contract.ts';
import { inLambda, type Make } from './in-lambda.ts';
import { aboutPlan, notify } from './notices.ts';

const reactivate = activity('reactivateKey', reactivateKey);

export const make: Make<ExecutionState, Outputs['reactivateKey']> = (parts) => async (state) => {
  const output = await reactivate(parts)(state);
  const { plan, rotation } = contextOf(state);
  if (output.changed) {
    const notice = {
      event: 'reactivated' as const,
      ...aboutPlan(plan, rotation),
      what: `${plan.oldKey} is active again`,
    };
    await notify(parts.aws.topic(parts.deployment.KEYTURN_TOPIC), notice).catch((error) => {
      if (!(error instanceof KeyturnError)) throw error;
      parts.log({ level: 'WARN', message: `nobody was told of the reactivation: ${error.message}`, rotation });
    });
  }
  return output;
};

export const handler = inLambda(make);
