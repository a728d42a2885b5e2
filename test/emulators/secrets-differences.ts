// Every known lie of the emulators about Secrets Manager and Parameter Store, and no others. An entry that is no longer true
// fails the run. `secrets` is the Secrets Manager API Reference, `ssm` the Systems Manager one.
import type { AllowedDifference } from '../support/contract.ts';

const secrets = 'https://docs.aws.amazon.com/secretsmanager/latest/apireference';
const secretsGuide = 'https://docs.aws.amazon.com/secretsmanager/latest/userguide';
const ssm = 'https://docs.aws.amazon.com/systems-manager/latest/APIReference';
const ssmGuide = 'https://docs.aws.amazon.com/systems-manager/latest/userguide';
const accepted = "code: 'accepted'";

/** moto answers unaccepted callers in XML, which no client of a JSON service can read. */
const xml = (id: string): AllowedDifference => ({
  id,
  instead: 'the refusal is XML',
  shows: 'SyntaxError',
  source: `${secrets}/CommonErrors.html; the protocol is JSON 1.1`,
});

const motoCallers: AllowedDifference[] = [
  xml('auth.unknown-key'),
  xml('auth.wrong-secret'),
  xml('access.denied'),
  { ...xml('access.resource'), instead: 'a permission on an ARN allows nothing: only Resource "*" is matched' },
  {
    id: 'auth.inactive',
    instead: 'a deactivated key works on',
    shows: accepted,
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html, "Inactive"',
  },
];

const uncheckedSecrets: AllowedDifference[] = [
  {
    id: 'create.name-characters',
    instead: 'a name may hold any character',
    shows: accepted,
    source: `${secrets}/API_CreateSecret.html, "Name"`,
  },
  {
    id: 'put.longest',
    instead: 'a value may have any length',
    shows: accepted,
    source: `${secrets}/API_PutSecretValue.html, length of "SecretString"`,
  },
  {
    id: 'put.same-token-other-value-pending',
    instead: 'a pending version is overwritten',
    shows: accepted,
    source: `${secrets}/API_PutSecretValue.html, "ClientRequestToken"`,
  },
  {
    id: 'stage.remove-current',
    instead: 'AWSCURRENT can be taken away',
    shows: accepted,
    source: `${secretsGuide}/whats-in-a-secret.html, "Version": there is always one labelled AWSCURRENT`,
  },
  {
    id: 'delete.name-is-taken',
    instead: 'the name of a secret that is marked for deletion is told to exist',
    shows: "expected 'ResourceExistsException' to be",
    source: `${secrets}/API_CreateSecret.html, InvalidRequestException: the secret is scheduled for deletion`,
  },
  {
    id: 'policy.public',
    instead: 'BlockPublicPolicy blocks nothing',
    shows: accepted,
    source: `${secrets}/API_PutResourcePolicy.html, "BlockPublicPolicy"`,
  },
];

const motoSecrets: AllowedDifference[] = [
  ...motoCallers,
  xml('access.one-action'),
  ...uncheckedSecrets,
  {
    id: 'wire.status',
    instead: 'not found is a 404, and not allowed a 403',
    shows: 'expected [ 200, 404, 403, 403 ]',
    source: `${secrets}/API_GetSecretValue.html, "Errors"`,
  },
  {
    id: 'describe.deprecated',
    instead: 'versions without a label are described',
    shows: 'to deeply equal',
    source: `${secrets}/API_DescribeSecret.html, "VersionIdsToStages"`,
  },
  {
    id: 'versions.labelled',
    instead: 'versions without a label are listed unasked',
    shows: 'to deeply equal',
    source: `${secrets}/API_ListSecretVersionIds.html, "IncludeDeprecated"`,
  },
  {
    id: 'stage.read-after-move',
    instead: 'a read without a label does not follow a move of AWSCURRENT',
    shows: "expected 'one' to be 'two'",
    source: `${secrets}/API_GetSecretValue.html, "VersionStage"`,
  },
  {
    id: 'stage.put-after-move',
    instead: 'two versions are AWSCURRENT',
    shows: 'to deeply equal',
    source: `${secrets}/API_UpdateSecretVersionStage.html, "only one version at a time"`,
  },
  {
    id: 'stage.unknown-version',
    instead: 'a refused move takes AWSCURRENT away',
    shows: "can't find the specified secret",
    source: `${secrets}/API_UpdateSecretVersionStage.html, "Errors"`,
  },
  {
    id: 'delete.marks',
    instead: 'a secret that is marked for deletion can be written',
    shows: accepted,
    source: `${secrets}/API_PutSecretValue.html, InvalidRequestException`,
  },
  {
    id: 'tags.deleted',
    instead: 'a secret that is marked for deletion can be tagged',
    shows: accepted,
    source: `${secrets}/API_TagResource.html, InvalidRequestException`,
  },
];

