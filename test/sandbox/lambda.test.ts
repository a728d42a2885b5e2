// Functions as Lambda runs them: results, errors, and who may call.
import { GetFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/index.ts';
import { openSandbox, refusal, type SigningKey } from './open-sandbox.ts';

async function openLambda(options: Partial<SandboxOptions> = {}) {
  const opened = await openSandbox(options);
  const lambdaAs = (credentials: SigningKey) => opened.connect(LambdaClient, credentials);
  return { ...opened, lambdaAs, lambda: opened.connect(LambdaClient) };
}

const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:greet';
const greet = async ({ name }: { name: string }) => ({ greeting: `hello ${name}` });

test.each(['greet', arn, '123456789012:function:greet', `${arn}:$LATEST`])(
  'a function is called by %s and answers in JSON',
  async (FunctionName) => {
    const { lambda } = await openLambda({ functions: { greet } });

    const { StatusCode, Payload, FunctionError, ExecutedVersion } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: '{"name":"Zoë"}' }),
    );

    expect({ StatusCode, ExecutedVersion, FunctionError }).toEqual({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      FunctionError: undefined,
    });
    expect(Payload?.transformToString()).toBe('{"greeting":"hello Zoë"}');
  },
);

test('a function that throws answers with the error’s name, message and trace', async () => {
  const { sandbox, lambda } = await openLambda();
  sandbox.functions.register('fail', () => Promise.reject(new RangeError('too far')));

  const { StatusCode, FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'fail' }));

  expect({ StatusCode, FunctionError }).toEqual({ StatusCode: 200, FunctionError: 'Unhandled' });
  const { errorType, errorMessage, trace } = JSON.parse(Payload?.transformToString() ?? '');
  expect({ errorType, errorMessage, first: trace[0] }).toEqual({
    errorType: 'RangeError',
    errorMessage: 'too far',
    first: 'RangeError: too far',
  });
});

test('an event is taken without waiting for what becomes of it', async () => {
  const seen: unknown[] = [];
  const note = async (event: unknown) => void seen.push(event);
  const { lambda } = await openLambda({ functions: { note } });

  const { StatusCode } = await lambda.send(
    new InvokeCommand({ FunctionName: 'note', InvocationType: 'Event', Payload: '{"n":1}' }),
  );

  expect(StatusCode).toBe(202);
  expect(seen).toEqual([{ n: 1 }]);
});

test('a function that is not there is not found, and one that is there is described', async () => {
  const { lambda } = await openLambda({ functions: { greet } });

  const missing = await refusal(lambda.send(new InvokeCommand({ FunctionName: 'nobody' })));
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'greet' }));
  const { Functions } = await lambda.send(new ListFunctionsCommand({}));

  expect(missing).toEqual({
    code: 'ResourceNotFoundException',
    status: 404,
    message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody',
  });
  expect(Configuration?.FunctionArn).toBe(arn);
  expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['greet']);
});

test('a function is run for nobody who may not call it', async () => {
  const ran: unknown[] = [];
  const { lambdaAs, userWith } = await openLambda({ functions: { greet: async (event) => void ran.push(event) } });
  const allowed = userWith('alice', { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn });
  const other = userWith('bob', { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: `${arn}s` });

  const { code, status } = await refusal(lambdaAs(other.key).send(new InvokeCommand({ FunctionName: 'greet' })));

  expect({ code, status, ran }).toEqual({ code: 'AccessDeniedException', status: 403, ran: [] });
  await lambdaAs(allowed.key).send(new InvokeCommand({ FunctionName: 'greet' }));
  expect(ran).toEqual([{}]);
});
