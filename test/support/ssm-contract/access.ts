// Who may call, and how the others are refused in the JSON protocol.
import { DescribeParametersCommand, GetParameterCommand } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { type ParameterCase, refusal } from './account.ts';

export const accessCases: ParameterCase[] = [
  {
    id: 'auth.unknown-key',
    promise: 'a key that does not exist is refused',
    check: async ({ as, make }) => {
      const Name = await make();
      const stranger = as({ accessKeyId: 'AKIAQ2BHCVEXAMPLE234', secretAccessKey: 'none' });

      expect(await refusal(stranger.send(new GetParameterCommand({ Name })))).toEqual({
        code: 'UnrecognizedClientException',
        status: 400,
        message: 'The security token included in the request is invalid.',
      });
    },
  },
  {
    id: 'auth.inactive',
    promise: 'a deactivated key is refused, and accepted again once it is reactivated',
    check: async ({ makeUser, setStatus }) => {
      const { name, key, ssm } = await makeUser({ Effect: 'Allow', Action: 'ssm:*', Resource: '*' });

      await setStatus(name, key, 'Inactive');
      const refused = await refusal(ssm.send(new DescribeParametersCommand()));
      await setStatus(name, key, 'Active');
      await ssm.send(new DescribeParametersCommand());

      expect(refused).toMatchObject({ code: 'UnrecognizedClientException', status: 400 });
    },
  },
  {
    id: 'auth.wrong-secret',
    promise: 'a request signed with another secret is refused',
    check: async ({ as, makeUser }) => {
      const { key } = await makeUser({ Effect: 'Allow', Action: 'ssm:*', Resource: '*' });

      const refused = await refusal(as({ ...key, secretAccessKey: 'wrong' }).send(new DescribeParametersCommand()));

      expect(refused).toMatchObject({ code: 'InvalidSignatureException', status: 400 });
    },
  },
  {
    id: 'access.denied',
    promise: 'whoever has no permission is refused, with the action and the parameter',
    check: async ({ id, makeUser, make }) => {
      const Name = await make();
      const { name, ssm } = await makeUser();

      const refused = await refusal(ssm.send(new GetParameterCommand({ Name })));

      expect(refused).toMatchObject({ code: 'AccessDeniedException' });
      expect(refused.message).toContain(
        `User: arn:aws:iam::${id}:user/${name} is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:${id}:parameter${Name}`,
      );
    },
  },
  {
    id: 'access.resource',
    promise: 'a permission on the ARN, which has one slash before the name, is one on the parameter and on no other',
    check: async ({ id, makeUser, make }) => {
      const own = await make();
      const foreign = await make();
      const Resource = `arn:aws:ssm:us-east-1:${id}:parameter${own}`;
      const { ssm } = await makeUser({ Effect: 'Allow', Action: 'ssm:GetParameter', Resource });

      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: own }));
      const refused = await refusal(ssm.send(new GetParameterCommand({ Name: foreign })));

      expect(Parameter?.Name).toBe(own);
      expect(refused).toMatchObject({ code: 'AccessDeniedException' });
    },
  },
];