const ministackSecrets: AllowedDifference[] = [
  ...uncheckedSecrets,
  {
    id: 'access.denied',
    instead: 'the refusal does not name the resource',
    shows: "to contain 'User: arn",
    source: `${secretsGuide}/troubleshoot.html, "AccessDenied" messages`,
  },
  {
    id: 'wire.status',
    instead: 'not allowed is a 403',
    shows: 'expected [ 200, 400, 403, 400 ]',
    source: `${secrets}/CommonErrors.html, AccessDeniedException`,
  },
  {
    id: 'wire.request-id',
    instead: 'refused credentials get no request id',
    shows: 'to deeply equal []',
    source: `${secrets}/CommonErrors.html; every AWS answer carries x-amzn-RequestId`,
  },
  {
    id: 'create.first-version',
    instead: 'CreateSecret ignores the token',
    shows: "expected { …(4) } to match object { Name: 'app/key-",
    source: `${secrets}/API_CreateSecret.html, "ClientRequestToken"`,
  },
  {
    id: 'create.same-token',
    instead: 'CreateSecret ignores the token',
    shows: 'ResourceExistsException',
    source: `${secrets}/API_CreateSecret.html, "ClientRequestToken"`,
  },
  {
    id: 'create.short-token',
    instead: 'CreateSecret ignores the token',
    shows: accepted,
    source: `${secrets}/API_CreateSecret.html, length of "ClientRequestToken"`,
  },
  {
    id: 'get.no-version',
    instead: 'a secret without a value has an empty version',
    shows: accepted,
    source: `${secrets}/API_CreateSecret.html, "SecretString"`,
  },
  {
    id: 'get.version-and-stage',
    instead: 'the label is ignored where a version is named',
    shows: accepted,
    source: `${secrets}/API_GetSecretValue.html, "VersionStage": both refer to the same version`,
  },
  {
    id: 'put.third',
    instead: 'versions without a label are gone at once',
    shows: "can't find the specified secret version",
    source: `${secrets}/API_PutSecretValue.html: versions of the last 24 hours are kept`,
  },
  {
    id: 'versions.labelled',
    instead: 'versions without a label are gone at once',
    shows: 'to deeply equal',
    source: `${secrets}/API_ListSecretVersionIds.html, "IncludeDeprecated"`,
  },
  {
    id: 'put.no-value',
    instead: 'a version may be empty',
    shows: accepted,
    source: `${secrets}/API_PutSecretValue.html, "SecretString": it or "SecretBinary" has to be there`,
  },
  {
    id: 'put.pending-again',
    instead: 'two versions are AWSPENDING',
    shows: 'to deeply equal',
    source: `${secrets}/API_PutSecretValue.html, "VersionStages"`,
  },
  {
    id: 'put.first-is-current',
    instead: 'a secret without a value has an empty version',
    shows: 'to deeply equal',
    source: `${secrets}/API_PutSecretValue.html, "the first version"`,
  },
  {
    id: 'put.same-token',
    instead: 'the same value put again moves AWSCURRENT',
    shows: 'to deeply equal',
    source: `${secrets}/API_PutSecretValue.html, "ClientRequestToken": the request is ignored`,
  },
  {
    id: 'put.same-token-other-value',
    instead: 'a version is overwritten',
    shows: accepted,
    source: `${secrets}/API_PutSecretValue.html, "ClientRequestToken"`,
  },
  {
    id: 'list.name',
    instead: 'a name is found by any part, whatever its case',
    shows: 'to deeply equal',
    source: `${secrets}/API_Filter.html, "name"`,
  },
  {
    id: 'list.tag-key',
    instead: 'a tag is found by its whole key only',
    shows: 'to deeply equal',
    source: `${secrets}/API_Filter.html, "tag-key"`,
  },
  {
    id: 'list.all',
    instead: 'the filter "all" finds everything',
    shows: 'to deeply equal',
    source: `${secrets}/API_Filter.html, "all"`,
  },
  {
    id: 'batch.filters',
    instead: 'MaxResults is ignored: everything comes in one page',
    shows: 'expected [ 3, 3 ]',
    source: `${secrets}/API_BatchGetSecretValue.html, "MaxResults"`,
  },
  {
    id: 'batch.both',
    instead: 'ids and filters go together',
    shows: accepted,
    source: `${secrets}/API_BatchGetSecretValue.html, "but not both"`,
  },
];

