// The rotation function for Secrets Manager's own rotation of a secret: what the console's "Rotate secret immediately",
// `rotate-secret` and a schedule all come to. Each step may be called twice, and after any other was cut off.
import { verifyPair } from '../../activities/verify-pair.ts';
import { KeyturnError, RefusedError, UnexpectedStateError } from '../../errors.ts';
import { depsFor } from '../activity.ts';
import { barePlan } from '../derive-plan.ts';
import { inLambda, type Make } from '../in-lambda.ts';
import { notify } from '../notices.ts';
import type { Parts } from '../parts.ts';
import { createSecret } from './create-secret.ts';
import { finishSecret } from './finish-secret.ts';
import { makeSureOfRetirement } from './retirement.ts';
import { ownerOf, pairVersion, rotationOf } from './secret-and-owner.ts';
import { readEvent, type Step, type Version } from './version.ts';

const doers: Record<Step, (parts: Parts, version: Version) => Promise<void>> = {
  createSecret,
  // For a database this is where it learns the new password. IAM made the key itself, and knows it since createSecret.
  setSecret: async () => {},
  testSecret,
  finishSecret,
};

export const make: Make<unknown, null> = (parts) => async (event) => {
  const { step, ...version } = readEvent(event);
  try {
    const labels = await labelsOf(parts, version);
    if (!labels.includes('AWSCURRENT')) await doers[step](parts, version);
    // The step that moved the label may have ended right after it.
    else if (step === 'finishSecret') await afterMove(parts, version);
  } catch (error) {
    if (error instanceof KeyturnError) await tell(parts, step, version, error);
    throw error;
  }
  return null;
};

export const handler = inLambda(make);

/** Throws RefusedError for a version that no rotation is about. */
async function labelsOf({ aws, region }: Parts, { secret, token }: Version): Promise<readonly string[]> {
  const { stages } = await aws.secretsManager(region).describe(secret);
  const labels = stages[token] ?? [];
  if (labels.includes('AWSCURRENT') || labels.includes('AWSPENDING')) return labels;
  throw new RefusedError(`version ${token} of ${secret} is not pending`, {
    hint: 'nothing was changed; the function is called by Secrets Manager: aws secretsmanager rotate-secret --secret-id …',
  });
}

async function afterMove(parts: Parts, { secret, token }: Version): Promise<void> {
  const current = await pairVersion(parts.aws.secretsManager(parts.region), secret, { version: token });
  if (current) await makeSureOfRetirement(parts, current);
}

/** Also called for a copy of the current version, when a rotation is set up and not begun: it needs no rotation of ours. */
async function testSecret(parts: Parts, { secret, token }: Version): Promise<void> {
  const secrets = parts.aws.secretsManager(parts.region);
  const pending = await pairVersion(secrets, secret, { version: token });
  const current = await pairVersion(secrets, secret, { stage: 'AWSCURRENT' });
  if (!pending || !current) throw new UnexpectedStateError(`there is no version ${token} to be tested`);
  const plan = barePlan(parts, await ownerOf(parts, current));
  const rotation = rotationOf(current.arn, current.pair.accessKeyId);
  const deps = depsFor(parts, 'verifyNewKey', { schema: 1, rotation, intent: 'forward', plan, interruptions: [] });
  const { verdict, reason } = await verifyPair(deps, plan, pending.pair);
  if (verdict === 'accepted') return;
  throw new UnexpectedStateError(reason, { hint: 'the secret’s current version is as it was, and so is the old key' });
}

/** Secrets Manager shows of a failure that there was one; why is told here. */
async function tell(parts: Parts, step: Step, { secret }: Version, { message, hint }: KeyturnError): Promise<void> {
  const { aws, deployment, log } = parts;
  const [, , , , account = ''] = secret.split(':');
  await notify(aws.topic(deployment.KEYTURN_TOPIC), {
    event: step === 'createSecret' ? 'refused' : 'stuck',
    account,
    user: null,
    rotation: null,
    what: `${step} of ${secret}: ${message}`,
    details: { secret, step, hint },
  }).catch((error) => {
    if (!(error instanceof KeyturnError)) throw error;
    log({ level: 'WARN', message: `nobody was told of the failure: ${error.message}`, step });
  });
}
