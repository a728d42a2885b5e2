// The wildcards that there are in the roles' policies, and why. One that is not in this table fails the check of cdk-nag.
import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

const reasons: readonly [RegExp, string][] = [
  [/:user\//, 'the users of the deployment: those below its path, and where it says so only those with its tag'],
  [/:secret:keyturn\/vault\/\*$/, 'a rotation’s pairs are in a secret that is named after it'],
  [/:secret:keyturn\/seal\/\*$/, 'a rotation’s seal is a secret that is named after it'],
  [/:cloudtrail:\*:\*:trail\/\*$/, 'a trail may be any region’s, and an organization’s is another account’s'],
  [/:execution:keyturn:\*$/, 'an execution’s name says which key it is about'],
  [/\/records\/\*$/, 'a rotation’s record is an object that is named after it'],
  [/\/sweep\/\*$/, 'what a sweep hands from function to function is in a folder that is named after it'],
  [/\/reports\/\*$/, 'a report is an object that is named after its day'],
  [/:execution:keyturn-sweep\/decide:\*$/, 'each user’s turn is an execution without a name of its own'],
  [/:(?:secret|parameter):?\/?/, 'the places that whoever deploys has drawn'],
];

/** By action, where AWS knows no resource or none can be named. */
const withoutResource: Readonly<Record<string, string>> = {
  'cloudwatch:DescribeAlarms': 'a narrower resource would hide composite alarms (CloudWatch API Reference)',
  'iam:GenerateCredentialReport': 'AWS knows no resource for it (Service Authorization Reference)',
  'iam:GetCredentialReport': 'AWS knows no resource for it (Service Authorization Reference)',
  'cloudtrail:DescribeTrails': 'AWS knows no resource for it (Service Authorization Reference)',
  'secretsmanager:ListSecrets': 'AWS knows no resource for it (Service Authorization Reference)',
};

/** Acknowledges what the table explains of these statements, and nothing else. */
export function explainWildcards(scope: IConstruct, statements: readonly PolicyStatement[]): void {
  for (const { effect, actions, resources } of statements.map(plain(scope))) {
    if (effect !== 'Allow') continue;
    for (const resource of resources.filter((one) => one.includes('*'))) {
      const reason =
        resource === '*'
          ? actions.length === 1 && withoutResource[actions[0] ?? '']
          : reasons.find(([pattern]) => pattern.test(resource))?.[1];
      if (reason) Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
    }
  }
}

const plain = (scope: IConstruct) => (statement: PolicyStatement) => {
  const { Effect, Action, Resource } = Stack.of(scope).resolve(statement.toStatementJson());
  const list = (value: unknown) => (value === undefined ? [] : [value].flat().map(flat));
  return { effect: Effect as string, actions: list(Action), resources: list(Resource) };
};

/** A value of a template as cdk-nag writes it: `<NAME>` for a reference, `<NAME.ATTRIBUTE>` for an attribute. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(flat).join(String(join[0]));
  return `<${Array.isArray(attribute) ? attribute.join('.') : Ref}>`;
}
