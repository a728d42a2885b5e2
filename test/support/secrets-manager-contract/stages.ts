// UpdateSecretVersionStage: the one way to go forth and back without losing a version.
import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { refusal, type Secret, type SecretsAccount, type SecretsCase } from './account.ts';

const refusedParameter = { code: 'InvalidParameterException', status: 400 };

function move({ secrets }: SecretsAccount, { name }: Secret, VersionStage: string, from?: string, to?: string) {
  return secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: name,
      VersionStage,
      ...(from === undefined ? {} : { RemoveFromVersionId: from }),
      ...(to === undefined ? {} : { MoveToVersionId: to }),
    }),
  );
}

export const stageCases: SecretsCase[] = [
  {
    id: 'stage.forward',
    promise: 'AWSCURRENT moves to the pending version, and AWSPREVIOUS to where it was',
    check: async (account) => {
      const secret = await account.makeSecret();
      const pending = await account.put(secret, 'two', ['AWSPENDING']);

      await move(account, secret, 'AWSCURRENT', secret.versionId, pending);

      expect(await account.stages(secret)).toEqual({
        [secret.versionId]: ['AWSPREVIOUS'],
        [pending]: ['AWSCURRENT', 'AWSPENDING'],
      });
      expect(await account.value(secret)).toBe('two');
    },
  },
  {
    id: 'stage.read-after-move',
    promise: 'a read without a label follows AWSCURRENT',
    check: async (account) => {
      const secret = await account.makeSecret();
      const pending = await account.put(secret, 'two', ['AWSPENDING']);

      await move(account, secret, 'AWSCURRENT', secret.versionId, pending);

      const { SecretString } = await account.secrets.send(new GetSecretValueCommand({ SecretId: secret.name }));
      expect(SecretString).toBe('two');
    },
  },
  {
    id: 'stage.back',
    promise: 'AWSCURRENT moves back, and AWSPREVIOUS the other way',
    check: async (account) => {
      const secret = await account.makeSecret();
      const second = await account.put(secret, 'two');

      await move(account, secret, 'AWSCURRENT', second, secret.versionId);

      expect(await account.stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'], [second]: ['AWSPREVIOUS'] });
      expect(await account.value(secret)).toBe('one');
    },
  },
  {
    id: 'stage.put-after-move',
    promise: 'after a move a version put without labels takes AWSCURRENT as ever',
    check: async (account) => {
      const secret = await account.makeSecret();
      const pending = await account.put(secret, 'two', ['AWSPENDING']);
      await move(account, secret, 'AWSCURRENT', secret.versionId, pending);

      const third = await account.put(secret, 'three');

      expect(await account.stages(secret)).toEqual({
        [pending]: ['AWSPENDING', 'AWSPREVIOUS'],
        [third]: ['AWSCURRENT'],
      });
    },
  },
  {
    id: 'stage.without-remove',
    promise: 'a label that is elsewhere moves only if the version that loses it is named',
    check: async (account) => {
      const secret = await account.makeSecret();
      const pending = await account.put(secret, 'two', ['AWSPENDING']);

      const refused = await refusal(move(account, secret, 'AWSCURRENT', undefined, pending));

      expect(refused).toMatchObject(refusedParameter);
      expect(refused.message).toContain(secret.versionId);
      expect(await account.value(secret)).toBe('one');
    },
  },
  {
    id: 'stage.wrong-remove',
    promise: 'and only if it is named rightly: what somebody else moved meanwhile stays where it is',
    check: async (account) => {
      const secret = await account.makeSecret();
      const second = await account.put(secret, 'two');
      const third = await account.put(secret, 'three', ['AWSPENDING']);

      const refused = await refusal(move(account, secret, 'AWSCURRENT', secret.versionId, third));

      expect(refused).toMatchObject(refusedParameter);
      expect(await account.stages(secret)).toEqual({
        [secret.versionId]: ['AWSPREVIOUS'],
        [second]: ['AWSCURRENT'],
        [third]: ['AWSPENDING'],
      });
    },
  },
  {
    id: 'stage.unknown-version',
    promise: 'no label moves to a version that does not exist',
    check: async (account) => {
      const secret = await account.makeSecret();

      const refused = await refusal(move(account, secret, 'AWSCURRENT', secret.versionId, randomUUID()));

      expect(refused).toMatchObject({ status: 400 });
      expect(await account.value(secret)).toBe('one');
    },
  },
  {
    id: 'stage.add',
    promise: 'a label that is nowhere yet is added to a version',
    check: async (account) => {
      const secret = await account.makeSecret();

      await move(account, secret, 'blessed', undefined, secret.versionId);

      expect(await account.stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT', 'blessed'] });
    },
  },
  {
    id: 'stage.remove',
    promise: 'a label is taken away',
    check: async (account) => {
      const secret = await account.makeSecret();
      const pending = await account.put(secret, 'two', ['AWSPENDING']);

      await move(account, secret, 'AWSPENDING', pending);

      expect(await account.stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'stage.remove-current',
    promise: 'AWSCURRENT cannot be taken away',
    check: async (account) => {
      const secret = await account.makeSecret();

      const refused = await refusal(move(account, secret, 'AWSCURRENT', secret.versionId));

      expect(refused).toMatchObject(refusedParameter);
      expect(await account.value(secret)).toBe('one');
    },
  },
];
