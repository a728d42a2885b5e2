// Somebody else than keyturn made, changed or deleted an access key: people are told who, whose, and from where. Once a day it
// looks whether CloudTrail would tell of that at all.
import { shortKeyId } from '../access-key.ts';
import { findKey, reactivateCommand } from '../activities/keys.ts';
import { AccessDeniedError } from '../errors.ts';
import { type IamEvent, type KeyChange, keyChangeOf } from './iam-event.ts';
import { inLambda, type Make } from './in-lambda.ts';
import { measurement } from './metrics.ts';
import { type Notice, notify } from './notices.ts';
import type { Parts } from './parts.ts';

/** IAM's changes are recorded there, wherever the deployment is. */
export const regionOfIam = 'us-east-1';

export const keysMadeElsewhere = 'KeysMadeElsewhere';

type Event = IamEvent & { 'detail-type'?: string };

export const make: Make<Event, null> = (parts) => async (event) => {
  if (event['detail-type'] === 'Scheduled Event') await tellOfNoTrail(parts, event.account ?? '');
  else await tellOfChange(parts, event);
  return null;
};

export const handler = inLambda(make);

async function tellOfChange(parts: Parts, event: IamEvent): Promise<void> {
  const { aws, clock, deployment, log } = parts;
  const found = keyChangeOf(event);
  if (!found) return log({ level: 'INFO', message: 'no change to an access key' });
  const topic = aws.topic(deployment.KEYTURN_TOPIC);
  const { change, keyId, user, by, account } = found;
  log({
    level: 'WARN',
    message: `an access key was ${change}, not by keyturn`,
    ...found,
    ...(change === 'made'
      ? measurement([{ name: keysMadeElsewhere, value: 1, unit: 'Count' }], aws.time() ?? clock.now())
      : {}),
  });
  const isUnwanted = await mustGo(parts, found);
  const notice: Notice = {
    event: 'madeElsewhere',
    account,
    user,
    rotation: null,
    what: `${by} has ${change} ${article(change)} ${shortKeyId(keyId)} of ${user ?? 'the root user'}, not by keyturn`,
    details: { ...found },
  };
  if (!isUnwanted || user === null) return notify(topic, notice);

  // Told first: what nobody can be told of is not done (invariant 5).
  await notify(topic, {
    ...notice,
    what: `${notice.what}; it is deactivated: ${user} signs in to the console, and keyturn alone makes keys`,
    command: reactivateCommand(user, keyId),
  });
  if (findKey(await aws.keys(user), keyId)?.status === 'Active') await aws.setKeyStatus(user, keyId, 'Inactive');
}

/** Only a key that was just made, and only for somebody who has a password besides. */
async function mustGo({ aws, deployment, log }: Parts, { change, user }: KeyChange): Promise<boolean> {
  if (deployment.KEYTURN_KEYS_MADE_ELSEWHERE !== 'deactivate' || change !== 'made' || user === null) return false;
  try {
    return await aws.hasPassword(user);
  } catch (error) {
    // A user whom this deployment is not about.
    if (!(error instanceof AccessDeniedError)) throw error;
    log({ level: 'WARN', message: error.message });
    return false;
  }
}

async function tellOfNoTrail({ aws, deployment, log }: Parts, account: string): Promise<void> {
  const { recording, unclear } = await aws.trails(regionOfIam).ofIamChanges();
  log({
    level: recording.length > 0 ? 'INFO' : 'WARN',
    message: 'trails that record changes in IAM',
    recording,
    unclear,
  });
  if (recording.length > 0) return;
  const doubt = unclear.length > 0 ? `; AWS does not say whether ${unclear.join(', ')} does` : '';
  await notify(aws.topic(deployment.KEYTURN_TOPIC), {
    event: 'madeElsewhere',
    account,
    user: null,
    rotation: null,
    what: `nobody would hear of a key that is made without keyturn: no trail is known to record IAM’s changes in ${regionOfIam}${doubt}`,
    command: `aws cloudtrail describe-trails --region ${regionOfIam}`,
    details: { recording, unclear },
  });
}

function article(change: KeyChange['change']): string {
  return change === 'made' ? 'the new access key' : 'the access key';
}
