// What Step Functions promises on the wire as far as keyturn relies on it, in the words of AWS's documentation. Functions are
// left out: not every target has some.
import { type AllowedDifference, describeContract } from './contract.ts';
import { type MachinesTarget, openMachines } from './step-functions-contract/account.ts';
import { definitionCases } from './step-functions-contract/definitions.ts';
import { executionCases } from './step-functions-contract/executions.ts';
import { historyCases } from './step-functions-contract/history.ts';

const cases = [...definitionCases, ...executionCases, ...historyCases];

/** Each case with a state machine of its own. */
export function describeStepFunctionsContract(
  name: string,
  makeTarget: () => Promise<MachinesTarget>,
  allowedDifferences: readonly AllowedDifference[] = [],
): void {
  const open = async () => openMachines(await makeTarget());
  describeContract(`Step Functions as ${name} speaks it`, cases, open, allowedDifferences);
}
