// The Condition element of a policy, for the operators and keys that key rotation policies use. Any other throws when
// the policy is loaded.
import { compilePattern, isKnownKey, type RequestContext } from './policy-pattern.ts';

export type { RequestContext } from './policy-pattern.ts';

export type Condition = (context: RequestContext) => boolean;

type Matcher = (value: string, context: RequestContext) => boolean;

interface Operator {
  matcher(expected: string, variables: boolean): Matcher;
  negated: boolean;
}

const like = (expected: string, variables: boolean): Matcher => compilePattern(expected, variables);
const equal = (expected: string, variables: boolean): Matcher => {
  if (!variables) return (value) => value === expected;
  return compilePattern(
    expected.replace(/\$\{[^}]*\}|[*?]/g, (found) => (found.length === 1 ? `\${${found}}` : found)),
    true,
  );
};
const bool = (expected: string): Matcher => {
  if (expected !== 'true' && expected !== 'false') throw new Error(`policy condition Bool compares with ${expected}`);
  return (value) => value === expected;
};

const operators: Record<string, Operator> = {
  StringEquals: { matcher: equal, negated: false },
  StringNotEquals: { matcher: equal, negated: true },
  StringLike: { matcher: like, negated: false },
  StringNotLike: { matcher: like, negated: true },
  ArnEquals: { matcher: like, negated: false },
  ArnLike: { matcher: like, negated: false },
  ArnNotEquals: { matcher: like, negated: true },
  ArnNotLike: { matcher: like, negated: true },
  Bool: { matcher: bool, negated: false },
};

export function compileConditions(
  conditions: Record<string, Record<string, string | string[]>>,
  variables: boolean,
): Condition[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, expected]) => {
      if (!isKnownKey(key)) throw new Error(`policy condition uses an unsupported key ${key}`);
      const values = (Array.isArray(expected) ? expected : [expected]).map(String);
      return compileCondition(operator, key.toLowerCase(), values, variables);
    }),
  );
}

function compileCondition(written: string, key: string, expected: string[], variables: boolean): Condition {
  if (written === 'Null') {
    if (expected.some((value) => value !== 'true' && value !== 'false')) {
      throw new Error(`policy condition Null compares with ${expected.join(', ')}`);
    }
    return (context) => expected.includes(String(!context.get(key)?.length));
  }
  const { quantifier, name, ifExists } = /^(?:(?<quantifier>\w+):)?(?<name>\w+?)(?<ifExists>IfExists)?$/.exec(written)
    ?.groups ?? { name: written };
  const operator = name !== undefined && Object.hasOwn(operators, name) ? operators[name] : undefined;
  const quantified = quantifier === 'ForAllValues' || quantifier === 'ForAnyValue';
  if (!operator || (quantifier !== undefined && !quantified)) {
    throw new Error(`policy condition uses an unsupported operator ${written}`);
  }

  const matchers = expected.map((value) => operator.matcher(value, variables));
  const holds = (value: string, context: RequestContext) =>
    matchers.some((matcher) => matcher(value, context)) !== operator.negated;
  return (context) => {
    const values = context.get(key) ?? [];
    if (quantifier === 'ForAllValues') return values.every((value) => holds(value, context));
    if (quantifier === 'ForAnyValue') return values.some((value) => holds(value, context));
    // A missing key fails a condition, except a negated one and one that says IfExists.
    if (values.length === 0) return operator.negated || ifExists !== undefined;
    return values.some((value) => holds(value, context));
  };
}
