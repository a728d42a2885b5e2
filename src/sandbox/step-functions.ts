// Step Functions' standard workflows: a front that speaks AWS's protocol, on an interpreter that is not ours.
import { executionOperations } from './executions.ts';
import { json } from './json.ts';
import type { Service } from './service.ts';
import { stateMachineOperations } from './state-machines.ts';

export const stepFunctions: Service = {
  name: 'states',
  wire: json({ version: '1.0', message: 'message', failure: 'InternalFailure' }),
  sensitive: ['taskToken', 'output'],
  operations: { ...stateMachineOperations, ...executionOperations },
};
