// Who may call, how the others are refused in the JSON protocol, and what every answer carries.
import { DescribeSecretCommand, GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { refusal, type SecretsAccount, type SecretsCase } from './account.ts';

const unknownKey = { accessKeyId: 'AKIAQ2BHCVEXAMPLE234', secretAccessKey: 'none' };

export const accessCases: SecretsCase[] = [
  {
    id: 'auth.unknown-key',
    promise: 'a key that does not exist is refused',
    check: async ({ as, makeSecret }) => {
      const { name } = await makeSecret();

      const refused = await refusal(as(unknownKey).send(new GetSecretValueCommand({ SecretId: name })));

      expect(refused).toEqual({
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
      const { name, key, secrets } = await makeUser({ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' });

      await setStatus(name, key, 'Inactive');
      const refused = await refusal(secrets.send(new ListSecretsCommand()));
      await setStatus(name, key, 'Active');
      await secrets.send(new ListSecretsCommand());

      expect(refused).toMatchObject({ code: 'UnrecognizedClientException', status: 400 });
    },
  },
  {
    id: 'auth.wrong-secret',
    promise: 'a request signed with another secret is refused',
    check: async ({ as, makeUser }) => {
      const { key } = await makeUser({ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' });

      const refused = await refusal(as({ ...key, secretAccessKey: 'wrong' }).send(new ListSecretsCommand()));

      expect(refused).toMatchObject({ code: 'InvalidSignatureException', status: 400 });
    },
  },
  {
    id: 'access.denied',
    promise: 'whoever has no permission is refused, with the action that is missing',
    check: async ({ id, makeUser, makeSecret }) => {
      const secret = await makeSecret();
      const user = await makeUser();

      const refused = await refusal(user.secrets.send(new GetSecretValueCommand({ SecretId: secret.name })));

      expect(refused).toMatchObject({ code: 'AccessDeniedException' });
      expect(refused.message).toContain(
        `User: arn:aws:iam::${id}:user/${user.name} is not authorized to perform: secretsmanager:GetSecretValue on resource: `,
      );
    },
  },
  {
    id: 'access.resource',
    promise: 'a permission on the ARN with six question marks is one on the secret and on no other',
    check: async ({ id, makeUser, makeSecret }) => {
      const secret = await makeSecret();
      const other = await makeSecret();
      const Resource = `arn:aws:secretsmanager:us-east-1:${id}:secret:${secret.name}-??????`;
      const { secrets } = await makeUser({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource });

      const own = await secrets.send(new GetSecretValueCommand({ SecretId: secret.name }));
      const foreign = await refusal(secrets.send(new GetSecretValueCommand({ SecretId: other.name })));

      expect(own.SecretString).toBe('one');
      expect(foreign).toMatchObject({ code: 'AccessDeniedException' });
    },
  },
  {
    id: 'access.one-action',
    promise: 'who may describe a secret may not read its value',
    check: async ({ makeUser, makeSecret }) => {
      const { name } = await makeSecret();
      const { secrets } = await makeUser({ Effect: 'Allow', Action: 'secretsmanager:DescribeSecret', Resource: '*' });

      const described = await secrets.send(new DescribeSecretCommand({ SecretId: name }));
      const refused = await refusal(secrets.send(new GetSecretValueCommand({ SecretId: name })));

      expect(described.Name).toBe(name);
      expect(refused).toMatchObject({ code: 'AccessDeniedException' });
    },
  },
  {
    id: 'wire.status',
    promise: 'a refusal is a 400, whatever the reason',
    check: async (account) => {
      const seen = await answers(account);

      expect(seen.map(({ statusCode }) => statusCode)).toEqual([200, 400, 400, 400]);
    },
  },
  {
    id: 'wire.date',
    promise: 'every answer has a Date header of the form of RFC 9110',
    check: async (account) => {
      const seen = await answers(account);

      for (const { headers } of seen) {
        expect(headers.date).toMatch(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
      }
    },
  },
  {
    id: 'wire.request-id',
    promise: 'every answer has a request id, a refusal too',
    check: async (account) => {
      const seen = await answers(account);

      expect(seen.filter(({ headers }) => !headers['x-amzn-requestid'])).toEqual([]);
    },
  },
];

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
}

/** The raw answers of one obeyed call and of three that were refused: not found, not allowed, not known. */
async function answers({ as, secrets, makeUser, makeSecret }: SecretsAccount): Promise<Answer[]> {
  const { name } = await makeSecret();
  const user = await makeUser();
  const stranger = as(unknownKey);
  const seen: Answer[] = [];
  for (const client of [secrets, user.secrets, stranger]) {
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        seen.push(result.response as Answer);
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'seen', override: true },
    );
  }

  await secrets.send(new DescribeSecretCommand({ SecretId: name }));
  await refusal(secrets.send(new DescribeSecretCommand({ SecretId: 'nothing' })));
  await refusal(user.secrets.send(new DescribeSecretCommand({ SecretId: name })));
  await refusal(stranger.send(new DescribeSecretCommand({ SecretId: name })));
  return seen;
}
