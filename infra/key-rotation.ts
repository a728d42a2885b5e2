// The unattended engine as one construct: the table of contents of this folder.
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { createActivityFunctions } from './activities.ts';
import { createDetection } from './detection.ts';
import { createEndedExecutions } from './ended-executions.ts';
import { createFoundation } from './foundation.ts';
import { createNativeRotation } from './native-rotation.ts';
import type { KeyRotationProps } from './props.ts';
import { createStateMachine } from './state-machine.ts';
import { createSweep } from './sweep.ts';
import { createWatch } from './watch.ts';

/** Rotates the access keys of an account's users by Step Functions. At most one in a region of an account. */
export class KeyRotation extends Construct {
  /** An execution's input is `{"user": "NAME"}`. */
  readonly stateMachine: StateMachine;
  /** Tells people. Whoever is subscribed sees users, key ids and places, and no secret. */
  readonly topic: Topic;
  /** Records of ended rotations, and reports. */
  readonly records: Bucket;

  /** Throws where the policy file has a mistake, or where it is not said whose keys are meant. */
  constructor(scope: Construct, id: string, props: KeyRotationProps) {
    super(scope, id);
    const foundation = createFoundation(this, props);
    const functions = createActivityFunctions(this, foundation);
    this.stateMachine = createStateMachine(this, foundation, functions);
    this.topic = foundation.notifications.topic;
    this.records = foundation.records;
    createNativeRotation(this, foundation);
    createEndedExecutions(this, foundation);
    createDetection(this, foundation, props.keysMadeElsewhere ?? 'tell');
    createSweep(this, foundation);
    createWatch(this, foundation);
  }
}
