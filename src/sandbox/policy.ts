// Identity-based policies: compiled once, evaluated by action, resource and condition. What this file cannot evaluate
// it refuses when the policy is loaded, so nothing is ever allowed or denied by guess.
import { type Condition, compileConditions, type RequestContext } from './policy-conditions.ts';
import { compilePattern, type Pattern } from './policy-pattern.ts';

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: PolicyStatement | PolicyStatement[];
}

export interface Policy {
  readonly document: PolicyDocument;
  readonly statements: readonly Statement[];
}

interface Statement {
  deny: boolean;
  covers(action: string, resource: string, context: RequestContext): boolean;
}

export type Verdict = 'allowed' | 'implicitly denied' | 'explicitly denied';

const statementKeys = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

/** Throws, naming the part, on anything that it would otherwise have to ignore. */
export function compilePolicy(document: PolicyDocument): Policy {
  for (const key of Object.keys(document)) {
    if (!['Version', 'Id', 'Statement'].includes(key)) throw new Error(`policy has an unsupported element ${key}`);
  }
  // Before 2012-10-17 the policy language had no variables: `${aws:username}` was plain text.
  const variables = document.Version === '2012-10-17';
  return { document, statements: listOf(document.Statement).map((one) => compileStatement(one, variables)) };
}

/** Whether a caller with these policies may do `action` on `resource`; any deny wins. */
export function evaluate(
  policies: readonly Policy[],
  action: string,
  resource: string,
  context: RequestContext,
): Verdict {
  const applying = policies
    .flatMap((policy) => policy.statements)
    .filter((statement) => statement.covers(action, resource, context));
  if (applying.some((statement) => statement.deny)) return 'explicitly denied';
  return applying.length > 0 ? 'allowed' : 'implicitly denied';
}

function compileStatement(statement: PolicyStatement, variables: boolean): Statement {
  for (const key of Object.keys(statement)) {
    if (!statementKeys.includes(key)) throw new Error(`policy statement has an unsupported element ${key}`);
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new Error(`policy statement has an unknown effect ${String(statement.Effect)}`);
  }
  const actions = element(statement, 'Action', 'NotAction', (text) => compilePattern(text.toLowerCase(), false));
  const resources = element(statement, 'Resource', 'NotResource', (text) => compilePattern(text, variables));
  const conditions: Condition[] = compileConditions(statement.Condition ?? {}, variables);
  return {
    deny: statement.Effect === 'Deny',
    covers: (action, resource, context) =>
      actions(action.toLowerCase(), context) &&
      resources(resource, context) &&
      conditions.every((condition) => condition(context)),
  };
}

function element(
  statement: PolicyStatement,
  name: 'Action' | 'Resource',
  negated: 'NotAction' | 'NotResource',
  compile: (text: string) => Pattern,
): Pattern {
  const listed = statement[name];
  const excluded = statement[negated];
  if ((listed === undefined) === (excluded === undefined)) {
    throw new Error(`policy statement needs either ${name} or ${negated}`);
  }
  const patterns = listOf(listed ?? excluded ?? []).map(compile);
  const any: Pattern = (text, context) => patterns.some((pattern) => pattern(text, context));
  return listed === undefined ? (text, context) => !any(text, context) : any;
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
