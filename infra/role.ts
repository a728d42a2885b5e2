// Makes the roles: all under one path, each with one policy of its own.
import { Policy, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { rolePath } from './names.ts';
import { explainWildcards } from './wildcards.ts';

/** A role that the service, like `lambda.amazonaws.com`, assumes. */
export function createRole(scope: Construct, id: string, service: string, statements: PolicyStatement[]): Role {
  const role = new Role(scope, id, { path: rolePath, assumedBy: new ServicePrincipal(service) });
  const policy = new Policy(role, 'Policy', { statements });
  role.attachInlinePolicy(policy);
  explainWildcards(policy, statements);
  return role;
}
