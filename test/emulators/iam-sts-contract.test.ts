// The second opinion: the contract that the embedded AWS keeps, asked of emulators that others wrote.
import { type ContractTarget, describeIamStsContract } from '../support/iam-sts-contract.ts';
import { allowedDifferences } from './allowed-differences.ts';
import { type Emulator, startMiniStack, startMoto } from './servers.ts';

function target(start: () => Promise<Emulator>): () => Promise<ContractTarget> {
  return async () => {
    const { url, account, adminCredentials, close } = await start();
    return { endpoint: url, account, admin: adminCredentials, close };
  };
}

describeIamStsContract('moto', target(startMoto), allowedDifferences.moto);
describeIamStsContract('MiniStack', target(startMiniStack), allowedDifferences.ministack);
