// The embedded AWS keeps the same contracts that other emulators are asked to keep.
import { describeSsmContract } from '../support/ssm-contract.ts';
import { makeSandboxTarget } from './sandbox-target.ts';

describeSsmContract('the sandbox', makeSandboxTarget);
