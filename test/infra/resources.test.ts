// What is deployed besides the roles' policies: how it is encrypted, kept, watched, and who may publish or invoke.
import { RemovalPolicy } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Deployed, deployed, forgetDeployed, ofMachine, type Resource } from './deployed.ts';
import { roleSession, type Statement, verdict } from './evaluate.ts';

let it: Deployed;

beforeAll(async () => {
  it = await deployed({ subscribers: ['keys@example.com'] });
}, 90_000);

afterAll(forgetDeployed);

const ofId = (pattern: RegExp): Resource => {
  const [, found] = Object.entries(it.resources).find(([id]) => pattern.test(id)) ?? [];
  if (!found) throw new Error(`nothing is called ${pattern}`);
  return found;
};
const vaultKey = () => ofId(/VaultKey(?!Alias)/);
const dataKeyArn = expect.stringMatching(/^arn:aws:kms:.*:key\/KeyRotationDataKey/);

describe('the functions', () => {
  test('run Node 24 on arm64 for at most 5 minutes, log JSON, and are told nothing secret', () => {
    for (const name of ofMachine) {
      const { Runtime, Architectures, Timeout, LoggingConfig, Environment, ReservedConcurrentExecutions } =
        it.functions[name]?.Properties ?? {};
      expect({ Runtime, Architectures, Timeout }).toEqual({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: 300,
      });
      expect(LoggingConfig).toEqual({ LogFormat: 'JSON', LogGroup: expect.any(String) });
      expect(ReservedConcurrentExecutions).toBeUndefined();
      expect(Object.keys((Environment as { Variables: object }).Variables).sort()).toEqual([
        'KEYTURN_BUCKET',
        'KEYTURN_SEAL_KEY',
        'KEYTURN_SWITCH',
        'KEYTURN_TOPIC',
        'KEYTURN_VAULT_KEY',
      ]);
    }
  });

  test('have a role each, under the path that infra/prevention knows', () => {
    const roles = ofMachine.map((name) => it.roleArn(name));

    expect(new Set(roles).size).toBe(20);
    for (const role of roles) expect(role).toMatch(/^arn:aws:iam::123456789012:role\/keyturn\/./);
  });

  test('write logs that are encrypted, end after 30 days, and stay when the deployment goes', () => {
    const groups = it.ofType('AWS::Logs::LogGroup');

    expect(groups.length).toBeGreaterThanOrEqual(21);
    for (const { Properties, DeletionPolicy } of groups) {
      expect(Properties).toMatchObject({ RetentionInDays: 30, KmsKeyId: dataKeyArn });
      expect(DeletionPolicy).toBe('Retain');
    }
  });
});

describe('the state machine', () => {
  const machine = () => ofId(/KeyRotationMachine(?!Role|Log|Parameter)/).Properties;

  test('keeps what it is told encrypted and out of its log, and can be traced', () => {
    expect(machine()).toMatchObject({
      StateMachineName: 'keyturn',
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: dataKeyArn },
    });
  });

  test('invokes the function of each state, and nothing is left to fill in', () => {
    const { DefinitionString, DefinitionSubstitutions } = machine() as {
      DefinitionString: string;
      DefinitionSubstitutions: Record<string, string>;
    };
    const asked = [...DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? '');

    expect([...new Set(asked)].sort()).toEqual(Object.keys(DefinitionSubstitutions).sort());
    expect(DefinitionSubstitutions).toMatchObject({
      partition: 'aws',
      createKey: 'arn:aws:lambda:eu-west-1:123456789012:function:keyturn-create-key',
      awaitNextLook: 'arn:aws:lambda:eu-west-1:123456789012:function:keyturn-await-next-look',
    });
    expect(DefinitionString).not.toContain('arn:aws:');
  });

  test('S28 its role alone may invoke them', () => {
    const arns = ofMachine.map((name) => `arn:aws:lambda:eu-west-1:123456789012:function:keyturn-${name}`);
    const invokers = it.ofType('AWS::IAM::Policy').flatMap(({ Properties }) => {
      const { Statement } = Properties.PolicyDocument as { Statement: Statement[] };
      return Statement.filter(({ Effect, Action }) => Effect === 'Allow' && /lambda:/.test(String(Action)))
        .map(({ Action, Resource }) => ({ Action, resources: [Resource].flat().map(String) }))
        .filter(({ resources }) => resources.some((one) => one.includes('*') || arns.includes(one)))
        .map((statement) => ({ ...statement, roles: Properties.Roles }));
    });

    expect(invokers).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        resources: expect.toSatisfy((all: string[]) => all.toSorted().join() === arns.toSorted().join()),
        roles: [expect.stringContaining('MachineRole')],
      },
    ]);
    const invited = it.ofType('AWS::Lambda::Permission').map(({ Properties }) => Properties.FunctionName);
    for (const arn of arns) expect(invited).not.toContain(arn);
  });
});

