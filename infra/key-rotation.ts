// The unattended engine as one construct: the table of contents of this folder.
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { createActivityFunctions, type Functions } from './activities.ts';
import { createFoundation, type Foundation } from './foundation.ts';
import type { KeyRotationProps } from './props.ts';
import { createStateMachine } from './state-machine.ts';
import { createWatch } from './watch.ts';

/** Rotates the access keys of an account's users by Step Functions. At most one in a region of an account. */
export class KeyRotation extends Construct {
  readonly foundation: Foundation;
  readonly functions: Functions;
  readonly stateMachine: StateMachine;

  /** Throws where the policy file has a mistake, or where it is not said whose keys are meant. */
  constructor(scope: Construct, id: string, props: KeyRotationProps) {
    super(scope, id);
    this.foundation = createFoundation(this, props);
    this.functions = createActivityFunctions(this, this.foundation);
    this.stateMachine = createStateMachine(this, this.foundation, this.functions);
    createWatch(this, this.foundation);
  }
}
