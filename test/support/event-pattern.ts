// Whether EventBridge would match an event, for the few operators that the rules here are made of (EventBridge User Guide,
// "Comparison operators for use in event patterns"). Throws on any other, so that nothing is taken for matched by mistake.

type Pattern = { [field: string]: Pattern | readonly unknown[] };

export function matches(pattern: object, event: unknown): boolean {
  return Object.entries(pattern as Pattern).every(([field, asked]) => {
    const value = (event as Record<string, unknown> | null | undefined)?.[field];
    return Array.isArray(asked) ? asked.some((one) => accepts(one, value)) : matches(asked as Pattern, value);
  });
}

function accepts(asked: unknown, value: unknown): boolean {
  if (typeof asked === 'string') return asked === value;
  const [[operator, operand] = [], ...more] = Object.entries(asked as object);
  if (operator === 'exists' && more.length === 0) return (value !== undefined) === operand;
  if (operator === 'anything-but' && more.length === 0) {
    const { prefix, ...others } = operand as { prefix: string };
    if (typeof prefix !== 'string' || Object.keys(others).length > 0) throw new Error('not an operator known here');
    // It compares what is there: a field that is missing matches nothing but exists: false.
    return typeof value === 'string' && !value.startsWith(prefix);
  }
  throw new Error(`${operator} is not an operator known here`);
}