describe('nothing is allowed', () => {
  const allowances = (statements: Statement[]) => statements.filter(({ Effect }) => Effect === 'Allow');
  const list = (value: unknown) => [value].flat().map(String);

  test('by a wildcard for actions, or by leaving something out', () => {
    const all = it.ofType('AWS::IAM::Policy').flatMap(({ Properties }) => {
      const { Statement } = Properties.PolicyDocument as { Statement: Statement[] };
      return allowances(Statement);
    });

    expect(all.flatMap(({ Action }) => list(Action)).filter((action) => action.includes('*'))).toEqual([]);
    expect(all.filter(({ NotAction, NotResource }) => NotAction || NotResource)).toEqual([]);
  });

  test('to the functions on everything, but where AWS knows no resource', () => {
    const onEverything = ofMachine
      .flatMap((name) => allowances(it.statementsOf(name)))
      .filter(({ Resource }) => list(Resource).includes('*'))
      .flatMap(({ Action }) => list(Action));

    expect([...new Set(onEverything)].sort()).toEqual(['cloudwatch:DescribeAlarms', 'secretsmanager:ListSecrets']);
  });
});

describe('what is kept', () => {
  test('S31 keys change their material every year and stay when the deployment goes, the records too', () => {
    const keys = it.ofType('AWS::KMS::Key');

    expect(keys).toHaveLength(2);
    for (const { Properties, DeletionPolicy } of keys) {
      expect(Properties.EnableKeyRotation).toBe(true);
      expect(DeletionPolicy).toBe('Retain');
    }
    expect(ofId(/KeyRotationRecords/).DeletionPolicy).toBe('Retain');
  });

  test('a deployment for tests takes all of it along', async () => {
    const fleeting = await deployed({ removalPolicy: RemovalPolicy.DESTROY });
    const kept = Object.entries(fleeting.resources).filter(([, one]) => one.DeletionPolicy === 'Retain');

    expect(kept.map(([id]) => id)).toEqual([]);
  });

  test('the records are encrypted, have versions, and are nobody else’s to see', () => {
    expect(ofId(/KeyRotationRecords(?!Policy)/).Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: dataKeyArn } },
        ],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const { Statement } = ofId(/RecordsPolicy/).Properties.PolicyDocument as { Statement: Statement[] };
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test('the vault’s key encrypts nothing else', () => {
    const others = Object.entries(it.resources)
      .filter(([, { Type }]) => !/^AWS::(?:IAM::Policy|KMS::|Lambda::Function)/.test(Type))
      .filter(([, { Properties }]) => JSON.stringify(Properties).includes('VaultKey'));

    expect(vaultKey().Type).toBe('AWS::KMS::Key');
    expect(others.map(([id]) => id)).toEqual([]);
  });
});

