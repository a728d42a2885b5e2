// Every known lie of the emulators, and no others: where a target answers otherwise than AWS, and where it says how AWS
// does. An entry that is no longer true fails the run. Those which mended-moto.py sets right stay here for as long as moto
// needs it. `reference` is the IAM API Reference, `guide` the IAM User Guide.
import type { AllowedDifference } from '../support/iam-sts-contract.ts';

const reference = 'https://docs.aws.amazon.com/IAM/latest/APIReference';
const guide = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';
const accepted = "code: 'accepted'";

const pages = {
  instead: 'MaxItems is ignored: everything comes in one page',
  source: `${reference}/API_ListAccessKeys.html, API_ListUsers.html and API_ListUserTags.html, "MaxItems"`,
};

/** moto answers with a page of HTML. */
const noSimulator = {
  instead: 'there is no policy simulator',
  source: `${reference}/API_SimulatePrincipalPolicy.html`,
};

/** Neither emulator checks what is written into a user. */
const unchecked: AllowedDifference[] = [
  {
    id: 'tags.bad-characters',
    instead: 'a tag value may hold any character',
    shows: accepted,
    source: `${reference}/API_Tag.html, pattern of "Value"`,
  },
  {
    id: 'tags.too-long',
    instead: 'keys and values of tags may have any length',
    shows: accepted,
    source: `${reference}/API_Tag.html, lengths of "Key" and "Value"`,
  },
  {
    id: 'tags.all-or-nothing',
    instead: 'no tag is bad',
    shows: "expected { team: 'billing', …(1) } to deeply equal {}",
    source: `${reference}/API_TagUser.html, the first note`,
  },
  {
    id: 'tags.reserved-prefix',
    instead: 'a tag may begin with aws:',
    shows: accepted,
    source: `${guide}/id_tags.html, "Rules for tagging"`,
  },
  {
    id: 'tags.limit',
    instead: 'a user may have any number of tags',
    shows: accepted,
    source: `${guide}/reference_iam-quotas.html, tags of a user`,
  },
  {
    id: 'users.name-characters',
    instead: 'a user name may hold any character',
    shows: accepted,
    source: `${reference}/API_CreateUser.html, pattern of "UserName"`,
  },
  {
    id: 'users.duplicate-in-other-case',
    instead: 'names that differ in case are two users',
    shows: accepted,
    source: `${reference}/API_CreateUser.html, "UserName": names are not distinguished by case`,
  },
];

const slotsByAge: AllowedDifference = {
  id: 'report.slots-by-id',
  instead: 'slots of a credential report go by age',
  shows: "to deeply equal [ 'false true'",
  source: `${guide}/id_credentials_getting-report.html does not say; by ascending id in every report seen`,
};

/** Mended for whole audits. */
const motoMended: AllowedDifference[] = [
  slotsByAge,
  {
    id: 'report.root',
    instead: 'a credential report has no root user',
    shows: 'to match object',
    source: `${guide}/id_credentials_getting-report.html, "arn": the root user has a row`,
  },
  {
    id: 'report.generated',
    instead: 'every report is of 2 February 2015',
    shows: 'to deeply equal []',
    source: `${reference}/API_GetCredentialReport.html, "GeneratedTime"`,
  },
  {
    id: 'report.no-password',
    instead: 'a user without a password has one that was changed when the user was made',
    shows: 'to match object',
    source: `${guide}/id_credentials_getting-report.html, "password_last_used" and "password_last_changed"`,
  },
];

const moto: AllowedDifference[] = [
  ...unchecked,
  ...motoMended,
  { id: 'simulation.decisions', shows: 'XML parse error', ...noSimulator },
  { id: 'simulation.resources', shows: 'XML parse error', ...noSimulator },
  { id: 'simulation.role', shows: 'XML parse error', ...noSimulator },
  { id: 'simulation.unknown-user', shows: 'status: 500', ...noSimulator },
  {
    id: 'keys.created-whole-seconds',
    instead: 'CreateDate has milliseconds',
    shows: 'to be +0',
    source: `${reference}/API_ListAccessKeys.html, example response`,
  },
  {
    id: 'keys.list-complete',
    instead: 'ListAccessKeys leaves IsTruncated out',
    shows: 'expected undefined to be false',
    source: `${reference}/API_ListAccessKeys.html, "IsTruncated" and the example response`,
  },
  { id: 'keys.list-pages', shows: 'expected undefined to be true', ...pages },
  { id: 'users.list-pages', shows: 'expected false to be true', ...pages },
  { id: 'tags.list-pages', shows: 'expected false to be true', ...pages },
  {
    id: 'keys.update-bad-status',
    instead: 'a status may be any word',
    shows: accepted,
    source: `${reference}/API_UpdateAccessKey.html, valid values of "Status"`,
  },
  {
    id: 'auth.inactive',
    instead: 'a deactivated key works on',
    shows: accepted,
    source: `${reference}/API_UpdateAccessKey.html, "Inactive" means that the key cannot be used`,
  },
  {
    id: 'access.resource',
    instead: 'a permission on an ARN allows nothing: only Resource "*" is matched',
    shows: 'is not authorized to perform: iam:GetUser',
    source: `${guide}/reference_policies_elements_resource.html`,
  },
  {
    id: 'access.own-user',
    instead: 'a permission on an ARN allows nothing: only Resource "*" is matched',
    shows: 'is not authorized to perform: iam:GetUser',
    source: `${guide}/reference_policies_variables.html`,
  },
  ...['session.caller', 'session.outlives-key', 'session.no-iam'].map((id) => ({
    id,
    instead: 'GetSessionToken needs a permission, and answers with the same credentials to everybody',
    shows: 'is not authorized to perform: sts:GetSessionToken',
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html, "Permissions"',
  })),
  {
    id: 'caller.user-id-prefix',
    instead: 'the unique id of a user is 20 random characters',
    shows: 'to match /^AIDA',
    source: `${guide}/reference_identifiers.html, "Unique identifiers"`,
  },
  {
    id: 'caller.omitted-name-role',
    instead: 'a role without a user name gets NoSuchEntity',
    shows: "code: 'NoSuchEntity'",
    source: `${reference}/API_ListAccessKeys.html, "If a temporary access key is used, then UserName is required"`,
  },
  {
    id: 'tags.overwrite-in-other-case',
    instead: 'keys that differ in case are two tags',
    shows: "expected [ 'billing', 'payments' ]",
    source: `${guide}/id_tags.html, "Rules for tagging", case sensitivity`,
  },
];

