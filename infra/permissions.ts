// The statements of a function's role: what its activity declares, on the users of the deployment, and what `needs` says of
// vault, seal, places and the rest. Nothing is allowed on everything, but where AWS knows no resource or none can be named.
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { kmsPermission } from '../src/consumers/place-in-aws.ts';
import { secretsmanager } from '../src/consumers/secretsmanager.ts';
import { ssm } from '../src/consumers/ssm.ts';
import type { Needs } from '../src/lambda/needs.ts';
import type { Vault } from '../src/vault/contract.ts';
import { sealPrefix } from '../src/vault/seal.ts';
import { namePrefix, permissions as vaultPermissions } from '../src/vault/secrets-manager-vault.ts';
import type { Foundation } from './foundation.ts';
import { machineName, recordPrefix } from './names.ts';
import { onScope } from './users.ts';

export const allow = (sid: string, actions: readonly string[], resources: readonly string[], conditions?: object) =>
  new PolicyStatement({ sid, actions: [...actions], resources: [...resources], ...(conditions ? { conditions } : {}) });

/** `puts`: of the vault's users, those that put pairs into it. */
export function needed(foundation: Foundation, needs: Needs, { puts }: { puts: boolean }): PolicyStatement[] {
  const { keys, notifications, records, users } = foundation;
  const stack = Stack.of(keys.vault);
  const [vault, seals] = [namePrefix, sealPrefix].map((prefix) => secretArn(stack, prefix));
  const onVault = vaultActions(needs.vault, puts);
  const onSeals = sealActions(needs.seal);
  const statements: PolicyStatement[] = [];
  const add = (...more: PolicyStatement[]) => void statements.push(...more);

  if (onVault.length > 0) add(allow('Vault', onVault, [vault ?? '']));
  if (needs.vault === 'use') add(useKey('VaultKey', stack, keys.vault.keyArn, 'secretsmanager', puts));
  if (onSeals.length > 0) add(allow('Seal', onSeals, [seals ?? '']));
  if (needs.seal) add(useKey('SealKey', stack, keys.data.keyArn, 'secretsmanager', needs.seal === 'write'));
  if (needs.places || needs.plan) {
    add(...onPlaces(foundation, needs.places ?? 'look'));
    add(...keptAway(stack, { vault: onVault, seals: onSeals }));
  }
  // A narrower resource would hide composite alarms (CloudWatch API Reference, "DescribeAlarms").
  if (needs.probes) add(allow('Probes', ['cloudwatch:DescribeAlarms'], ['*']));
  if (needs.halt) add(allow('Switch', ['ssm:GetParameter'], [foundation.switch.parameterArn]));
  if (needs.notify) {
    const actions = needs.notify === 'mustBeHeard' ? ['sns:ListSubscriptionsByTopic', 'sns:Publish'] : ['sns:Publish'];
    add(allow('Notify', actions, [notifications.topic.topicArn]));
    add(useKey('TopicKey', stack, keys.data.keyArn, 'sns', true));
  }
  if (needs.record) {
    add(allow('Record', ['s3:PutObject'], [records.arnForObjects(`${recordPrefix}*`)]));
    add(useKey('RecordKey', stack, keys.data.keyArn, 's3', true));
  }
  if (needs.executions) add(...onExecutions(stack, keys.data.keyArn, needs.executions));
  if (needs.plan) {
    add(allow('ListSecrets', ['secretsmanager:ListSecrets'], ['*']));
    const looks = ['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys', 'iam:SimulatePrincipalPolicy'];
    add(onScope(users, allow('Plan', looks, users.users)));
  }
  return statements;
}

function onExecutions(stack: Stack, key: string, how: 'start' | 'look'): PolicyStatement[] {
  const machine = machineArn(stack);
  const executions = `${machine.replace(':stateMachine:', ':execution:')}:*`;
  const [onMachine, onOne] =
    how === 'start'
      ? [['states:StartExecution'], ['states:DescribeExecution']]
      : [['states:ListExecutions'], ['states:DescribeExecution', 'states:GetExecutionHistory']];
  return [
    allow('Machine', onMachine, [machine]),
    allow('Executions', onOne, [executions]),
    useKey('ExecutionsKey', stack, key, 'states', how === 'start'),
  ];
}

/** By its name: whoever is told of a machine may be made before it. */
export function machineArn(stack: Stack, name = machineName): string {
  return stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function vaultActions(need: Needs['vault'], puts: boolean): string[] {
  if (need === undefined) return [];
  if (need === 'discard') return ['secretsmanager:DeleteSecret'];
  const verbs: (keyof Vault)[] = puts ? ['get', 'put', 'remove'] : ['get'];
  return [...new Set(verbs.flatMap((verb) => vaultPermissions[verb]))].sort();
}

function sealActions(need: Needs['seal']): string[] {
  if (need === undefined) return [];
  const more = { read: [], write: ['secretsmanager:CreateSecret'], discard: ['secretsmanager:DeleteSecret'] };
  return [...more[need], 'secretsmanager:GetSecretValue'];
}

/** The kinds of places say themselves which actions they take; the deployment says on what. */
function onPlaces({ places }: Foundation, how: 'look' | 'change'): PolicyStatement[] {
  const { secrets = [], parameters = [], keys = [] } = places;
  const looks = /:(?:Describe|Get|Decrypt)/;
  const of = (kind: typeof ssm, place: string, resources: readonly string[]) =>
    resources.length === 0
      ? []
      : (kind.permissions?.(place) ?? []).flatMap(({ actions, via }) => {
          const asked = actions.filter((action) => how === 'change' || looks.test(action));
          const name = kind.kind === 'ssm' ? 'Parameters' : 'Secrets';
          if (!via) return [allow(name, asked, resources)];
          if (keys.length === 0) return [];
          const services = via.map((one) => one.replace(anyRegion, '*'));
          return [allow(`${name}Keys`, asked, keys, { StringLike: { 'kms:ViaService': services } })];
        });
  return [
    ...of(secretsmanager, `any#region=${anyRegion}`, secrets),
    ...of(ssm, `/any#region=${anyRegion}`, parameters),
  ];
}

/** Kinds of places ask for a region; the ARNs say which it is. */
const anyRegion = 'us-east-1';

/** However widely the places are drawn: what is keyturn's own is none of them (S31, S28). */
function keptAway(stack: Stack, own: { vault: string[]; seals: string[] }): PolicyStatement[] {
  const deny = (sid: string, but: string[], resource: string) =>
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      ...(but.length > 0 ? { notActions: but } : { actions: ['secretsmanager:*'] }),
      resources: [resource],
    });
  return [
    deny('NoPlaceInVault', own.vault, secretArn(stack, namePrefix)),
    deny('NoPlaceInSeals', own.seals, secretArn(stack, sealPrefix)),
    new PolicyStatement({
      sid: 'NoPlaceInSettings',
      effect: Effect.DENY,
      actions: ['ssm:PutParameter'],
      resources: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: 'keyturn/*' })],
    }),
  ];
}

export function useKey(sid: string, stack: Stack, key: string, service: string, encrypts: boolean): PolicyStatement {
  const { via = [] } = kmsPermission(service, stack.region, []);
  const actions = encrypts ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
  return allow(sid, actions, [key], { StringEquals: { 'kms:ViaService': [...via] } });
}

function secretArn(stack: Stack, prefix: string): string {
  const resource = { service: 'secretsmanager', resource: 'secret', arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  return stack.formatArn({ ...resource, resourceName: `${prefix}*` });
}
