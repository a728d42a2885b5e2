// The second opinion on Step Functions, asked of emulators that others wrote.
import { describeStepFunctionsContract } from '../support/step-functions-contract.ts';
import { contractTarget } from './describe-emulators.ts';
import { stepFunctionsDifferences } from './step-functions-differences.ts';

describeStepFunctionsContract('moto', contractTarget('moto'), stepFunctionsDifferences.moto);
describeStepFunctionsContract('MiniStack', contractTarget('MiniStack'), stepFunctionsDifferences.ministack);
