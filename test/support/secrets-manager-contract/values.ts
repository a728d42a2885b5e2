// CreateSecret, GetSecretValue, PutSecretValue and UpdateSecret.
import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { refusal, type SecretsCase } from './account.ts';

const notFound = { code: 'ResourceNotFoundException' };

export const valueCases: SecretsCase[] = [
  {
    id: 'create.first-version',
    promise: 'the token becomes the id of the first version, which is AWSCURRENT, and the ARN ends in six characters',
    check: async ({ id, secrets, newName }) => {
      const name = newName('app/key');
      const token = randomUUID();

      const made = await secrets.send(
        new CreateSecretCommand({ Name: name, SecretString: '{"a":1}', ClientRequestToken: token }),
      );
      const read = await secrets.send(new GetSecretValueCommand({ SecretId: name }));

      expect(made).toMatchObject({ Name: name, VersionId: token });
      expect(made.ARN?.slice(0, -6)).toBe(`arn:aws:secretsmanager:us-east-1:${id}:secret:${name}-`);
      expect(made.ARN?.slice(-6)).toMatch(/^[A-Za-z0-9]{6}$/);
      expect(read).toMatchObject({
        ARN: made.ARN,
        Name: name,
        VersionId: token,
        SecretString: '{"a":1}',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: expect.any(Date),
      });
      expect(read.SecretBinary).toBeUndefined();
    },
  },
  {
    id: 'create.same-token',
    promise: 'the same token with the same value creates nothing a second time',
    check: async ({ secrets, newName, stages }) => {
      const name = newName();
      const command = { Name: name, SecretString: 'one', ClientRequestToken: randomUUID() };

      const first = await secrets.send(new CreateSecretCommand(command));
      const second = await secrets.send(new CreateSecretCommand(command));

      expect(second).toMatchObject({ ARN: first.ARN, VersionId: first.VersionId });
      expect(await stages({ name, arn: '', versionId: '' })).toEqual({ [command.ClientRequestToken]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'create.same-token-other-value',
    promise: 'the same token with another value is refused',
    check: async ({ secrets, newName }) => {
      const command = { Name: newName(), ClientRequestToken: randomUUID() };
      await secrets.send(new CreateSecretCommand({ ...command, SecretString: 'one' }));

      const refused = await refusal(secrets.send(new CreateSecretCommand({ ...command, SecretString: 'two' })));

      expect(refused).toMatchObject({ code: 'ResourceExistsException', status: 400 });
    },
  },
  {
    id: 'create.exists',
    promise: 'a second secret of the same name is refused',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();

      const refused = await refusal(secrets.send(new CreateSecretCommand({ Name: name, SecretString: 'two' })));

      expect(refused).toMatchObject({ code: 'ResourceExistsException', status: 400 });
      expect(refused.message).toBe(`The operation failed because the secret ${name} already exists.`);
    },
  },
  {
    id: 'create.short-token',
    promise: 'a token of fewer than 32 characters is refused',
    check: async ({ secrets, newName }) => {
      const command = { Name: newName(), SecretString: 'one', ClientRequestToken: 'short' };

      const refused = await refusal(secrets.send(new CreateSecretCommand(command)));

      expect(refused).toMatchObject({ status: 400 });
    },
  },
  {
    id: 'create.name-characters',
    promise: 'a name may hold letters, digits and /_+=.@- and no others',
    check: async ({ secrets, newName }) => {
      const Name = newName('A/b_c+d=e.f@g');

      await secrets.send(new CreateSecretCommand({ Name, SecretString: 'one' }));
      const refused = await refusal(secrets.send(new CreateSecretCommand({ Name: 'two words', SecretString: 'one' })));

      expect((await secrets.send(new GetSecretValueCommand({ SecretId: Name }))).SecretString).toBe('one');
      expect(refused).toMatchObject({ status: 400 });
    },
  },
  {
    id: 'get.arn',
    promise: 'a secret is found by its name, its ARN, and its ARN without the last six characters',
    check: async ({ secrets, makeSecret }) => {
      const { name, arn } = await makeSecret();

      for (const SecretId of [name, arn, arn.slice(0, -7)]) {
        const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
        expect(SecretString, SecretId).toBe('one');
      }
    },
  },
  {
    id: 'get.unknown',
    promise: 'a secret that does not exist is not found',
    check: async ({ secrets }) => {
      const refused = await refusal(secrets.send(new GetSecretValueCommand({ SecretId: 'nothing' })));

      expect(refused).toMatchObject({ ...notFound, message: "Secrets Manager can't find the specified secret." });
    },
  },
  {
    id: 'get.no-version',
    promise: 'a secret without a value has none to read',
    check: async ({ secrets, newName }) => {
      const name = newName();
      await secrets.send(new CreateSecretCommand({ Name: name }));

      const refused = await refusal(secrets.send(new GetSecretValueCommand({ SecretId: name })));

      expect(refused).toMatchObject(notFound);
    },
  },
  {
    id: 'get.unknown-stage',
    promise: 'a label that no version has finds nothing',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();
      const command = new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSPENDING' });

      expect(await refusal(secrets.send(command))).toMatchObject(notFound);
    },
  },
  {
    id: 'get.unknown-version',
    promise: 'an id that no version has finds nothing',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();
      const command = new GetSecretValueCommand({ SecretId: name, VersionId: randomUUID() });

      expect(await refusal(secrets.send(command))).toMatchObject(notFound);
    },
  },
  {
    id: 'get.version-and-stage',
    promise: 'version and label together must mean the same version',
    check: async ({ secrets, makeSecret, put }) => {
      const secret = await makeSecret();
      const pending = await put(secret, 'two', ['AWSPENDING']);
      const read = (VersionStage: string) =>
        secrets.send(new GetSecretValueCommand({ SecretId: secret.name, VersionId: pending, VersionStage }));

      expect(await read('AWSPENDING')).toMatchObject({ SecretString: 'two', VersionStages: ['AWSPENDING'] });
      expect(await refusal(read('AWSCURRENT'))).toMatchObject({ code: 'InvalidRequestException' });
    },
  },
  {
    id: 'put.binary',
    promise: 'a binary value comes back byte for byte, and not as text',
    check: async ({ secrets, makeSecret }) => {
      const { name } = await makeSecret();
      const SecretBinary = new Uint8Array([0, 255, 10, 128]);

      await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretBinary }));
      const read = await secrets.send(new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSCURRENT' }));

      expect([...(read.SecretBinary ?? [])]).toEqual([0, 255, 10, 128]);
      expect(read.SecretString).toBeUndefined();
    },
  },
  {
    id: 'put.moves-current',
    promise: 'a version put without labels is AWSCURRENT, and the former one AWSPREVIOUS',
    check: async ({ makeSecret, put, stages, value }) => {
      const secret = await makeSecret();

      const second = await put(secret, 'two');

      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
      expect(await value(secret)).toBe('two');
      expect(await value(secret, 'AWSPREVIOUS')).toBe('one');
    },
  },
  {
    id: 'put.third',
    promise: 'the version before the last loses its label',
    check: async ({ secrets, makeSecret, put, stages }) => {
      const secret = await makeSecret();

      const second = await put(secret, 'two');
      const third = await put(secret, 'three');
      const oldest = await secrets.send(
        new GetSecretValueCommand({ SecretId: secret.name, VersionId: secret.versionId }),
      );

      expect(await stages(secret)).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
      expect(oldest).toMatchObject({ SecretString: 'one' });
      expect(oldest.VersionStages ?? []).toEqual([]);
    },
  },
  {
    id: 'put.pending',
    promise: 'a version put as AWSPENDING leaves AWSCURRENT where it is',
    check: async ({ makeSecret, put, stages, value }) => {
      const secret = await makeSecret();

      const pending = await put(secret, 'two', ['AWSPENDING']);

      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'], [pending]: ['AWSPENDING'] });
      expect(await value(secret)).toBe('one');
    },
  },
  {
    id: 'put.pending-again',
    promise: 'a second version put as AWSPENDING takes the label from the first',
    check: async ({ makeSecret, put, stages }) => {
      const secret = await makeSecret();

      await put(secret, 'two', ['AWSPENDING']);
      const later = await put(secret, 'three', ['AWSPENDING']);

      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'], [later]: ['AWSPENDING'] });
    },
  },
  {
    id: 'put.first-is-current',
    promise: 'the first version of a secret is AWSCURRENT whatever labels it is given',
    check: async ({ secrets, newName, put, stages }) => {
      const name = newName();
      const { ARN: arn = '' } = await secrets.send(new CreateSecretCommand({ Name: name }));
      const secret = { name, arn, versionId: '' };

      const first = await put(secret, 'one', ['AWSPENDING']);

      expect(await stages(secret)).toEqual({ [first]: ['AWSCURRENT', 'AWSPENDING'] });
    },
  },
  {
    id: 'put.same-token',
    promise: 'the same token with the same value is ignored, and no label moves',
    check: async ({ secrets, makeSecret, put, stages }) => {
      const secret = await makeSecret();
      const second = await put(secret, 'two');

      const again = await secrets.send(
        new PutSecretValueCommand({
          SecretId: secret.name,
          SecretString: 'one',
          ClientRequestToken: secret.versionId,
        }),
      );

      expect(again.VersionId).toBe(secret.versionId);
      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'put.same-token-current',
    promise: 'the value that is AWSCURRENT, put once more with its token, stays AWSCURRENT',
    check: async ({ secrets, makeSecret, stages }) => {
      const secret = await makeSecret();
      const command = { SecretId: secret.name, SecretString: 'one', ClientRequestToken: secret.versionId };

      await secrets.send(new PutSecretValueCommand(command));

      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'put.same-token-other-value',
    promise: 'the same token with another value is refused: a version never changes',
    check: async ({ secrets, makeSecret, value }) => {
      const secret = await makeSecret();
      const command = { SecretId: secret.name, SecretString: 'two', ClientRequestToken: secret.versionId };

      const refused = await refusal(secrets.send(new PutSecretValueCommand(command)));

      expect(refused).toMatchObject({ code: 'ResourceExistsException', status: 400 });
      expect(await value(secret)).toBe('one');
    },
  },
  {
    id: 'put.same-token-other-value-pending',
    promise: 'nor does one that is AWSPENDING',
    check: async ({ secrets, makeSecret, put, value }) => {
      const secret = await makeSecret();
      const ClientRequestToken = await put(secret, 'two', ['AWSPENDING']);
      const command = { SecretId: secret.name, SecretString: 'three', VersionStages: ['AWSPENDING'] };

      const refused = await refusal(secrets.send(new PutSecretValueCommand({ ...command, ClientRequestToken })));

      expect(refused).toMatchObject({ code: 'ResourceExistsException', status: 400 });
      expect(await value(secret, 'AWSPENDING')).toBe('two');
    },
  },
  {
    id: 'put.longest',
    promise: 'a value may have 65,536 bytes and no more, and a refusal does not repeat it',
    check: async ({ secrets, makeSecret, put, value }) => {
      const secret = await makeSecret();
      const longest = 'x'.repeat(65_536);
      const command = { SecretId: secret.name, SecretString: `${longest}y` };

      await put(secret, longest);
      const refused = await refusal(secrets.send(new PutSecretValueCommand(command)));

      expect(refused).toMatchObject({ status: 400 });
      expect(refused.message).not.toContain('xxx');
      expect((await value(secret))?.length).toBe(65_536);
    },
  },
  {
    id: 'put.no-value',
    promise: 'a version without a value is refused, whatever its label, and none is made',
    check: async ({ secrets, makeSecret, stages }) => {
      const secret = await makeSecret();
      const command = { SecretId: secret.name, VersionStages: ['BLUE'] };

      const refused = await refusal(secrets.send(new PutSecretValueCommand(command)));

      expect(refused).toMatchObject({ code: 'InvalidRequestException', status: 400 });
      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'put.unknown',
    promise: 'nothing can be put into a secret that does not exist',
    check: async ({ secrets }) => {
      const command = new PutSecretValueCommand({ SecretId: 'nothing', SecretString: 'one' });

      expect(await refusal(secrets.send(command))).toMatchObject(notFound);
    },
  },
  {
    id: 'update.value',
    promise: 'UpdateSecret with a value makes a version that is AWSCURRENT',
    check: async ({ secrets, makeSecret, stages }) => {
      const secret = await makeSecret();

      const { VersionId = '' } = await secrets.send(
        new UpdateSecretCommand({ SecretId: secret.name, SecretString: 'two', Description: 'new' }),
      );

      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSPREVIOUS'], [VersionId]: ['AWSCURRENT'] });
    },
  },
  {
    id: 'update.description',
    promise: 'UpdateSecret without a value makes no version',
    check: async ({ secrets, makeSecret, stages }) => {
      const secret = await makeSecret();

      const answer = await secrets.send(new UpdateSecretCommand({ SecretId: secret.arn, Description: 'new' }));

      expect(answer.VersionId).toBeUndefined();
      expect(await stages(secret)).toEqual({ [secret.versionId]: ['AWSCURRENT'] });
    },
  },
];
