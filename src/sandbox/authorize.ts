// May the caller do it? Root may do everything; anybody else what their own policies allow and do not deny.
import { instant } from '../clock.ts';
import { evaluate, type Verdict } from './policy.ts';
import type { RequestContext } from './policy-pattern.ts';
import type { Caller } from './principal.ts';
import type { Access } from './service.ts';
import { ServiceError } from './service-error.ts';

const principalTypes = { root: 'Account', user: 'User', role: 'AssumedRole', anonymous: 'Anonymous' };

/** Throws AccessDenied unless every permission is there. */
export function authorize(caller: Caller, needed: readonly Access[], accountId: string): void {
  for (const access of needed) {
    const verdict = judge(caller, access, accountId);
    if (verdict !== 'allowed') throw accessDenied(caller, access, verdict);
  }
}

export function judge(caller: Caller, access: Access, accountId: string): Verdict {
  if (caller.type === 'root') return 'allowed';
  return evaluate(caller.policies, access.action, access.resource, contextOf(caller, access, accountId));
}

export function accessDenied(
  caller: Caller,
  { action, resource, shown, refusal }: Access,
  verdict: Verdict,
): ServiceError {
  const reason =
    verdict === 'explicitly denied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return new ServiceError(
    'AccessDenied',
    403,
    refusal ??
      `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${shown ?? resource} ${reason}`,
  );
}

function contextOf(caller: Caller, access: Access, accountId: string): RequestContext {
  const context = new Map<string, string[]>([
    ['aws:userid', [caller.userId]],
    ['aws:principalarn', [caller.principalArn]],
    ['aws:principalaccount', [accountId]],
    ['aws:principaltype', [principalTypes[caller.type]]],
  ]);
  if (caller.userName !== null) context.set('aws:username', [caller.userName]);
  if (caller.session) {
    context.set('aws:tokenissuetime', [instant(caller.session.issuedAt)]);
    context.set('aws:multifactorauthpresent', [String(caller.session.mfa)]);
  }
  const tagKeys = access.tagKeys ?? Object.keys(access.requestTags ?? {});
  if (tagKeys.length > 0) context.set('aws:tagkeys', [...tagKeys]);
  for (const [key, values] of Object.entries(access.context ?? {})) context.set(key, [...values]);
  const ofService = `${access.action.split(':')[0]}:resourcetag/`;
  addTags(context, ['aws:resourcetag/', ofService], access.resourceTags);
  addTags(context, ['aws:requesttag/'], access.requestTags);
  addTags(context, ['aws:principaltag/'], caller.tags);
  return context;
}

function addTags(
  context: Map<string, string[]>,
  families: string[],
  tags: Readonly<Record<string, string>> = {},
): void {
  for (const [key, value] of Object.entries(tags)) {
    for (const family of families) context.set(family + key.toLowerCase(), [value]);
  }
}
