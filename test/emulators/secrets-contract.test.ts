// The second opinion on Secrets Manager and Parameter Store, asked of emulators that others wrote.
import type { ContractTarget } from '../support/iam-sts-contract.ts';
import { describeSecretsManagerContract } from '../support/secrets-manager-contract.ts';
import { describeSsmContract } from '../support/ssm-contract.ts';
import { secretsDifferences } from './secrets-differences.ts';
import { type Emulator, startMiniStack, startMoto } from './servers.ts';

function target(start: () => Promise<Emulator>): () => Promise<ContractTarget> {
  return async () => {
    const { url, account, adminCredentials, close } = await start();
    return { endpoint: url, account, admin: adminCredentials, close };
  };
}

const { moto, ministack } = secretsDifferences;

describeSecretsManagerContract('moto', target(startMoto), moto.secretsManager);
describeSecretsManagerContract('MiniStack', target(startMiniStack), ministack.secretsManager);
describeSsmContract('moto', target(startMoto), moto.ssm);
describeSsmContract('MiniStack', target(startMiniStack), ministack.ssm);
