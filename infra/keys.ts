// Two KMS keys. The vault's key opens key pairs, so only the roles that use pairs may use it, whatever IAM says (S31). The other
// one is for all that holds no secret: seals, topic, records, logs, executions; whoever may read one of those may as well
// read the others, so a third key would keep nobody out.
import { Aws, Lazy, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  type IRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface Keys {
  vault: Key;
  data: Key;
  /** The role may use the vault's key, as far as its own policy says. */
  letUseVault(role: IRole): void;
}

/** What it takes to look after a key, without using it or handing it out by a grant. */
const administration = [
  'kms:CancelKeyDeletion',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

export function createKeys(scope: Construct, removalPolicy: RemovalPolicy): Keys {
  const users: IRole[] = [];
  const account = new AccountRootPrincipal();
  const vault = new Key(scope, 'VaultKey', {
    description: 'keyturn: key pairs between their making and the end of their rotation',
    alias: 'keyturn/vault',
    enableKeyRotation: true,
    removalPolicy,
    policy: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'Administration',
          principals: [account],
          actions: administration,
          resources: ['*'],
        }),
        new PolicyStatement({
          sid: 'RolesThatUsePairs',
          principals: [account],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: ['*'],
          conditions: {
            ArnEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => users.map(({ roleArn }) => roleArn) }) },
          },
        }),
      ],
    }),
  });
  const data = new Key(scope, 'DataKey', {
    description: 'keyturn: seals, notifications, records, logs and executions, none of which holds a secret',
    alias: 'keyturn/data',
    enableKeyRotation: true,
    removalPolicy,
  });
  const { region } = Stack.of(scope);
  data.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LogGroups',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${region}:${Aws.ACCOUNT_ID}:log-group:*`,
        },
      },
    }),
  );
  data.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return { vault, data, letUseVault: (role) => void users.push(role) };
}
