// What the places in AWS have in common: partitions and keys by the region, and failures in the places' own words.
import { expect, test } from 'vitest';
import { asFailureOf, kmsPermission, partitionOfRegion } from '../../src/consumers/place-in-aws.ts';
import { AccessDeniedError, AwsRefusalError, ConsumerError, NoSuchEntityError } from '../../src/errors.ts';

test.each([
  ['eu-west-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  [undefined, 'aws'],
])('the partition of the region %s is %s', (region, partition) => {
  expect(partitionOfRegion(region)).toBe(partition);
});

test.each([
  ['eu-west-1', 'arn:aws:kms:eu-west-1:*:key/*', ['ssm.eu-west-1.amazonaws.com']],
  [
    'cn-north-1',
    'arn:aws-cn:kms:cn-north-1:*:key/*',
    ['ssm.cn-north-1.amazonaws.com', 'ssm.cn-north-1.amazonaws.com.cn'],
  ],
  [undefined, 'arn:aws:kms:*:*:key/*', ['ssm.*.amazonaws.com']],
])('a key of one’s own is used only through the service, in %s', (region, resource, via) => {
  expect(kmsPermission('ssm', region, ['Decrypt', 'Encrypt'])).toEqual({
    actions: ['kms:Decrypt', 'kms:Encrypt'],
    resources: [resource],
    via,
  });
});

const denied = (hint?: string) => new AccessDeniedError('ssm:GetParameter is denied', { hint });

test.each([
  ['denied', denied('allow it'), 'the place: ssm:GetParameter is denied', 'allow it; see keyturn policy rotate --to'],
  ['denied without a hint', denied(), 'the place: ssm:GetParameter is denied', 'see keyturn policy rotate --to'],
  [
    'not there',
    new NoSuchEntityError('no such parameter'),
    'the place is not there: no such parameter',
    'correct the name or the region; keyturn makes no place of its own in AWS',
  ],
  ['refused', new AwsRefusalError('no', { hint: 'wait' }), 'the place: no', 'wait'],
  ['refused without a hint', new AwsRefusalError('no'), 'the place: no', undefined],
])('what is %s is the failure of that place', async (_what, cause, message, hint) => {
  const error = await asFailureOf('the place', () => Promise.reject(cause)).catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(ConsumerError);
  expect(error).toMatchObject({ message, hint, cause });
});

test.each([new ConsumerError('of its own'), new TypeError('of nobody’s')])('%s is thrown as it is', async (cause) => {
  await expect(asFailureOf('the place', () => Promise.reject(cause))).rejects.toBe(cause);
});
