// The policy file as it is shipped with a deployment: read and validated when that is synthesised, so that a mistake ends
// there and not in a function that nobody watches.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../src/errors.ts';
import { parsePolicy } from '../src/policy/parse.ts';
import type { Policy } from '../src/policy/policy.ts';

/** Parameter Store's limit for an advanced parameter (its User Guide, "Managing parameter tiers"). */
const parameterLimit = 8 * 1024;

/** Throws UsageError, which names file, line and key. */
export function readShippedPolicy(path: string): Policy {
  return parsePolicy(textOf(path), basename(path));
}

/** What the CLI compares its flags with: everything but who is exempt and why. Throws UsageError where it is too long. */
export function parameterOf({ file, content }: Policy): string {
  const { defaults = {}, rules = [] } = content;
  const text = JSON.stringify({ defaults, rules });
  const size = Buffer.byteLength(text);
  if (size <= parameterLimit) return text;
  throw new UsageError(
    `${file}: its defaults and rules are ${size} bytes long, and a parameter holds ${parameterLimit}`,
    {
      hint: 'match several users by one rule: by path, or with * in their names',
    },
  );
}

function textOf(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'ENOENT' ? `there is no policy file ${path}` : `the policy file ${path} cannot be read: ${code}`,
      { hint: 'policyFile is the path of a keyturn.yaml', cause: error },
    );
  }
}
