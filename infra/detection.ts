// Notices access keys that somebody else than keyturn makes, changes or deletes. CloudTrail tells of IAM in us-east-1 alone: a
// deployment elsewhere has these events sent on to its own region, and everything else stays there.
import { Aws, CfnOutput, Duration, Stack, Token } from 'aws-cdk-lib';
import { EventBus, type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { EventBus as BusTarget, LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { createFunction } from './function.ts';
import { rolePath } from './names.ts';
import { needed } from './permissions.ts';
import { denials, onUsers } from './users.ts';

const regionOfIam = 'us-east-1';

/** `deactivate`: a key that is made for a user who signs in to the console is deactivated besides. */
export type KeysMadeElsewhere = 'tell' | 'deactivate';

export function createDetection(scope: Construct, foundation: Foundation, then: KeysMadeElsewhere): LambdaFunction {
  const made = createFunction(scope, 'keyMadeElsewhere', foundation, {
    name: 'key-made-elsewhere',
    description: 'keyturn: tells of access keys that somebody else makes, changes or deletes',
    statements: [
      ...needed(foundation, { notify: true }, { puts: false }),
      new PolicyStatement({ sid: 'Trails', actions: ['cloudtrail:DescribeTrails'], resources: ['*'] }),
      new PolicyStatement({
        sid: 'Trail',
        actions: ['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'],
        resources: [`arn:${Aws.PARTITION}:cloudtrail:*:*:trail/*`],
      }),
      ...(then === 'tell'
        ? []
        : [
            ...onUsers(foundation.users, ['iam:GetLoginProfile', 'iam:ListAccessKeys', 'iam:UpdateAccessKey']),
            ...denials(foundation.users),
          ]),
    ],
    environment: { KEYTURN_KEYS_MADE_ELSEWHERE: then },
  });
  if (made.role) foundation.notifications.letPublish(made.role);
  made.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(foundation.deadLetters) });
  const target = new FunctionTarget(made, { deadLetterQueue: foundation.deadLetters });
  new Rule(scope, 'KeysChangedElsewhere', {
    description: 'keyturn: access keys that somebody else made, changed or deleted',
    eventPattern: changesElsewhere(),
    targets: [target],
  });
  new Rule(scope, 'Trails', {
    description: 'keyturn: once a day, whether a trail tells of changes in IAM',
    schedule: Schedule.rate(Duration.days(1)),
    targets: [target],
  });
  sendOn(Stack.of(scope));
  return made;
}

/** Changes that succeeded, whoever made them but keyturn's roles. Users and root have no session issuer at all. */
function changesElsewhere(): EventPattern {
  const own = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role${rolePath}`;
  return {
    source: ['aws.iam'],
    detailType: ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['iam.amazonaws.com'],
      eventName: ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'],
      errorCode: [{ exists: false }],
      userIdentity: {
        sessionContext: { sessionIssuer: { arn: [{ exists: false }, { 'anything-but': { prefix: own } }] } },
      },
    },
  };
}

/** From us-east-1, by a stack of its own, unless the deployment is there. */
function sendOn(stack: Stack): void {
  const isKnown = !Token.isUnresolved(stack.region);
  new CfnOutput(stack, 'DetectionNeeds', {
    description: 'keyturn: what the detection of keys that somebody else makes needs; looked for once a day',
    value: isKnown
      ? `a trail of CloudTrail that records management events in ${regionOfIam}`
      : `a trail of CloudTrail that records management events in ${regionOfIam}, and this stack there or with its region in env`,
  });
  if (!isKnown || stack.region === regionOfIam) return;
  const env = { region: regionOfIam, ...(Token.isUnresolved(stack.account) ? {} : { account: stack.account }) };
  const away = new Stack(stack, 'Detection', {
    stackName: `${stack.stackName}-detection`,
    description: `keyturn: sends what CloudTrail tells of access keys to ${stack.region}`,
    env,
  });
  const arn = `arn:${Aws.PARTITION}:events:${stack.region}:${Aws.ACCOUNT_ID}:event-bus/default`;
  // The target allows it what it takes: to put events on that one bus.
  const role = new Role(away, 'SendRole', { path: rolePath, assumedBy: new ServicePrincipal('events.amazonaws.com') });
  new Rule(away, 'KeysChangedElsewhere', {
    description: `keyturn: access keys that somebody else made, changed or deleted, for ${stack.region}`,
    eventPattern: changesElsewhere(),
    targets: [new BusTarget(EventBus.fromEventBusArn(away, 'Bus', arn), { role })],
  });
}
