// The alarm probe against an embedded AWS: what each state means, and what cannot be looked at.
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { UsageError } from '../../src/errors.ts';
import { actionsOfProbe, openProbe, resolveProbe, showProbe } from '../../src/probes/registry.ts';
import type { Credentials } from '../../src/sandbox/index.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

const near = { cwd: '/', env: {}, region: 'eu-west-1' };

async function open(state?: StateValue) {
  const opened = await openSandbox();
  const cloudwatch = opened.connect(CloudWatchClient);
  const shop = { AlarmName: 'shop @ night', EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
  await cloudwatch.send(new PutMetricAlarmCommand({ ...shop, Namespace: 'Shop', MetricName: 'Errors', Threshold: 1 }));
  if (state) {
    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: shop.AlarmName, StateValue: state, StateReason: 'for a test' }),
    );
  }
  const lookAs = async (
    { accessKeyId, secretAccessKey }: Credentials,
    spec = 'alarm:shop @ night@eu-west-1',
    signal?: AbortSignal,
  ) => {
    const aws = createAws({
      clock: opened.clock,
      version: '0.0.0-test',
      endpointUrl: opened.sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    });
    const probe = await openProbe(spec, { clock: opened.clock, aws, env: {}, ...(signal && { signal }) });
    return probe.look();
  };
  const look = (spec?: string, signal?: AbortSignal) => lookAs(opened.sandbox.credentials, spec, signal);
  return { ...opened, look, lookAs };
}

test.each([
  ['OK', 'pass', 'shop @ night is OK'],
  ['ALARM', 'fail', 'shop @ night is in ALARM'],
  ['INSUFFICIENT_DATA', 'noData', 'shop @ night is INSUFFICIENT_DATA'],
] as const)('S18 an alarm in the state %s is a %s', async (state, verdict, detail) => {
  const { look } = await open(state);

  expect(await look()).toEqual({ verdict, detail });
});

test('S18 an alarm that is not there, or not in that region, has no data', async () => {
  const { look } = await open('OK');

  expect(await look('alarm:shop@eu-west-1')).toEqual({ verdict: 'noData', detail: 'there is no alarm shop' });
  expect((await look('alarm:shop @ night@eu-west-2')).verdict).toBe('noData');
});

test('S18 an alarm that may not be looked at, or that nobody answers for, has no data', async () => {
  const { sandbox, lookAs, look, userWith } = await open('OK');
  const { key } = userWith('alice');

  expect(await lookAs(key)).toEqual({
    verdict: 'noData',
    detail: 'shop @ night could not be looked at (cloudwatch:DescribeAlarms is not allowed)',
  });
  sandbox.account.setStatus(key.accessKeyId, 'Inactive');
  expect(await lookAs(key)).toEqual({
    verdict: 'noData',
    detail: 'shop @ night could not be looked at (KeyNotAcceptedError)',
  });
  sandbox.fault({ operation: 'DescribeAlarms', call: 'every', kind: 'garbage' });
  expect((await look()).verdict).toBe('noData');
});

test('the permission that the probe names is enough', async () => {
  const { lookAs, userWith } = await open('OK');
  const { key } = userWith('alice', {
    Effect: 'Allow',
    Action: [...actionsOfProbe('alarm:shop@eu-west-1')],
    Resource: '*',
  });

  expect((await lookAs(key)).verdict).toBe('pass');
});

test('a look is given up at once when the person wants to stop', async () => {
  const { sandbox, look } = await open('OK');
  sandbox.fault({ operation: 'DescribeAlarms', call: 1, kind: 'noAnswer' });
  const stop = new AbortController();
  sandbox.onRequest(({ operation }) => {
    if (operation === 'DescribeAlarms') stop.abort(new Error('enough'));
  });

  await expect(look(undefined, stop.signal)).rejects.toThrow('enough');
  await expect(look(undefined, stop.signal)).rejects.toThrow('enough');
});

test('the region is pinned when the plan is made: the one that is named, or the one nearby', () => {
  expect(resolveProbe('alarm:shop', near)).toBe('alarm:shop@eu-west-1');
  expect(resolveProbe('alarm:shop@us-gov-west-1', near)).toBe('alarm:shop@us-gov-west-1');
  expect(resolveProbe('alarm:shop@night', near)).toBe('alarm:shop@night@eu-west-1');
  expect(showProbe('alarm:shop@eu-west-1')).toBe('alarm:shop@eu-west-1');
});

test.each([
  ['alarm:', near, 'an alarm probe needs the name of an alarm', 'like alarm:shop-errors@eu-west-1'],
  [
    'alarm:shop',
    { cwd: '/', env: {} },
    'in which region is alarm:shop?',
    'give --region or AWS_REGION, set the profile’s region, or write alarm:shop@eu-west-1',
  ],
])('%s is refused where something is missing', (spec, surroundings, message, hint) => {
  const resolved = () => resolveProbe(spec, surroundings);

  expect(resolved).toThrow(UsageError);
  expect(resolved).toThrow(expect.objectContaining({ message, hint }));
});
