// What people are told, readable and structured: a text for a person, the same as JSON for a program. Never a secret, and
// never the token of a wait.
import type { Topic } from '../aws/contract.ts';
import type { Plan } from '../machine/context.ts';

export type NoticeEvent =
  | 'started'
  | 'waiting'
  | 'stillUsed'
  | 'aboutToDeactivate'
  | 'aboutToDelete'
  | 'reactivated'
  | 'rotated'
  | 'rolledBack'
  | 'refused'
  | 'stuck'
  | 'overdueButExempt'
  | 'sweep'
  | 'madeElsewhere';

export interface Notice {
  event: NoticeEvent;
  account: string;
  user: string | null;
  rotation: string | null;
  /** One sentence. */
  what: string;
  /** A command that undoes it or goes on, to copy. */
  command?: string;
  details?: Record<string, unknown>;
}

/** Rejects where the topic did not take it. */
export async function notify(topic: Topic, notice: Notice): Promise<void> {
  const { event, user, rotation, account, what, command } = notice;
  const about = user ? `${user}: ` : '';
  await topic.publish({
    // A subject is ASCII without line breaks, and at most 100 characters (SNS API Reference, Publish).
    subject: `keyturn ${event}: ${about}${what}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 100),
    text: [what, command && `to copy: ${command}`, '', JSON.stringify(notice, null, 2)]
      .filter((line) => line !== undefined)
      .join('\n'),
    attributes: { event, account, ...(user ? { user } : {}), ...(rotation ? { rotation } : {}) },
  });
}

export function aboutPlan({ account, user }: Plan, rotation: string): Pick<Notice, 'account' | 'user' | 'rotation'> {
  return { account, user, rotation };
}
