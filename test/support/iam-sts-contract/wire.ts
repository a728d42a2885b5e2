// What every answer carries, whether AWS obeyed or refused: its time, from which keyturn takes the time, and a request id.
import { CreateAccessKeyCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { type ContractAccount, type ContractCase, refusal } from './account.ts';

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
}

/** The raw answers of one obeyed and one refused call to each service. */
async function answers({ as, adminKey, makeUser }: ContractAccount): Promise<Answer[]> {
  const seen: Answer[] = [];
  const { name } = await makeUser();
  const admin = as(adminKey);
  const stranger = as({ accessKeyId: 'AKIAQ2BHCVEXAMPLE234', secretAccessKey: 'none' });
  for (const { iam, sts } of [admin, stranger]) {
    iam.middlewareStack.add(recordInto(seen), { step: 'deserialize', priority: 'low' });
    sts.middlewareStack.add(recordInto(seen), { step: 'deserialize', priority: 'low' });
  }

  await admin.iam.send(new GetUserCommand({ UserName: name }));
  await admin.sts.send(new GetCallerIdentityCommand());
  await refusal(admin.iam.send(new CreateAccessKeyCommand({ UserName: 'nobody' })));
  await refusal(stranger.iam.send(new GetUserCommand({ UserName: name })));
  await refusal(stranger.sts.send(new GetCallerIdentityCommand()));
  return seen;
}

function recordInto(seen: Answer[]) {
  return <Args, Result extends { response: unknown }>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const result = await next(args);
      seen.push(result.response as Answer);
      return result;
    };
}

export const wireCases: ContractCase[] = [
  {
    id: 'wire.date',
    promise: 'every answer has a Date header of the form of RFC 9110',
    check: async (account) => {
      const seen = await answers(account);

      expect(seen.map((answer) => answer.statusCode)).toEqual([200, 200, 404, 403, 403]);
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

      const without = seen.filter(({ headers }) => !headers['x-amzn-requestid']);
      expect(without.map(({ statusCode }) => statusCode)).toEqual([]);
    },
  },
];
