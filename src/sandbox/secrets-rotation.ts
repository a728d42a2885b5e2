// Rotation by a function: Secrets Manager calls it for each of four steps, and leaves to it what a step does. What fails stays
// as it is, with its label AWSPENDING, and is tried again when a rotation is asked for next.
import { functionArn, functionName } from './functions.ts';
import { optionalText } from './iam-input.ts';
import { addVersion, moveStage, type StoredSecret, versionWith } from './secret.ts';
import { invalidRequest, keep, onSecret, secretKey, secretNow, tokenIn } from './secrets-input.ts';
import type { Access, Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export const rotationOperations: Record<string, Operation> = {
  RotateSecret: {
    kind: 'change',
    access: (call) => {
      const given = optionalText(call.params, 'RotationLambdaARN');
      const invoke: Access[] = given ? [{ action: 'lambda:InvokeFunction', resource: given }] : [];
      return [...onSecret(call), ...invoke];
    },
    apply: (call) => {
      const secret = secretNow(call);
      const token = tokenIn(call.params);
      const lambdaArn = functionIn(call, secret);
      const rules = call.params.RotationRules as Record<string, unknown> | undefined;
      const rotating = {
        ...secret,
        rotation: { ...secret.rotation, ...(rules ? { rules } : {}), enabled: true, lambdaArn },
      };
      const told = { ARN: secret.arn, Name: secret.name };

      const pending = versionWith(secret, 'AWSPENDING');
      if (pending && !pending.stages.includes('AWSCURRENT')) {
        begin(call, pending.id);
        throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
      }
      if (call.params.RotateImmediately === false) {
        keep(call, rotating);
        tryOut(call, token);
        return told;
      }
      keep(call, addVersion(rotating, { id: token, value: null }, ['AWSPENDING'], call.world.clock.now()));
      begin(call, token);
      return { ...told, VersionId: token };
    },
  },

  CancelRotateSecret: {
    kind: 'change',
    access: onSecret,
    apply: (call) => {
      const secret = secretNow(call);
      if (!secret.rotation) throw invalidRequest("You can't cancel the rotation of a secret that has none.");
      keep(call, { ...secret, rotation: { ...secret.rotation, enabled: false } });
      return { ARN: secret.arn, Name: secret.name, VersionId: versionWith(secret, 'AWSPENDING')?.id };
    },
  },
};

function functionIn({ params, region, world }: Call, { rotation }: StoredSecret): string {
  const given = optionalText(params, 'RotationLambdaARN') ?? rotation?.lambdaArn;
  if (given === undefined) throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  const name = functionName(given);
  if (name === undefined || !world.functions.has(name)) {
    throw new ServiceError(
      'AccessDeniedException',
      400,
      'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    );
  }
  return functionArn(region, world.accountId, name);
}

/** All four steps, or those up to the first that fails. The caller does not wait for them. */
function begin(call: Call, token: string): void {
  follow(call, async (step) => {
    for (const name of steps) await step(name, token);
    const secret = secretNow(call);
    if (secret.rotation) keep(call, { ...secret, rotation: { ...secret.rotation, rotatedAt: call.world.clock.now() } });
  });
}

/** A copy of the current version is tested as if it were a new one, and taken away again. */
function tryOut(call: Call, token: string): void {
  const secret = secretNow(call);
  const current = versionWith(secret, 'AWSCURRENT');
  if (!current) return;
  keep(call, addVersion(secret, { id: token, value: current.value }, ['AWSPENDING'], call.world.clock.now()));
  follow(call, async (step) => {
    try {
      await step('testSecret', token);
    } finally {
      const after = moveStage(secretNow(call), 'AWSPENDING', null);
      keep(call, { ...after, versions: after.versions.filter(({ id, stages }) => id !== token || stages.length > 0) });
    }
  });
}

function follow(call: Call, work: (step: (name: string, token: string) => Promise<void>) => Promise<void>): void {
  const { world } = call;
  const { arn, name, region } = secretNow(call);
  const key = secretKey(region, name);
  const step = async (Step: string, ClientRequestToken: string) => {
    const lambdaArn = secretNow(call).rotation?.lambdaArn ?? '';
    const payload = JSON.stringify({ Step, SecretId: arn, ClientRequestToken });
    const { failed } = await world.functions.invoke(functionName(lambdaArn) ?? '', lambdaArn, payload);
    if (failed) throw new Error(`${Step}: ${failed.errorType}`);
  };
  const before = world.rotations.get(key);
  const ended = async () => {
    await before;
    try {
      await work(step);
      return 'rotated';
    } catch (error) {
      return (error as Error).message;
    }
  };
  world.rotations.set(key, ended());
}