describe('the topic', () => {
  const policy = () => {
    const { PolicyDocument } = ofId(/TopicPolicy/).Properties as { PolicyDocument: { Statement: Statement[] } };
    return PolicyDocument.Statement;
  };
  const publish = (principal: string, keys = {}) => {
    const [topic = ''] = Object.entries(it.resources).flatMap(([id, { Type }]) =>
      Type === 'AWS::SNS::Topic' ? [id] : [],
    );
    const resource = `arn:aws:sns:eu-west-1:123456789012:${topic}`;
    const caller = { principal, keys: { 'aws:PrincipalArn': principal, 'aws:PrincipalIsAWSService': 'false' } };
    const request = { action: 'sns:Publish', resource, keys: { 'aws:SecureTransport': 'true', ...keys } };
    return verdict(caller, request, { resource: policy() });
  };

  test('is published to by keyturn’s roles alone, whatever IAM allows others, and never in the clear', async () => {
    expect(await publish(it.roleArn('deactivate-key'))).toBe('Allowed');
    expect(await publish(it.roleArn('await-grace'))).toBe('Allowed');
    expect(await publish(it.roleArn('verify-new-key'))).toBe('ExplicitlyDenied');
    expect(await publish(roleSession('/admin').keys['aws:PrincipalArn'] as string)).toBe('ExplicitlyDenied');
    expect(await publish(it.roleArn('deactivate-key'), { 'aws:SecureTransport': 'false' })).toBe('ExplicitlyDenied');
  });

  test('is encrypted, and reaches the subscribers', () => {
    expect(it.ofType('AWS::SNS::Topic').map(({ Properties }) => Properties.KmsMasterKeyId)).toEqual([dataKeyArn]);
    expect(it.ofType('AWS::SNS::Subscription').map(({ Properties }) => Properties)).toEqual([
      { Protocol: 'email', Endpoint: 'keys@example.com', TopicArn: expect.any(String) },
    ]);
  });
});

test('what the CLI looks for is there: the switch on go, the machine, the policy without its exemptions', async () => {
  const policy = 'defaults: { quietFor: 7d }\nexemptions: [{ user: eve, reason: secret, until: 2027-01-01 }]\n';

  const parameters = (await deployed({ policy })).ofType('AWS::SSM::Parameter').map(({ Properties }) => Properties);

  expect(parameters.map(({ Name, Value }) => ({ Name, Value }))).toEqual(
    expect.arrayContaining([
      { Name: '/keyturn/switch', Value: 'go' },
      { Name: '/keyturn/state-machine', Value: expect.stringContaining(':stateMachine:') },
      { Name: '/keyturn/policy', Value: '{"defaults":{"quietFor":"7d"},"rules":[]}' },
    ]),
  );
});

describe('the alarms', () => {
  const alarm = (what: RegExp) => {
    const all = it.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    return all.filter(({ AlarmDescription }) => what.test(String(AlarmDescription)));
  };

  test('all tell the topic', () => {
    const all = alarm(/./);

    expect(all.length).toBeGreaterThanOrEqual(26);
    for (const { AlarmActions } of all) expect(AlarmActions).toEqual([expect.stringContaining('Topic')]);
  });

  test('a sweep that did not happen is noticed after 26 hours, by what is missing', () => {
    expect(alarm(/26 hours/)).toEqual([
      expect.objectContaining({
        Namespace: 'keyturn',
        MetricName: 'SweepCompleted',
        Statistic: 'Sum',
        Period: 3600,
        EvaluationPeriods: 26,
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        TreatMissingData: 'breaching',
      }),
    ]);
  });

  test.each([
    [/older than 90 days$/, 'OldestKeyAgeDays', 91],
    [/needs a person/, 'RotationsStuck', 1],
    [/rolled back/, 'RotationsRolledBack', 1],
    [/could not be done/, 'ApproximateNumberOfMessagesVisible', 1],
    [/create-key ends with errors/, 'Errors', 1],
  ])('%s: %s from %d on', (what, MetricName, Threshold) => {
    expect(alarm(what)).toContainEqual(
      expect.objectContaining({
        MetricName,
        Threshold,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
  });
});
