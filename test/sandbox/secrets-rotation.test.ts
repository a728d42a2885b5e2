// A rotation as Secrets Manager runs it: which steps it calls, in which order and with what, and what is left where one fails.
import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

const token = '11111111-2222-3333-4444-555555555555';
const other = '66666666-7777-8888-9999-000000000000';
const lambdaArn = 'arn:aws:lambda:us-east-1:123456789012:function:rotate';

interface StepEvent {
  Step: string;
  SecretId: string;
  ClientRequestToken: string;
}

async function openRotation() {
  const opened = await openSandbox();
  const { sandbox, secrets } = opened;
  const { arn, versionId } = sandbox.secrets.create({ name: 'app', value: 'one' });
  const events: StepEvent[] = [];
  let failing: string | undefined;
  sandbox.functions.register('rotate', async (given) => {
    const event = given as StepEvent;
    events.push(event);
    if (event.Step === failing) throw new RangeError('too far');
    const { SecretId, ClientRequestToken } = event;
    if (event.Step === 'createSecret') {
      const VersionStages = ['AWSPENDING'];
      await secrets.send(
        new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'two', VersionStages }),
      );
    }
    if (event.Step === 'finishSecret') {
      const VersionStage = 'AWSCURRENT';
      const move = { RemoveFromVersionId: versionId ?? '', MoveToVersionId: ClientRequestToken };
      await secrets.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, ...move }));
    }
  });
  const rotate = (more: object = {}) =>
    secrets.send(
      new RotateSecretCommand({
        SecretId: 'app',
        ClientRequestToken: token,
        RotationLambdaARN: lambdaArn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        ...more,
      }),
    );
  const stages = async () =>
    (await secrets.send(new DescribeSecretCommand({ SecretId: 'app' }))).VersionIdsToStages ?? {};
  return {
    ...opened,
    arn,
    versionId: versionId ?? '',
    events,
    rotate,
    stages,
    failIn: (step: string | undefined) => {
      failing = step;
    },
  };
}

test('the function is called for four steps, each with the secret and the new version', async () => {
  const { sandbox, secrets, arn, versionId, events, rotate, stages } = await openRotation();

  const { VersionId } = await rotate();

  expect(await sandbox.secrets.rotated('app')).toBe('rotated');
  expect(VersionId).toBe(token);
  expect(events).toEqual(
    ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((Step) => ({
      Step,
      SecretId: arn,
      ClientRequestToken: token,
    })),
  );
  expect(await stages()).toEqual({ [versionId]: ['AWSPREVIOUS'], [token]: ['AWSPENDING', 'AWSCURRENT'] });
  expect(await secrets.send(new DescribeSecretCommand({ SecretId: 'app' }))).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN: lambdaArn,
    RotationRules: { AutomaticallyAfterDays: 30 },
    LastRotatedDate: new Date('2026-12-06T10:00:00Z'),
  });
});

test('the new version has its label and no value before createSecret gives it one', async () => {
  const { sandbox, secrets, versionId, rotate, stages, failIn } = await openRotation();
  failIn('createSecret');

  await rotate();

  expect(await sandbox.secrets.rotated('app')).toBe('createSecret: RangeError');
  expect(await stages()).toEqual({ [versionId]: ['AWSCURRENT'], [token]: ['AWSPENDING'] });
  const read = { SecretId: 'app', VersionId: token, VersionStage: 'AWSPENDING' };
  expect(await refusal(secrets.send(new GetSecretValueCommand(read)))).toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('what failed keeps its label, and is tried again with its own version when a rotation is asked for', async () => {
  const { sandbox, events, rotate, stages, failIn } = await openRotation();
  failIn('testSecret');
  await rotate();
  await sandbox.secrets.rotated('app');
  failIn(undefined);

  const again = await refusal(rotate({ ClientRequestToken: other }));

  expect(again).toEqual({
    code: 'InvalidRequestException',
    status: 400,
    message: "A previous rotation isn't complete. That rotation will be reattempted.",
  });
  expect(await sandbox.secrets.rotated('app')).toBe('rotated');
  expect(events.map(({ Step }) => Step).join(' ')).toBe(
    'createSecret setSecret testSecret createSecret setSecret testSecret finishSecret',
  );
  expect(new Set(events.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set([token]));
  expect((await stages())[token]).toEqual(['AWSPENDING', 'AWSCURRENT']);
});

test('set up without rotating at once, only a copy of the current version is tested', async () => {
  const { sandbox, events, versionId, rotate, stages } = await openRotation();

  await rotate({ RotateImmediately: false });

  expect(await sandbox.secrets.rotated('app')).toBe('rotated');
  expect(events.map(({ Step }) => Step)).toEqual(['testSecret']);
  expect(await stages()).toEqual({ [versionId]: ['AWSCURRENT'] });
  expect(sandbox.secrets.snapshot().app?.rotation).toMatchObject({ enabled: true, lambdaArn });
});

test('a rotation is refused without a function, and cancelled it is off', async () => {
  const { sandbox, secrets, rotate } = await openRotation();
  sandbox.functions.remove('rotate');

  expect(await refusal(rotate())).toMatchObject({ code: 'AccessDeniedException' });
  expect(await refusal(rotate({ RotationLambdaARN: undefined }))).toMatchObject({ code: 'InvalidRequestException' });
  sandbox.secrets.change('app', { rotation: { enabled: true, lambdaArn } });
  await secrets.send(new CancelRotateSecretCommand({ SecretId: 'app' }));

  expect(sandbox.secrets.snapshot().app?.rotation).toEqual({ enabled: false, lambdaArn });
});
