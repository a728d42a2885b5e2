// What Secrets Manager asks of a rotation function: one step for one version of one secret.
import { UsageError } from '../../errors.ts';

export interface Version {
  /** The secret's ARN. */
  secret: string;
  /** The id of the new version. */
  token: string;
}

export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof steps)[number];

/** Throws UsageError on what is no such event. */
export function readEvent(event: unknown): Version & { step: Step } {
  const { Step, SecretId, ClientRequestToken } = (event ?? {}) as Record<string, unknown>;
  // The User Guide writes create_secret where the service sends createSecret.
  const name = String(Step).replace(/_s/, 'S');
  const step = steps.find((one) => one === name);
  if (step && typeof SecretId === 'string' && typeof ClientRequestToken === 'string') {
    return { step, secret: SecretId, token: ClientRequestToken };
  }
  throw new UsageError('this is no event of a rotation in Secrets Manager', {
    hint: 'nothing was changed; the function is called by Secrets Manager: aws secretsmanager rotate-secret --secret-id …',
  });
}
