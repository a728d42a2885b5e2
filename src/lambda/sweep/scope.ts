// Whose keys a deployment is for: users below a path, with a tag, or both.
import type { Deployment } from '../contract.ts';

type Said = Pick<Deployment, 'KEYTURN_USER_PATH' | 'KEYTURN_USER_TAG'>;

export function isBelowPath({ KEYTURN_USER_PATH: path = '/' }: Said, user: { path: string }): boolean {
  return user.path.startsWith(path);
}

export function hasTag(
  { KEYTURN_USER_TAG: tag = '' }: Said,
  { tags }: { tags: Readonly<Record<string, string>> },
): boolean {
  if (tag === '') return true;
  const equals = tag.indexOf('=');
  return tags[tag.slice(0, equals)] === tag.slice(equals + 1);
}

/** `arn:aws:iam::123456789012:user/apps/ci` is below `/apps/`. */
export function pathOf(arn: string): string {
  return /:user(\/(?:.*\/)?)[^/]*$/.exec(arn)?.[1] ?? '/';
}
