import { describe, expect, test } from 'vitest';
import type { Permission } from '../../src/consumers/contract.ts';
import { credentialsFile } from '../../src/consumers/credentials-file.ts';
import { envFile } from '../../src/consumers/env-file.ts';
import { exec } from '../../src/consumers/exec.ts';
import {
  consumerKinds,
  givesBack,
  openConsumer,
  permissionsOf,
  resolveConsumer,
  resolveConsumers,
  runsAnywhere,
  searchPermissions,
} from '../../src/consumers/registry.ts';
import { secretsmanager } from '../../src/consumers/secretsmanager.ts';
import { ssm } from '../../src/consumers/ssm.ts';
import { stdout } from '../../src/consumers/stdout.ts';
import { UsageError } from '../../src/errors.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';

const surroundings = { cwd: '/here', home: '/home/a', env: {} };

test('every kind is listed as it calls itself', async () => {
  const kinds = [credentialsFile, envFile, exec, stdout, secretsmanager, ssm];

  const loaded = await Promise.all(consumerKinds.map(({ load }) => load()));

  expect(loaded).toEqual(kinds);
  expect(consumerKinds.map(({ kind, usage }) => ({ kind, usage }))).toEqual(
    kinds.map(({ kind, usage }) => ({ kind, usage })),
  );
});

test.each([
  ['credentials-file:default', 'pair', false],
  ['env-file:.env', 'pair', false],
  ['exec:deliver', 'id', false],
  ['stdout:', 'nothing', false],
  ['secretsmanager:app', 'pair', true],
  ['ssm:/app', 'pair', true],
])('%s gives back the %s, and is reached from everywhere: %s', (spec, back, everywhere) => {
  expect([givesBack(spec), runsAnywhere(spec)]).toEqual([back, everywhere]);
});

test('places on this machine need no permission', async () => {
  expect(await permissionsOf('credentials-file:default@/x')).toEqual([]);
  expect(await permissionsOf('stdout:')).toEqual([]);
});

test('what is in AWS needs permission, one by one and for a search through all kinds', async () => {
  const actions = (given: readonly Permission[]) => given.flatMap((one) => one.actions);

  expect(actions(await permissionsOf('ssm:/app#region=eu-west-1'))).toContain('ssm:PutParameter');
  expect(actions(await searchPermissions('eu-west-1'))).toEqual([
    'secretsmanager:BatchGetSecretValue',
    'secretsmanager:ListSecrets',
    'secretsmanager:GetSecretValue',
    'kms:Decrypt',
    'ssm:DescribeParameters',
    'ssm:GetParameters',
    'kms:Decrypt',
  ]);
});

test('resolves a spec, and opens it', async () => {
  const spec = await resolveConsumer('credentials-file:work@creds', surroundings);
  const consumer = await openConsumer(spec, replacement, consumerDeps());

  expect(spec).toBe('credentials-file:work@/here/creds');
  expect(consumer.spec).toBe('credentials-file:work@/here/creds');
});

describe('refuses', () => {
  const hint =
    'there are: credentials-file:PROFILE[@FILE], env-file:FILE[#id=NAME,secret=NAME], exec:COMMAND, stdout:, secretsmanager:SECRET[#id=PROPERTY,secret=PROPERTY], ssm:/PATH[#id=/PATH2]';

  test.each([
    ['floppy:a', 'there is no consumer kind floppy'],
    ['toString:a', 'there is no consumer kind toString'],
    ['', 'there is no consumer kind '],
    ['default', 'there is no consumer kind default'],
    ['credentials-file', 'credentials-file names no place'],
  ])('%s, and says which kinds there are', async (spec, message) => {
    const errors = [
      await resolveConsumer(spec, surroundings).catch((caught) => caught),
      await openConsumer(spec, replacement, consumerDeps()).catch((caught) => caught),
    ];

    for (const error of errors) {
      expect(error).toBeInstanceOf(UsageError);
      expect({ message: error.message, hint: error.hint }).toEqual({ message, hint });
    }
  });

  test('a place that is named twice, in whatever words', async () => {
    const specs = ['credentials-file:a', 'credentials-file:b', 'credentials-file:a@~/.aws/credentials'];

    const resolving = resolveConsumers(specs, surroundings);

    await expect(resolving).rejects.toMatchObject({
      name: 'UsageError',
      message: 'credentials-file:a@/home/a/.aws/credentials is named twice',
      hint: 'name each place once',
    });
  });
});

test('keeps the order of several specs', async () => {
  const specs = await resolveConsumers(['credentials-file:b@/x', 'credentials-file:a@/x'], surroundings);

  expect(specs).toEqual(['credentials-file:b@/x', 'credentials-file:a@/x']);
});
