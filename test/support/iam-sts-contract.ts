// What IAM and STS promise on the wire as far as keyturn relies on it, in the words of AWS's documentation.
import { type AllowedDifference, describeContract } from './contract.ts';
import { accessKeyCases } from './iam-sts-contract/access-keys.ts';
import { type ContractTarget, openAccount } from './iam-sts-contract/account.ts';
import { callerCases } from './iam-sts-contract/callers.ts';
import { credentialCases } from './iam-sts-contract/credentials.ts';
import { lastUsedCases } from './iam-sts-contract/last-used.ts';
import { reportCases } from './iam-sts-contract/report.ts';
import { simulationCases } from './iam-sts-contract/simulation.ts';
import { tagCases } from './iam-sts-contract/tags.ts';
import { userCases } from './iam-sts-contract/users.ts';
import { wireCases } from './iam-sts-contract/wire.ts';

export type { AllowedDifference } from './contract.ts';
export type { ContractTarget, Credentials } from './iam-sts-contract/account.ts';

const cases = [
  ...accessKeyCases,
  ...credentialCases,
  ...callerCases,
  ...lastUsedCases,
  ...userCases,
  ...tagCases,
  ...simulationCases,
  ...wireCases,
  ...reportCases,
];

/** Each case with users of its own. */
export function describeIamStsContract(
  name: string,
  makeTarget: () => Promise<ContractTarget>,
  allowedDifferences: readonly AllowedDifference[] = [],
): void {
  const open = async () => openAccount(await makeTarget());
  describeContract(`IAM and STS as ${name} speaks them`, cases, open, allowedDifferences);
}