const neverPublished = {
  instead: 'a used key looks like one that was never used',
  shows: "expected { ServiceName: 'N/A', Region: 'N/A' }",
  source: `${reference}/API_AccessKeyLastUsed.html`,
};

const ministack: AllowedDifference[] = [
  ...unchecked,
  slotsByAge,
  {
    id: 'simulation.unknown-user',
    instead: 'anybody can be asked about',
    shows: accepted,
    source: `${reference}/API_SimulatePrincipalPolicy.html, "Errors"`,
  },
  ...['keys.limit', 'keys.limit-counts-inactive'].map((id) => ({
    id,
    instead: 'a user may have any number of keys',
    shows: accepted,
    source: `${guide}/reference_iam-quotas.html, access keys of a user`,
  })),
  { id: 'keys.list-pages', shows: 'expected false to be true', ...pages },
  { id: 'users.list-pages', shows: 'expected false to be true', ...pages },
  { id: 'tags.list-pages', shows: 'expected false to be true', ...pages },
  {
    id: 'keys.list-unknown-user',
    instead: 'a user who does not exist has an empty list of keys',
    shows: accepted,
    source: `${reference}/API_ListAccessKeys.html, error NoSuchEntity`,
  },
  {
    id: 'keys.update-bad-status',
    instead: 'an unknown status is InvalidInput',
    shows: "code: 'InvalidInput'",
    source: `${reference}/CommonErrors.html, ValidationError`,
  },
  {
    id: 'keys.delete-other-user',
    instead: 'a key is deleted under any name',
    shows: accepted,
    source: `${reference}/API_DeleteAccessKey.html, "the access key pair associated with the specified IAM user"`,
  },
  {
    id: 'access.own-user',
    instead: 'policy variables are not filled in',
    shows: 'is not authorized to perform: iam:GetUser',
    source: `${guide}/reference_policies_variables.html`,
  },
  {
    id: 'session.no-iam',
    instead: 'a session without MFA may call IAM',
    shows: accepted,
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html, "cannot call any IAM API"',
  },
  {
    id: 'caller.omitted-name-get-user',
    instead: 'GetUser without a name is about root',
    shows: "expected 'root' to be",
    source: `${reference}/API_GetUser.html, "UserName"`,
  },
  {
    id: 'caller.omitted-name-list-keys',
    instead: 'ListAccessKeys without a name is empty',
    shows: 'expected [] to match object',
    source: `${reference}/API_ListAccessKeys.html, "UserName"`,
  },
  {
    id: 'caller.omitted-name-create-key',
    instead: 'CreateAccessKey without a name makes a key for a user "default"',
    shows: "expected 'default' to be",
    source: `${reference}/API_CreateAccessKey.html, "UserName"`,
  },
  {
    id: 'caller.omitted-name-role',
    instead: 'a role without a user name gets an empty list',
    shows: accepted,
    source: `${reference}/API_ListAccessKeys.html, "If a temporary access key is used, then UserName is required"`,
  },
  { id: 'last-used.sts', ...neverPublished },
  { id: 'last-used.iam', ...neverPublished },
  { id: 'last-used.after-deactivation', ...neverPublished },
  {
    id: 'users.list-without-tags',
    instead: 'ListUsers tells the tags too',
    shows: 'to be undefined',
    source: `${reference}/API_ListUsers.html, "does not return ... Tags"`,
  },
  {
    id: 'wire.request-id',
    instead: 'refused credentials get no request id',
    shows: 'expected [ 403, 403 ] to deeply equal []',
    source: `${reference}/CommonErrors.html; every AWS answer carries x-amzn-RequestId`,
  },
];

export const allowedDifferences = { moto, ministack };
