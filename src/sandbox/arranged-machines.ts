// State machines that are there before anybody asks for them, as a deployment left them.
import type { StoredStateMachine } from './state-machine.ts';
import { readDefinition } from './states-language.ts';
import type { World } from './world.ts';

export interface StateMachineArrangement {
  name: string;
  /** In Amazon States Language; throws where AWS would refuse it. */
  definition: unknown;
  roleArn: string;
  /** Default `us-east-1`. */
  region?: string;
}

export interface StateMachines {
  create(machine: StateMachineArrangement): { arn: string };
}

export function createStateMachines({ stateMachines, accountId, clock, random }: World): StateMachines {
  return {
    create: ({ name, definition, roleArn, region = 'us-east-1' }) => {
      const text = JSON.stringify(definition);
      const arn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
      const [createdAt, revisionId] = [clock.now(), random.requestId()];
      const machine: StoredStateMachine = {
        ...{ arn, name, region, roleArn, text, createdAt, changedAt: createdAt, revisionId },
        definition: readDefinition(text),
      };
      stateMachines.set(arn, machine);
      return { arn };
    },
  };
}
