// The embedded AWS keeps the same contracts that other emulators are asked to keep.
import { describeSecretsManagerContract } from '../support/secrets-manager-contract.ts';
import { makeSandboxTarget } from './sandbox-target.ts';

describeSecretsManagerContract('the sandbox', makeSandboxTarget);
