// What toAsl writes for the five words, and that the checked-in files are what the machine says.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { toAsl } from '../../src/machine/asl.ts';
import { rotation } from '../../src/machine/rotation.ts';
import { drifted, generated, here } from '../../statemachine/generate.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const asl = toAsl(rotation);

describe('the five words', () => {
  test('the begin keeps which execution this is', () => {
    expect(asl.StartAt).toBe('begin');
    expect(asl.States.begin).toEqual({
      Type: 'Pass',
      Parameters: {
        'id.$': '$$.Execution.Id',
        'input.$': '$$.Execution.Input',
        'name.$': '$$.Execution.Name',
        'startTime.$': '$$.Execution.StartTime',
      },
      ResultPath: '$.execution',
      Next: 'claimUser',
    });
  });

  test('a run calls its function directly, keeps the output, and catches everything', () => {
    expect(asl.States.createKey).toEqual({
      Type: 'Task',
      Resource: '$' + '{createKey}',
      ResultPath: '$.createKey',
      Retry: [
        {
          ErrorEquals: [
            'Lambda.ServiceException',
            'Lambda.AWSLambdaException',
            'Lambda.SdkClientException',
            'Lambda.TooManyRequestsException',
            'Lambda.Unknown',
            'Sandbox.Timedout',
            'ThrottledError',
          ],
          IntervalSeconds: 2,
          BackoffRate: 2,
          MaxAttempts: 6,
          MaxDelaySeconds: 60,
          JitterStrategy: 'FULL',
        },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'releaseUser' }],
      Next: 'verifyNewKey',
    });
  });

  test('a park waits for its token at most until the deadline of the activity before it', () => {
    expect(asl.States.awaitNextLook).toEqual({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      TimeoutSecondsPath: '$.noteMissedLook.seconds',
      Parameters: {
        FunctionName: '$' + '{awaitNextLook}',
        Payload: { 'token.$': '$$.Task.Token', 'context.$': '$', state: 'awaitNextLook' },
      },
      ResultPath: '$.awaitNextLook',
      Retry: expect.arrayContaining([expect.objectContaining({ JitterStrategy: 'FULL' })]),
      Catch: [
        { ErrorEquals: ['States.Timeout'], ResultPath: '$.awaitNextLook', Next: 'awaitNextLookElapsed' },
        { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'stuck' },
      ],
      Next: 'nextLookSignal',
    });
    expect(asl.States.awaitNextLookElapsed).toEqual({
      Type: 'Pass',
      Result: { signal: 'elapsed' },
      ResultPath: '$.awaitNextLook',
      Next: 'nextLookSignal',
    });
  });

  test('a decide looks whether the word is there before it compares', () => {
    expect(asl.States.restoration).toEqual({
      Type: 'Choice',
      Choices: [
        {
          And: [
            { Variable: '$.restoreConsumers.verdict', IsPresent: true },
            { Variable: '$.restoreConsumers.verdict', StringEquals: 'restored' },
          ],
          Next: 'removeNewKey',
        },
      ],
      Default: 'stuck',
    });
  });

  test('of the ends only stuck is a failure', () => {
    expect(asl.States.rotated).toEqual({ Type: 'Succeed' });
    expect(asl.States.stuck).toMatchObject({ Type: 'Fail', Error: 'Stuck' });
    expect(Object.values(asl.States).filter(({ Type }) => Type === 'Fail')).toHaveLength(1);
  });
});

describe('the generated files', () => {
  test('are what the machine says', async () => {
    expect(await drifted(here)).toEqual([]);
  });

  test('are named where they are missing, or differ by one word', async () => {
    const folder = temporaryFolder();
    const [definition, drawing] = generated().map(({ text }) => text) as [string, string];

    writeFileSync(join(folder, 'rotation.mmd'), drawing);
    const whereOneIsMissing = await drifted(pathToFileURL(`${folder}/`));
    writeFileSync(join(folder, 'rotation.asl.json'), definition.replace('"deleteKey"', '"releaseUser"'));
    const whereOneDiffers = await drifted(pathToFileURL(`${folder}/`));

    expect(whereOneIsMissing).toEqual(['rotation.asl.json']);
    expect(whereOneDiffers).toEqual(['rotation.asl.json']);
  });

  test('hold no JSONata, no Assign and no SDK integration, which interpreters pass over in silence', () => {
    const text = JSON.stringify(asl);

    expect(text).not.toMatch(/QueryLanguage|JSONata|"Assign"|"Arguments"|"Output"|\{%|aws-sdk:|States\.\w+\(/);
    expect(new Set(Object.values(asl.States).map(({ Type }) => Type))).toEqual(
      new Set(['Pass', 'Task', 'Choice', 'Succeed', 'Fail']),
    );
  });

  test('are accepted by an independent validator, which finds a target that does not exist', () => {
    const broken = structuredClone(asl);
    Object.assign(broken.States.deleteKey as object, { Next: 'nowhere' });

    const result = validate(structuredClone(asl));

    expect(result.errorsText()).toBe('');
    expect(result.isValid).toBe(true);
    expect(validate(broken).isValid).toBe(false);
  });
});