const uncheckedParameters: AllowedDifference[] = [
  {
    id: 'put.other-type',
    instead: 'overwriting changes the type',
    shows: accepted,
    source: `${ssm}/API_PutParameter.html, HierarchyTypeMismatchException`,
  },
  ...['put.standard-size', 'put.advanced-size'].map((id) => ({
    id,
    instead: 'a value may have any length',
    shows: accepted,
    source: `${ssm}/API_PutParameter.html, "Value"`,
  })),
  {
    id: 'put.intelligent-tiering',
    instead: 'the tier asked for is told instead of the one assigned',
    shows: "expected 'Intelligent-Tiering' to be 'Standard'",
    source: `${ssm}/API_PutParameter.html, response element "Tier"`,
  },
  {
    id: 'put.no-downgrade',
    instead: 'an advanced parameter becomes a standard one',
    shows: accepted,
    source: `${ssmGuide}/parameter-store-advanced-parameters.html`,
  },
  {
    id: 'path.slash',
    instead: 'a path may begin with anything',
    shows: accepted,
    source: `${ssm}/API_GetParametersByPath.html, "Path"`,
  },
];

const motoParameters: AllowedDifference[] = [
  ...motoCallers,
  ...uncheckedParameters,
  ...['get.secure', 'path.decryption'].map((id) => ({
    id,
    instead: 'a SecureString is told as it is, behind the name of its key',
    shows: "not to contain 'the secret'",
    source: `${ssm}/API_GetParameter.html, "WithDecryption"`,
  })),
  {
    id: 'describe.pages',
    instead: 'MaxResults is ignored: everything comes in one page',
    shows: 'expected [ 3, 3, undefined ]',
    source: `${ssm}/API_DescribeParameters.html, "MaxResults"`,
  },
];

const ministackParameters: AllowedDifference[] = [
  ...uncheckedParameters,
  {
    id: 'put.empty',
    instead: 'a value may be empty',
    shows: accepted,
    source: `${ssm}/API_PutParameter.html, "Value"`,
  },
  {
    id: 'get.too-many',
    instead: 'any number of names is read',
    shows: accepted,
    source: `${ssm}/API_GetParameters.html, "Names"`,
  },
  {
    id: 'history.hundred',
    instead: 'every version is kept',
    shows: accepted,
    source: `${ssmGuide}/sysman-paramstore-versions.html`,
  },
  {
    id: 'history.oldest-labelled',
    instead: 'every version is kept',
    shows: accepted,
    source: `${ssm}/API_PutParameter.html, ParameterMaxVersionLimitExceeded`,
  },
  {
    id: 'path.pages',
    instead: 'MaxResults may be any number',
    shows: accepted,
    source: `${ssm}/API_GetParametersByPath.html, "MaxResults"`,
  },
  {
    id: 'describe.tag',
    instead: 'a filter by tag finds everything',
    shows: 'to deeply equal',
    source: `${ssm}/API_ParameterStringFilter.html, "tag:"`,
  },
  {
    id: 'describe.bad-filter',
    instead: 'an unknown filter is ignored',
    shows: accepted,
    source: `${ssm}/API_DescribeParameters.html, InvalidFilterKey`,
  },
  {
    id: 'tags.unknown',
    instead: 'what does not exist has no tags',
    shows: accepted,
    source: `${ssm}/API_ListTagsForResource.html, InvalidResourceId`,
  },
];

export const secretsDifferences = {
  moto: { secretsManager: motoSecrets, ssm: motoParameters },
  ministack: { secretsManager: ministackSecrets, ssm: ministackParameters },
};
