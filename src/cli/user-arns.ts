// The users that a policy is for, as ARNs. Nothing is asked of AWS, so what is not said stays open: the account, the path.
import { UsageError } from '../errors.ts';

/**
 * Of a name (`alice`), a path and name (`/team/alice`), a whole ARN, or `${aws:username}` for whoever calls; without one, all
 * users. Throws UsageError. A name alone may have any path, and `*` would match more than a path: so two ARNs.
 */
export function userArns(named: string | undefined, partition: string): string[] {
  if (named === undefined) return [`arn:${partition}:iam::*:user/*`];
  if (/^arn:aws[a-z-]*:iam::(?:\d{12}|\*):user\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]+$/.test(named)) return [named];
  const users = `arn:${partition}:iam::*:user`;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's policy language
  if (/^[\w+=,.@-]{1,64}$/.test(named) || named === '${aws:username}')
    return [`${users}/${named}`, `${users}/*/${named}`];
  if (/^\/(?:[\w+=,.@-]+\/)+[\w+=,.@-]{1,64}$/.test(named)) return [`${users}${named}`];
  throw new UsageError(`--user: "${named}" is neither the name nor the ARN of a user`, {
    hint: 'like --user alice, --user /team/alice or --user arn:aws:iam::123456789012:user/alice',
  });
}
