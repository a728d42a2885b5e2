// State machines: made, changed, looked at and deleted. Running executions keep the definition that they began with.

import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import type { Access, Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';
import type { StoredStateMachine } from './state-machine.ts';
import { machineArn, machineIn, onMachine, pageOf, validName } from './state-machine-input.ts';
import { readDefinition } from './states-language.ts';

export const stateMachineOperations: Record<string, Operation> = {
  CreateStateMachine: {
    kind: 'change',
    access: (call) => [
      { action: 'states:CreateStateMachine', resource: machineArn(call, requiredText(call.params, 'name')) },
      passRole(requiredText(call.params, 'roleArn')),
    ],
    apply: (call) => {
      const { params, world, region } = call;
      const name = validName(requiredText(params, 'name'));
      const arn = machineArn(call, name);
      const text = requiredText(params, 'definition');
      const roleArn = roleIn(call, requiredText(params, 'roleArn'));
      if ((optionalText(params, 'type') ?? 'STANDARD') !== 'STANDARD') {
        throw new ServiceError('StateMachineTypeNotSupported', 400, 'the embedded AWS runs standard workflows only');
      }
      const definition = readDefinition(text);
      const existing = world.stateMachines.get(arn);
      if (existing && (existing.text !== text || existing.roleArn !== roleArn)) {
        throw new ServiceError('StateMachineAlreadyExists', 400, `State Machine Already Exists: '${arn}'`);
      }
      const now = world.clock.now();
      const times = { createdAt: now, changedAt: now, revisionId: world.random.requestId() };
      const machine = existing ?? { arn, name, region, roleArn, text, definition, ...times };
      world.stateMachines.set(arn, machine);
      return { stateMachineArn: arn, creationDate: epochSeconds(machine.createdAt) };
    },
  },

  UpdateStateMachine: {
    kind: 'change',
    access: (call) => {
      const roleArn = optionalText(call.params, 'roleArn');
      return [...onMachine(call), ...(roleArn === undefined ? [] : [passRole(roleArn)])];
    },
    apply: (call) => {
      const { params, world } = call;
      const machine = machineIn(call);
      const text = optionalText(params, 'definition') ?? machine.text;
      const changed: StoredStateMachine = {
        ...machine,
        text,
        definition: readDefinition(text),
        roleArn: roleIn(call, optionalText(params, 'roleArn') ?? machine.roleArn),
        changedAt: world.clock.now(),
        revisionId: world.random.requestId(),
      };
      world.stateMachines.set(machine.arn, changed);
      return { updateDate: epochSeconds(changed.changedAt), revisionId: changed.revisionId };
    },
  },

  DeleteStateMachine: {
    kind: 'change',
    access: onMachine,
    apply: ({ params, world }) => {
      const arn = requiredText(params, 'stateMachineArn');
      world.stateMachines.delete(arn);
      for (const execution of world.executions.values()) if (execution.machine.arn === arn) execution.stop();
      return {};
    },
  },

  DescribeStateMachine: {
    kind: 'read',
    access: onMachine,
    apply: (call) => {
      const { text, roleArn, revisionId, ...machine } = machineIn(call);
      return {
        ...listed(machine),
        status: 'ACTIVE',
        definition: text,
        roleArn,
        revisionId,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        tracingConfiguration: { enabled: false },
      };
    },
  },

  ListStateMachines: {
    kind: 'read',
    access: () => [{ action: 'states:ListStateMachines', resource: '*' }],
    apply: (call) => {
      const ofRegion = [...call.world.stateMachines.values()].filter(({ region }) => region === call.region);
      const { items, ...more } = pageOf(call, ofRegion, ({ arn }) => arn);
      return { stateMachines: items.map(listed), ...more };
    },
  },
};

function passRole(resource: string): Access {
  return { action: 'iam:PassRole', resource, context: { 'iam:passedtoservice': ['states.amazonaws.com'] } };
}

function listed({ arn, name, createdAt }: Pick<StoredStateMachine, 'arn' | 'name' | 'createdAt'>) {
  return { stateMachineArn: arn, name, type: 'STANDARD', creationDate: epochSeconds(createdAt) };
}

function roleIn({ world }: Call, arn: string): string {
  if (world.roles.byArn(arn)?.trusts.includes('states.amazonaws.com')) return arn;
  const message =
    'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.';
  throw new ServiceError('AccessDenied', 400, message);
}
