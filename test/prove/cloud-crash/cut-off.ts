// A function that ends without an answer: at the given request nothing of it happens any more, or that request still happens
// and nobody hears of it. Whatever it would have asked after that neither happens nor is answered.
import { mortal } from '../../support/mortal.ts';
import type { Call, Scene } from './scene.ts';

export type When = 'before' | 'in' | 'after';

export interface Cut {
  /** Which of its requests, counted from 1. */
  request: number;
  /** `after`: once all its requests have been answered. */
  when: When;
  /** How Step Functions hears of it. */
  how: 'timedOut' | 'died';
}

/** Rejects as Step Functions is told, also where the function is done before it comes to that request. */
export async function runCutOff({ cloud }: Scene, call: Call, { request, when, how }: Cut): Promise<never> {
  const { sandbox, clock } = cloud;
  const life = mortal();
  const { functions, accessKeyId } = cloud.environment(life.bound(clock));
  if (when !== 'after') {
    let applied = 0;
    sandbox.fault({ operation: '*', accessKeyId, kind: 'noAnswer', call: when === 'in' ? request : () => false });
    sandbox.fault({
      operation: '*',
      accessKeyId,
      kind: 'noAnswer',
      applied: false,
      call: (number) => {
        if (number < request) return false;
        life.end();
        return true;
      },
    });
    sandbox.onRequest(({ phase, principal }) => {
      if (phase !== 'after' || principal?.accessKeyId !== accessKeyId) return;
      applied += 1;
      if (when === 'in' && applied === request) life.end();
    });
  }
  const done = Promise.resolve(functions[call.name](call.event, call.context)).catch(() => {});

  await Promise.race([done, life.ended]);
  life.end();
  if (how === 'died')
    throw lost('Lambda.Unknown', 'The cause could not be determined because Lambda did not return an error type.');
  await clock.sleep(timeLimit);
  throw lost('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 300.00 seconds');
}

const timeLimit = 300_000;

function lost(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
