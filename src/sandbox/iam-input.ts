// What IAM's operations check and look up in their input before anything else.
import { type OwnedKey, rootName, type StoredUser, type View } from './directory.ts';
import type { Access, Call, Params } from './service.ts';
import { constraintError, noSuchKey, noSuchUser, ServiceError, validationError } from './service-error.ts';
import type { World } from './world.ts';

export const userNamePattern = /^[\w+=,.@-]+$/;

export function optionalText(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

export function requiredText(params: Params, name: string): string {
  const value = optionalText(params, name);
  if (value === undefined) throw constraintError(null, memberName(name), 'not be null');
  return value;
}

/** The member's name as validation messages spell it: `UserName` is `userName`. */
export function memberName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `UserName`, or the user whose long-term key signed the request. Root stands under its own name. */
export function targetName({ params, caller }: Call): string {
  const given = optionalText(params, 'UserName');
  if (given !== undefined) return validUserName(given, 128);
  if (caller.type === 'root') return rootName;
  if (caller.session || caller.userName === null) {
    throw validationError('Must specify userName when calling with non-User credentials');
  }
  return caller.userName;
}

export function validUserName(name: string, longest: number): string {
  if (name.length === 0) throw constraintError(name, 'userName', 'have length greater than or equal to 1');
  if (name.length > longest) {
    throw constraintError(name, 'userName', `have length less than or equal to ${longest}`);
  }
  if (!userNamePattern.test(name)) {
    throw constraintError(name, 'userName', 'satisfy regular expression pattern: [\\w+=,.@-]+');
  }
  return name;
}

export function userIn(view: View, name: string): StoredUser {
  const user = view.user(name);
  if (!user) throw noSuchUser(name);
  return user;
}

/** The key of this user that `AccessKeyId` names, as the account is now. */
export function keyOf(call: Call): OwnedKey {
  const user = userIn(call.world.directory.current, targetName(call));
  const id = keyIdIn(call.params);
  const key = user.keys.find((one) => one.id === id);
  if (!key) throw noSuchKey(id);
  return { user, key };
}

export function keyIdIn(params: Params): string {
  const id = requiredText(params, 'AccessKeyId');
  if (id.length < 16) throw constraintError(id, 'accessKeyId', 'have length greater than or equal to 16');
  if (id.length > 128) throw constraintError(id, 'accessKeyId', 'have length less than or equal to 128');
  if (!/^\w+$/.test(id)) throw constraintError(id, 'accessKeyId', 'satisfy regular expression pattern: [\\w]+');
  return id;
}

/** The permission for `iam:<operation>` on the user that the call is about. */
export function onTargetUser(call: Call): Access[] {
  return [userAccess(call.world, `iam:${call.operation}`, targetName(call))];
}

export function userAccess(world: World, action: string, name: string): Access {
  const user = world.directory.current.user(name);
  return {
    action,
    resource: user?.arn ?? `arn:aws:iam::${world.accountId}:user/${name}`,
    resourceTags: user?.tags ?? {},
  };
}

/** One page of a list, in the order of names; the marker is the name of the last item of the page before. */
export function page<T>(
  { params, world }: Call,
  items: readonly T[],
  nameOf: (item: T) => string,
): { items: T[]; IsTruncated: boolean; Marker?: string } {
  const wanted = Number(optionalText(params, 'MaxItems') ?? 100);
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw constraintError(String(params.MaxItems), 'maxItems', 'have value greater than or equal to 1');
  }
  if (wanted > 1000) throw constraintError(String(wanted), 'maxItems', 'have value less than or equal to 1000');
  const order = (item: T) => nameOf(item).toLowerCase();
  const after = Buffer.from(optionalText(params, 'Marker') ?? '', 'base64url').toString('utf8');
  const rest = items.filter((item) => order(item) > after).sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const shown = rest.slice(0, Math.min(wanted, world.settings.pageSize));
  const last = shown.at(-1);
  return shown.length < rest.length && last !== undefined
    ? { items: shown, IsTruncated: true, Marker: Buffer.from(order(last)).toString('base64url') }
    : { items: shown, IsTruncated: false };
}

export function limitExceeded(quota: string, limit: number): ServiceError {
  return new ServiceError('LimitExceeded', 409, `Cannot exceed quota for ${quota}: ${limit}`);
}
