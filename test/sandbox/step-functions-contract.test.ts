// The embedded AWS keeps the same contracts that other emulators are asked to keep.
import { describeStepFunctionsContract } from '../support/step-functions-contract.ts';
import { makeSandboxTarget } from './sandbox-target.ts';

describeStepFunctionsContract('the sandbox', async () => {
  const { functions, ...target } = await makeSandboxTarget();
  functions.register('ask', async () => {});
  const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  const Parameters = { FunctionName: 'ask', Payload: { 'token.$': '$$.Task.Token' } };
  return { ...target, lasting: { Type: 'Task', Resource, TimeoutSeconds: 86_400, Parameters } };
});
