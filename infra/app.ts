// The app of this repository: one stack with the unattended engine, told by cdk.json what to rotate. Run by `cdk`; bundles the
// functions from their sources, so that what is deployed is what is here.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { buildFunctions } from '../src/build-functions.ts';
import { KeyRotation } from './key-rotation.ts';
import { isProtected, settingsOf } from './settings.ts';

const functions = await mkdtemp(join(tmpdir(), 'keyturn-functions-'));
try {
  await buildFunctions(dirname(import.meta.dirname), functions);
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new Stack(app, 'keyturn', {
    description: 'keyturn: rotates the access keys of IAM users',
    terminationProtection: isProtected(app),
  });
  new KeyRotation(stack, 'KeyRotation', { ...settingsOf(app), functions });
  app.synth();
} finally {
  await rm(functions, { recursive: true });
}
