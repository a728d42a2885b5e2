// The list of differences against the emulator that has them: what is no longer true has to come off it.
import { readFile } from 'node:fs/promises';
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientFor, type Emulator, makeUser, startMiniStack } from '../emulators/servers.ts';
import { differences } from './differences.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startMiniStack();
}, 90_000);

afterAll(() => emulator?.close());

test('every difference that is mended is listed, with its reason', async () => {
  const text = await readFile(new URL('mended-ministack.py', import.meta.url), 'utf8');
  const mended = [...text.matchAll(/^# ([a-z-]+(?:, [a-z-]+)*)(?:: .*)?$/gm)].flatMap(([, ids = '']) =>
    ids.split(', '),
  );

  expect(mended.sort()).toEqual(differences.map(({ id }) => id).sort());
});

test('client-request-token: unmended, the first version of a secret is called otherwise', async () => {
  const token = 'a2f4e7c0-1111-4222-8333-444455556666';
  const secrets = new SecretsManagerClient(clientFor(emulator));

  const { VersionId } = await secrets.send(
    new CreateSecretCommand({ Name: 'some/secret', SecretString: 'x', ClientRequestToken: token }),
  );

  expect(VersionId).toMatch(/^[\da-f-]{36}$/);
  expect(VersionId).not.toBe(token);
});

test('user-arn: unmended, a permission on users below a path allows nothing', async () => {
  const allow = [{ Action: 'iam:GetUser', Resource: `arn:aws:iam::${emulator.account}:user/machines/*` }];
  const [pair] = await makeUser(emulator, { name: 'alice', path: '/machines/', allow });

  const asked = new IAMClient(clientFor(emulator, pair)).send(new GetUserCommand({ UserName: 'alice' }));

  await expect(asked).rejects.toMatchObject({ name: 'AccessDenied' });
});
