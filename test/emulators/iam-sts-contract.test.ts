// The second opinion: the contract that the embedded AWS keeps, asked of emulators that others wrote.
import { describeIamStsContract } from '../support/iam-sts-contract.ts';
import { allowedDifferences } from './allowed-differences.ts';
import { contractTarget } from './describe-emulators.ts';

describeIamStsContract('moto', contractTarget('moto'), allowedDifferences.moto);
describeIamStsContract('MiniStack', contractTarget('MiniStack'), allowedDifferences.ministack);
