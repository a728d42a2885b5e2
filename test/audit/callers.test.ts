// Who called, put together from CloudTrail's events: networks, programs and the rest.
import { describe, expect, test } from 'vitest';
import { agentFamily } from '../../src/audit/agent-family.ts';
import { createCallers, networkOf } from '../../src/audit/callers.ts';
import type { TrailEvent } from '../../src/aws/contract.ts';

const event: TrailEvent = {
  id: 'e',
  at: '2026-12-06T10:00:00Z',
  name: 'DescribeInstances',
  source: 'ec2.amazonaws.com',
  region: 'eu-west-1',
  by: 'arn:aws:iam::123456789012:user/alice',
  session: null,
  keyId: 'AKIAIOSFODNN7EXAMPLE',
  from: '203.0.113.7',
  agent: 'aws-cli/2.32.0 md/awscrt#0.27 ua/2.1',
  error: null,
  request: {},
  response: {},
};

function callersOf(...events: Partial<TrailEvent>[]) {
  const callers = createCallers();
  for (const one of events) callers.add({ ...event, ...one });
  return callers.list();
}

test('calls of one program from one network are one caller, with their time, number and refusals', () => {
  const callers = callersOf(
    { at: '2026-12-06T10:00:00Z', from: '203.0.113.7' },
    { at: '2026-12-05T10:00:00Z', from: '203.0.113.250', error: 'UnauthorizedOperation' },
    { at: '2026-12-01T10:00:00Z', from: '203.0.113.8', agent: 'aws-cli/1.44.0 Python/3.12 Botocore/1.42' },
  );

  expect(callers).toEqual([
    {
      source: '203.0.113.0/24',
      agent: 'aws-cli',
      service: 'ec2',
      region: 'eu-west-1',
      role: null,
      first: '2026-12-01T10:00:00Z',
      last: '2026-12-06T10:00:00Z',
      count: 3,
      errors: 1,
    },
  ]);
});

test.each<[string, Partial<TrailEvent>]>([
  ['network', { from: '203.0.114.7' }],
  ['program', { agent: 'Boto3/1.42.0' }],
  ['service', { source: 'rds.amazonaws.com' }],
  ['region', { region: 'us-east-1' }],
])('another %s is another caller', (_, other) => {
  expect(callersOf({}, other).map(({ count }) => count)).toEqual([1, 1]);
});

test('each role that sessions were asked for is a caller of its own; roles in other calls are not', () => {
  const roleArn = 'arn:aws:iam::123456789012:role/deploy';
  const sts = { source: 'sts.amazonaws.com', name: 'AssumeRole' };

  const callers = callersOf(
    { ...sts, request: { roleArn } },
    { ...sts, request: { roleArn: 'arn:aws:iam::123456789012:role/read' } },
    { name: 'AssumeRole', request: { roleArn } },
    { ...sts, request: { roleArn: 7 } },
  );

  expect(callers.map(({ role }) => role)).toEqual([roleArn, 'arn:aws:iam::123456789012:role/read', null, null]);
});

test('who called last comes first, and of those who did at once, who called more', () => {
  const callers = callersOf(
    { region: 'us-east-2', at: '2026-12-01T00:00:00Z' },
    { region: 'eu-west-1', at: '2026-12-03T00:00:00Z' },
    { region: 'us-east-1', at: '2026-12-03T00:00:00Z' },
    { region: 'us-east-1', at: '2026-12-02T00:00:00Z' },
  );

  expect(callers.map(({ region }) => region)).toEqual(['us-east-1', 'eu-west-1', 'us-east-2']);
});

describe('the network of', () => {
  test.each([
    ['198.51.100.255', '198.51.100.0/24'],
    ['2001:db8:7:1::1', '2001:db8:7::/48'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::/48'],
    ['2001:db8::1', '2001:db8::/48'],
    ['2001::7:0:0:0:0:1', '2001:0:7::/48'],
    ['::1', '::/48'],
    ['::ffff:198.51.100.9', '198.51.100.0/24'],
    ['cloudformation.amazonaws.com', 'cloudformation.amazonaws.com'],
    ['AWS Internal', 'AWS Internal'],
    ['', 'unknown'],
    [null, 'unknown'],
  ])('%s is %s', (from, network) => {
    expect(networkOf(from)).toBe(network);
  });
});

describe('the program of', () => {
  test.each([
    ['aws-cli/2.32.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 md/command#s3.ls', 'aws-cli'],
    ['[aws-cli/1.16.1 Python/2.7 Linux/4.14 botocore/1.11]', 'aws-cli'],
    ['Boto3/1.42.0 md/Botocore#1.42.0 ua/2.1 os/linux', 'boto3'],
    ['Boto3/1.9.1 Python/3.6.5 Linux/4.4 Botocore/1.12.1', 'boto3'],
    ['Botocore/1.42.0 Python/3.12', 'botocore'],
    ['aws-sdk-js/3.1160.0 ua/2.1 os/linux lang/js md/nodejs#24 api/ec2#3.1160.0', 'aws-sdk-js'],
    ['aws-sdk-nodejs/2.1692.0 linux/v18 promise', 'aws-sdk-js'],
    ['aws-sdk-js/3.1160.0 ua/2.1 os/linux lang/js keyturn/0.1.0', 'keyturn'],
    [
      'APN/1.0 HashiCorp/1.0 Terraform/1.13.0 (+https://www.terraform.io) terraform-provider-aws/6.20 aws-sdk-go-v2/1.39',
      'terraform',
    ],
    ['APN/1.0 Pulumi/1.0 PulumiAws/7.0 aws-sdk-go-v2/1.39', 'pulumi'],
    ['aws-sdk-go/1.55.0 (go1.23; linux; amd64)', 'aws-sdk-go'],
    ['aws-sdk-go-v2/1.39.0 os/linux lang/go', 'aws-sdk-go'],
    ['aws-sdk-java/2.35.0 Linux/6.8 OpenJDK_64-Bit_Server_VM', 'aws-sdk-java'],
    ['aws-sdk-ruby3/3.230.0 ua/2.1', 'aws-sdk-ruby'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'console'],
    ['[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12]', 'console'],
    ['console.amazonaws.com', 'console'],
    ['Mozilla/5.0 (Windows NT; en-US) WindowsPowerShell/5.1 AWSPowerShell.Common/5.0', 'aws-tools-powershell'],
    ['cloudformation.amazonaws.com', 'cloudformation.amazonaws.com'],
    ['AWS Internal', 'AWS Internal'],
    ['rclone/v1.71.0', 'rclone'],
    ['curl/8.5.0', 'curl'],
    ['', 'unknown'],
    [null, 'unknown'],
  ])('%s is %s', (agent, family) => {
    expect(agentFamily(agent)).toBe(family);
  });

  test('S36 an agent that would steer a terminal is not known by what it says', () => {
    expect(agentFamily('\u001b[2Jevil/1.0')).toBe('unknown');
    expect(agentFamily('nice\u202egpj/1.0')).toBe('unknown');
    expect(agentFamily(`${'x'.repeat(500)}/1.0`)).toBe('unknown');
  });
});
