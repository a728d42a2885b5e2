// Text patterns of the policy language: `*`, `?` and variables. A variable's value is never read as a wildcard.

/** What is known of a request while policies are evaluated; keys are lower-cased condition keys. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

export type Pattern = (text: string, context: RequestContext) => boolean;

const part = /\$\{([^}]*)\}|\*|\?/g;

/** Condition keys that this sandbox knows the values of. */
const knownKeys = new Set([
  'aws:username',
  'aws:userid',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:tagkeys',
  'aws:multifactorauthpresent',
  'aws:tokenissuetime',
  'secretsmanager:name',
  'secretsmanager:secretid',
  'secretsmanager:versionid',
  'secretsmanager:versionstage',
  'kms:viaservice',
  'cloudwatch:namespace',
  'iam:passedtoservice',
]);
const knownFamilies = [
  'aws:resourcetag/',
  'iam:resourcetag/',
  'secretsmanager:resourcetag/',
  'ssm:resourcetag/',
  'aws:requesttag/',
  'aws:principaltag/',
];

export function isKnownKey(key: string): boolean {
  const lower = key.toLowerCase();
  return knownKeys.has(lower) || knownFamilies.some((family) => lower.startsWith(family));
}

/** A pattern that names a variable without a value matches nothing. Throws on a variable that the sandbox does not know. */
export function compilePattern(source: string, variables: boolean): Pattern {
  const pieces: (string | { key: string })[] = [];
  let from = 0;
  for (const match of source.matchAll(part)) {
    pieces.push(escapeRegExp(source.slice(from, match.index)));
    pieces.push(piece(match[0], match[1], variables));
    from = match.index + match[0].length;
  }
  pieces.push(escapeRegExp(source.slice(from)));

  if (pieces.every((one) => typeof one === 'string')) {
    const fixed = new RegExp(`^${pieces.join('')}$`, 's');
    return (text) => fixed.test(text);
  }
  return (text, context) => {
    const filled = pieces.map((one) => (typeof one === 'string' ? one : valueIn(one.key, context)));
    return filled.every((one) => one !== undefined) && new RegExp(`^${filled.join('')}$`, 's').test(text);
  };
}

function piece(found: string, variable: string | undefined, variables: boolean): string | { key: string } {
  if (found === '*') return '.*';
  if (found === '?') return '.';
  if (!variables) return escapeRegExp(found);
  if (variable === '*' || variable === '?' || variable === '$') return escapeRegExp(variable);
  if (variable === undefined || !isKnownKey(variable)) throw new Error(`policy uses an unsupported variable ${found}`);
  return { key: variable.toLowerCase() };
}

function valueIn(key: string, context: RequestContext): string | undefined {
  const values = context.get(key);
  return values?.length === 1 && values[0] !== undefined ? escapeRegExp(values[0]) : undefined;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
