// PutParameter, GetParameter, GetParameters and GetParameterHistory.
import {
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { type ParameterCase, refusal } from './account.ts';

const validation = { code: 'ValidationException', status: 400 };

export const valueCases: ParameterCase[] = [
  {
    id: 'put.first',
    promise: 'a new parameter is version 1 of the standard tier and comes back whole',
    check: async ({ id, ssm, newName }) => {
      const Name = newName('put/first');

      const put = await ssm.send(new PutParameterCommand({ Name, Value: 'one', Type: 'String' }));
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));

      expect(put).toMatchObject({ Version: 1, Tier: 'Standard' });
      expect(Parameter).toMatchObject({
        Name,
        Type: 'String',
        Value: 'one',
        Version: 1,
        ARN: `arn:aws:ssm:us-east-1:${id}:parameter${Name}`,
        DataType: 'text',
        LastModifiedDate: expect.any(Date),
      });
    },
  },
  {
    id: 'put.arn-without-slash',
    promise: 'the ARN of a name without a slash gets one',
    check: async ({ id, ssm, newName }) => {
      const Name = newName('plain').slice(1);
      await ssm.send(new PutParameterCommand({ Name, Value: 'one', Type: 'String' }));

      const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));

      expect(Parameter?.ARN).toBe(`arn:aws:ssm:us-east-1:${id}:parameter/${Name}`);
    },
  },
  {
    id: 'put.exists',
    promise: 'a parameter that exists is not overwritten unasked',
    check: async ({ ssm, make }) => {
      const Name = await make('one', 'String');
      const command = new PutParameterCommand({ Name, Value: 'two', Type: 'String' });

      expect(await refusal(ssm.send(command))).toEqual({
        code: 'ParameterAlreadyExists',
        status: 400,
        message:
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      });
      expect((await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value).toBe('one');
    },
  },
  {
    id: 'put.overwrite',
    promise: 'overwriting makes the next version, and needs no type',
    check: async ({ ssm, make, overwrite }) => {
      const Name = await make();

      const version = await overwrite(Name, 'two');
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));

      expect(version).toBe(2);
      expect(Parameter).toMatchObject({ Type: 'SecureString', Value: 'two', Version: 2 });
    },
  },
  {
    id: 'put.without-type',
    promise: 'a new parameter needs a type',
    check: async ({ ssm, newName }) => {
      const command = new PutParameterCommand({ Name: newName(), Value: 'one' });

      expect(await refusal(ssm.send(command))).toMatchObject(validation);
    },
  },
  {
    id: 'put.other-type',
    promise: 'overwriting does not change the type',
    check: async ({ ssm, make }) => {
      const Name = await make('one', 'String');
      const command = new PutParameterCommand({ Name, Value: 'two', Type: 'SecureString', Overwrite: true });

      expect(await refusal(ssm.send(command))).toMatchObject({ status: 400 });
      expect((await ssm.send(new GetParameterCommand({ Name }))).Parameter).toMatchObject({ Value: 'one', Version: 1 });
    },
  },
  {
    id: 'put.tags-and-overwrite',
    promise: 'tags and overwrite do not go together',
    check: async ({ ssm, make }) => {
      const Name = await make();
      const Tags = [{ Key: 'team', Value: 'billing' }];
      const command = new PutParameterCommand({ Name, Value: 'two', Overwrite: true, Tags });

      expect(await refusal(ssm.send(command))).toMatchObject(validation);
    },
  },
  {
    id: 'put.name-prefix',
    promise: 'a name that begins with aws or ssm is refused',
    check: async ({ ssm }) => {
      for (const Name of ['aws-key', '/ssm/key', 'SSMkey']) {
        const refused = await refusal(ssm.send(new PutParameterCommand({ Name, Value: 'one', Type: 'String' })));
        expect(refused, Name).toMatchObject({ status: 400 });
      }
    },
  },
  {
    id: 'put.standard-size',
    promise: 'a standard parameter holds 4,096 characters and no more, and a refusal does not repeat them',
    check: async ({ ssm, newName, make }) => {
      const longest = 'x'.repeat(4096);
      const Name = await make(longest);
      const command = { Name: newName(), Value: `${longest}y`, Type: 'SecureString' as const };

      const refused = await refusal(ssm.send(new PutParameterCommand(command)));

      expect(refused).toMatchObject(validation);
      expect(refused.message).not.toContain('xxx');
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
      expect(Parameter?.Value).toBe(longest);
    },
  },
  {
    id: 'put.advanced-size',
    promise: 'an advanced one holds 8,192',
    check: async ({ ssm, newName }) => {
      const put = (Value: string) =>
        ssm.send(new PutParameterCommand({ Name: newName(), Value, Type: 'String', Tier: 'Advanced' }));

      expect(await put('x'.repeat(8192))).toMatchObject({ Version: 1, Tier: 'Advanced' });
      expect(await refusal(put('x'.repeat(8193)))).toMatchObject(validation);
    },
  },
  {
    id: 'put.intelligent-tiering',
    promise: 'intelligent tiering takes the tier that the value needs',
    check: async ({ ssm, newName }) => {
      const put = (Value: string) =>
        ssm.send(new PutParameterCommand({ Name: newName(), Value, Type: 'String', Tier: 'Intelligent-Tiering' }));

      expect((await put('one')).Tier).toBe('Standard');
      expect((await put('x'.repeat(5000))).Tier).toBe('Advanced');
    },
  },
  {
    id: 'put.no-downgrade',
    promise: 'an advanced parameter does not become a standard one',
    check: async ({ ssm, newName }) => {
      const Name = newName();
      await ssm.send(new PutParameterCommand({ Name, Value: 'one', Type: 'String', Tier: 'Advanced' }));
      const command = new PutParameterCommand({ Name, Value: 'two', Tier: 'Standard', Overwrite: true });

      expect(await refusal(ssm.send(command))).toMatchObject(validation);
    },
  },
  {
    id: 'put.empty',
    promise: 'a value must not be empty',
    check: async ({ ssm, newName }) => {
      const command = new PutParameterCommand({ Name: newName(), Value: '', Type: 'String' });

      expect(await refusal(ssm.send(command))).toMatchObject(validation);
    },
  },
  {
    id: 'get.secure',
    promise: 'a SecureString is told only with decryption',
    check: async ({ ssm, make }) => {
      const Name = await make('the secret');

      const plain = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
      const sealed = await ssm.send(new GetParameterCommand({ Name }));

      expect(plain.Parameter?.Value).toBe('the secret');
      expect(sealed.Parameter?.Type).toBe('SecureString');
      expect(sealed.Parameter?.Value).not.toContain('the secret');
    },
  },
  {
    id: 'get.unknown',
    promise: 'a parameter that does not exist is not found',
    check: async ({ ssm }) => {
      const refused = await refusal(ssm.send(new GetParameterCommand({ Name: '/nothing' })));

      expect(refused).toMatchObject({ code: 'ParameterNotFound', status: 400 });
    },
  },
  {
    id: 'get.version',
    promise: 'an earlier version is read by its number',
    check: async ({ ssm, make, overwrite }) => {
      const name = await make();
      await overwrite(name, 'two');

      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${name}:1`, WithDecryption: true }));
      const refused = await refusal(ssm.send(new GetParameterCommand({ Name: `${name}:3` })));

      expect(Parameter).toMatchObject({ Name: name, Value: 'one', Version: 1 });
      expect(refused).toMatchObject({ code: 'ParameterVersionNotFound', status: 400 });
    },
  },
  {
    id: 'get.label',
    promise: 'and by its label',
    check: async ({ ssm, make, overwrite }) => {
      const name = await make();
      await ssm.send(new LabelParameterVersionCommand({ Name: name, Labels: ['good'] }));
      await overwrite(name, 'two');

      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${name}:good`, WithDecryption: true }));

      expect(Parameter).toMatchObject({ Value: 'one', Version: 1 });
    },
  },
  {
    id: 'get.arn',
    promise: 'a parameter is found by its ARN too',
    check: async ({ ssm, newName, make }) => {
      const name = await make('one', 'String', newName('by/arn'));
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));

      const again = await ssm.send(new GetParameterCommand({ Name: Parameter?.ARN }));

      expect(again.Parameter).toMatchObject({ Name: name, Value: 'one' });
    },
  },
  {
    id: 'get.many',
    promise: 'of many names those that are missing are told beside the others',
    check: async ({ ssm, make }) => {
      const one = await make('one');
      const two = await make('two', 'String');

      const { Parameters = [], InvalidParameters } = await ssm.send(
        new GetParametersCommand({ Names: [one, '/nothing', two], WithDecryption: true }),
      );

      expect(Parameters.map(({ Name, Value }) => [Name, Value]).toSorted()).toEqual(
        [
          [one, 'one'],
          [two, 'two'],
        ].toSorted(),
      );
      expect(InvalidParameters).toEqual(['/nothing']);
    },
  },
  {
    id: 'get.too-many',
    promise: 'of more than ten names none is read',
    check: async ({ ssm }) => {
      const Names = Array.from({ length: 11 }, (_, index) => `/many/${index}`);

      expect(await refusal(ssm.send(new GetParametersCommand({ Names })))).toMatchObject(validation);
    },
  },
  {
    id: 'history.versions',
    promise: 'the history tells every version, oldest first',
    check: async ({ ssm, make, overwrite }) => {
      const Name = await make();
      await overwrite(Name, 'two');

      const { Parameters = [] } = await ssm.send(new GetParameterHistoryCommand({ Name, WithDecryption: true }));

      expect(Parameters.map(({ Version, Value }) => [Version, Value])).toEqual([
        [1, 'one'],
        [2, 'two'],
      ]);
    },
  },
  {
    id: 'history.hundred',
    promise: 'a hundred versions are kept, and the oldest goes for the next one',
    check: async ({ ssm, make, overwrite }) => {
      const name = await make('one', 'String');
      for (let version = 2; version <= 101; version++) await overwrite(name, `value ${version}`);

      const first = await refusal(ssm.send(new GetParameterCommand({ Name: `${name}:1` })));
      const second = await ssm.send(new GetParameterCommand({ Name: `${name}:2` }));

      expect(first).toMatchObject({ code: 'ParameterVersionNotFound', status: 400 });
      expect(second.Parameter?.Value).toBe('value 2');
    },
  },
  {
    id: 'history.oldest-labelled',
    promise: 'a labelled oldest version keeps the next one from being made',
    check: async ({ ssm, make, overwrite }) => {
      const name = await make('one', 'String');
      await ssm.send(new LabelParameterVersionCommand({ Name: name, Labels: ['good'] }));
      for (let version = 2; version <= 100; version++) await overwrite(name, `value ${version}`);

      const refused = await refusal(overwrite(name, 'one too many'));

      expect(refused).toMatchObject({ code: 'ParameterMaxVersionLimitExceeded', status: 400 });
    },
  },
];
