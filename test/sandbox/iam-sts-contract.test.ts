// The embedded AWS keeps the same contracts that other emulators are asked to keep.
import { describeIamStsContract } from '../support/iam-sts-contract.ts';
import { makeSandboxTarget } from './sandbox-target.ts';

describeIamStsContract('the sandbox', makeSandboxTarget);
