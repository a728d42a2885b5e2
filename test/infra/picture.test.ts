// The picture of a template: small templates, and the lines that they make.
import { expect, test } from 'vitest';
import { picture } from '../../infra/picture.ts';

const at = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const named = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${rest}`]] });

function policyOf(role: string, ...statements: [string, string | string[], unknown][]) {
  const Statement = statements.map(([Effect, Action, Resource]) => ({ Effect, Action, Resource }));
  return { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: role }], PolicyDocument: { Statement } } };
}

const functionOf = (FunctionName: string, role: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName, Role: at(role) },
});

const role = { Type: 'AWS::IAM::Role' };

/** Without the comments. */
const lines = (resources: Parameters<typeof picture>[0]['Resources']) =>
  picture({ Resources: resources })
    .split('\n')
    .filter((line) => !line.startsWith('%%'))
    .map((line) => line.trim());

test('a role that only looks gives a dotted arrow, one that changes something another, and a denial none', () => {
  const drawn = lines({
    TopicDC8A073D: { Type: 'AWS::SNS::Topic' },
    looks: functionOf('keyturn-looks', 'LooksRole'),
    changes: functionOf('keyturn-changes', 'ChangesRole'),
    LooksRole: role,
    ChangesRole: role,
    P1: policyOf('LooksRole', ['Allow', ['iam:GetUser', 'iam:ListAccessKeys'], named('iam::1:user/machines/*')]),
    P2: policyOf(
      'ChangesRole',
      ['Allow', 'iam:UpdateAccessKey', named('iam::1:user/machines/*')],
      ['Allow', 'sns:Publish', { Ref: 'TopicDC8A073D' }],
      ['Deny', 'secretsmanager:*', named('secretsmanager:::secret:keyturn/vault/*')],
    ),
  });

  expect(drawn.filter((line) => line.includes('-> '))).toEqual([
    'changes --> Topic',
    'changes --> users',
    'looks -.-> users',
  ]);
});

test('functions that may do the same are one box, in the frame of the state machine that invokes them', () => {
  const drawn = lines({
    Machine12345678: { Type: 'AWS::StepFunctions::StateMachine', Properties: { RoleArn: at('MachineRole') } },
    a: functionOf('keyturn-a', 'RoleA'),
    b: functionOf('keyturn-b', 'RoleB'),
    c: functionOf('keyturn-c', 'RoleC'),
    MachineRole: role,
    P: policyOf('MachineRole', ['Allow', 'lambda:InvokeFunction', [at('a'), at('b')]]),
  });

  expect(drawn).toEqual([
    'flowchart LR',
    'Machine[("state machine<br/>Machine")]',
    'subgraph byMachine["invoked by Machine"]',
    'a["a<br/>b"]',
    'end',
    'c["c"]',
    'Machine --> byMachine',
    '',
  ]);
});

test('what starts a function, and whom an alarm tells', () => {
  const drawn = lines({
    TopicDC8A073D: { Type: 'AWS::SNS::Topic' },
    ended: functionOf('keyturn-ended', 'Role'),
    Ended12345678: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: at('ended') }] } },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [{ Ref: 'TopicDC8A073D' }] } },
    Mail: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'TopicDC8A073D' } } },
  });

  expect(drawn.filter((line) => line.includes(' --> '))).toEqual([
    'Ended --> ended',
    'Topic --> people',
    'alarms --> Topic',
  ]);
});

test('a state machine that is named, not referred to, is the one of that name', () => {
  const drawn = lines({
    Sweep12345678: { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 'keyturn-sweep' } },
    Machine12345678: { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 'keyturn' } },
    decide: functionOf('keyturn-decide', 'Role'),
    Role: role,
    P: policyOf(
      'Role',
      ['Allow', 'states:StartExecution', named('states:eu-west-1:1:stateMachine:keyturn')],
      ['Allow', 'states:DescribeExecution', named('states:eu-west-1:1:execution:keyturn:*')],
    ),
  });

  expect(drawn.filter((line) => line.includes('-> '))).toEqual(['decide --> Machine']);
});

test('how many resources there are of each type is drift, too', () => {
  const drawn = picture({ Resources: { A: { Type: 'AWS::IAM::Role' }, B: { Type: 'AWS::IAM::Role' } } });

  expect(drawn).toContain('%% 2 AWS::IAM::Role\n');
});
