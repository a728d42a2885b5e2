// The second opinion on Secrets Manager and Parameter Store, asked of emulators that others wrote.
import { describeSecretsManagerContract } from '../support/secrets-manager-contract.ts';
import { describeSsmContract } from '../support/ssm-contract.ts';
import { contractTarget } from './describe-emulators.ts';
import { secretsDifferences } from './secrets-differences.ts';

const { moto, ministack } = secretsDifferences;

describeSecretsManagerContract('moto', contractTarget('moto'), moto.secretsManager);
describeSecretsManagerContract('MiniStack', contractTarget('MiniStack'), ministack.secretsManager);
describeSsmContract('moto', contractTarget('moto'), moto.ssm);
describeSsmContract('MiniStack', contractTarget('MiniStack'), ministack.ssm);
