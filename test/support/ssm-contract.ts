// What SSM's Parameter Store promises on the wire as far as keyturn relies on it, in the words of AWS's documentation.
import { type AllowedDifference, describeContract } from './contract.ts';
import type { ContractTarget } from './iam-sts-contract/account.ts';
import { accessCases } from './ssm-contract/access.ts';
import { openParameters } from './ssm-contract/account.ts';
import { listCases } from './ssm-contract/lists.ts';
import { valueCases } from './ssm-contract/values.ts';

const cases = [...accessCases, ...valueCases, ...listCases];

/** Each case with parameters of its own. */
export function describeSsmContract(
  name: string,
  makeTarget: () => Promise<ContractTarget>,
  allowedDifferences: readonly AllowedDifference[] = [],
): void {
  const open = async () => openParameters(await makeTarget());
  describeContract(`Parameter Store as ${name} speaks it`, cases, open, allowedDifferences);
}
