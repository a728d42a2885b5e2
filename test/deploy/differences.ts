// What the emulator does otherwise than AWS and a deployment cannot live with, and no others: `mended-ministack.py` sets each of
// these right in the emulator, but the last, which `assembly.ts` goes round. `guide` is the IAM User Guide.
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const authorization =
  'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html';

export interface Difference {
  id: string;
  /** What the emulator does in AWS's place. */
  instead: string;
  /** Where it says how AWS behaves. */
  source: string;
}

export const differences: readonly Difference[] = [
  {
    id: 'last-use',
    instead: 'a used key looks like one that was never used; mended, it was used by every request that was allowed',
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html',
  },
  {
    id: 'user-arn',
    instead:
      'a policy’s resource is compared with an ARN without the user’s path, and for GetAccessKeyLastUsed and SimulatePrincipalPolicy with none',
    source: `${guide}/reference_identifiers.html, "IAM ARNs"; ${authorization}, the resource of both is the user`,
  },
  {
    id: 'principal-arn',
    instead: 'aws:PrincipalArn of a role’s session is the session',
    source: `${guide}/reference_policies_condition-keys.html, "aws:PrincipalArn": of a role session it is the role`,
  },
  {
    id: 'secure-transport',
    instead: 'it is spoken to over plain http, and honours policies that deny that',
    source: `${guide}/reference_policies_condition-keys.html, "aws:SecureTransport"; endpoints of AWS take https`,
  },
  {
    id: 'client-request-token',
    instead: 'the first version of a secret is not called by the token, and the same creation again is refused',
    source:
      'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html, "ClientRequestToken"',
  },
  {
    id: 'timeout-path',
    instead: 'a wait with TimeoutSecondsPath never ends',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html, "TimeoutSecondsPath"',
  },
  {
    id: 'error-names',
    instead:
      'whatever a function of Node throws is called Runtime.HandlerError; a program with a runtime interface of its own is believed',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html, "errorType"',
  },
];
