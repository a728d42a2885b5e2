// What Secrets Manager promises on the wire as far as keyturn relies on it, in the words of AWS's documentation.
import { type AllowedDifference, describeContract } from './contract.ts';
import type { ContractTarget } from './iam-sts-contract/account.ts';
import { accessCases } from './secrets-manager-contract/access.ts';
import { openSecrets } from './secrets-manager-contract/account.ts';
import { lifecycleCases } from './secrets-manager-contract/lifecycle.ts';
import { listCases } from './secrets-manager-contract/lists.ts';
import { stageCases } from './secrets-manager-contract/stages.ts';
import { valueCases } from './secrets-manager-contract/values.ts';

const cases = [...accessCases, ...valueCases, ...stageCases, ...listCases, ...lifecycleCases];

/** Each case with secrets of its own. */
export function describeSecretsManagerContract(
  name: string,
  makeTarget: () => Promise<ContractTarget>,
  allowedDifferences: readonly AllowedDifference[] = [],
): void {
  const open = async () => openSecrets(await makeTarget());
  describeContract(`Secrets Manager as ${name} speaks it`, cases, open, allowedDifferences);
}
