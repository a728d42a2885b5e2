// A wait as a function: people are told how long and why, and the wait itself needs nobody. The token that answers it stays in
// the history, where keyturn reads it, and goes nowhere else.
import { KeyturnError } from '../errors.ts';
import type { OutputsWithDeadline, ParkName } from '../machine/context.ts';
import { contextOf } from './context-of.ts';
import type { ParkMessage } from './contract.ts';
import type { Make } from './in-lambda.ts';
import { aboutPlan, type NoticeEvent, notify } from './notices.ts';

/** That nobody could be told does not end the wait: whatever is dangerous after it is announced by itself. */
export function wait(name: ParkName, deadline: OutputsWithDeadline, event: NoticeEvent): Make<ParkMessage, null> {
  return ({ aws, deployment, log }) =>
    async ({ context: state }) => {
      const { plan, rotation, [deadline]: judged, [name]: before } = contextOf(state);
      const { until = '', reason = '' } = judged ?? {};
      const isUsed =
        judged && 'watchedFrom' in judged && judged.lastUsedAt !== null && judged.lastUsedAt > judged.watchedFrom;
      // The same wait may be begun hundreds of times; once is enough, unless there is something new to tell.
      if (before && !isUsed) return null;
      const what = `${reason}; waiting until ${until}`;
      const details = isUsed
        ? { lastUsedAt: judged.lastUsedAt, service: judged.lastUsedService, region: judged.lastUsedRegion }
        : {};
      await notify(aws.topic(deployment.KEYTURN_TOPIC), {
        event: isUsed ? 'stillUsed' : event,
        ...aboutPlan(plan, rotation),
        what,
        command: `keyturn status ${rotation} --engine stepfunctions`,
        details: { state: name, until, ...details },
      }).catch((error) => {
        if (!(error instanceof KeyturnError)) throw error;
        log({ level: 'WARN', message: `nobody was told of the wait: ${error.message}`, rotation });
      });
      return null;
    };
}
