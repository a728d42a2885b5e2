// IAM's user tags, with AWS's limits. Tag keys differ by more than case; a value replaces the former one.
import { limitExceeded, onTargetUser, page, requiredText, userIn } from './iam-input.ts';
import type { Access, Call, Operation, Params } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

const tagsPerUser = 50;
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const shownPattern = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';

export const tagOperations: Record<string, Operation> = {
  TagUser: {
    kind: 'change',
    access: (call) => {
      requiredText(call.params, 'UserName');
      const requestTags = tagsIn(call.params);
      return onTargetUser(call).map((access): Access => ({ ...access, requestTags }));
    },
    apply: (call) => {
      const { directory } = call.world;
      const user = userIn(directory.current, requiredText(call.params, 'UserName'));
      directory.put({ ...user, tags: mergeTags(user.tags, tagsIn(call.params)) });
      return undefined;
    },
  },

  UntagUser: {
    kind: 'change',
    access: (call) => {
      requiredText(call.params, 'UserName');
      return onTargetUser(call).map((access): Access => ({ ...access, tagKeys: tagKeysIn(call.params) }));
    },
    apply: (call) => {
      const { directory } = call.world;
      const user = userIn(directory.current, requiredText(call.params, 'UserName'));
      const gone = new Set(tagKeysIn(call.params).map((key) => key.toLowerCase()));
      const tags = Object.entries(user.tags).filter(([key]) => !gone.has(key.toLowerCase()));
      directory.put({ ...user, tags: Object.fromEntries(tags) });
      return undefined;
    },
  },

  ListUserTags: {
    kind: 'read',
    access: (call) => {
      requiredText(call.params, 'UserName');
      return onTargetUser(call);
    },
    apply: (call: Call) => {
      const user = userIn(call.view, requiredText(call.params, 'UserName'));
      const { items, ...more } = page(call, shownTags(user.tags), (tag) => tag.Key);
      return { Tags: items, ...more };
    },
  },
};

export function shownTags(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The request's `Tags`, checked as AWS checks them; none is an empty record. */
export function tagsIn(params: Params): Record<string, string> {
  const given = Array.isArray(params.Tags) ? (params.Tags as { Key?: string; Value?: string }[]) : [];
  if (given.length > tagsPerUser) {
    throw constraintError(String(given.length), 'tags', `have length less than or equal to ${tagsPerUser}`);
  }
  const seen = new Set<string>();
  const tags = given.map(({ Key, Value }, index): [string, string] => {
    const key = checkedKey(Key, `tags.${index + 1}.member.key`);
    if (seen.has(key.toLowerCase())) {
      throw new ServiceError(
        'InvalidInput',
        400,
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      );
    }
    seen.add(key.toLowerCase());
    return [key, checkedText(Value, `tags.${index + 1}.member.value`, 0, 256)];
  });
  return Object.fromEntries(tags);
}

export function mergeTags(
  tags: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const replaced = new Set(Object.keys(added).map((key) => key.toLowerCase()));
  const merged = Object.fromEntries([
    ...Object.entries(tags).filter(([key]) => !replaced.has(key.toLowerCase())),
    ...Object.entries(added),
  ]);
  if (Object.keys(merged).length > tagsPerUser) throw limitExceeded('TagsPerUser', tagsPerUser);
  return merged;
}

function tagKeysIn(params: Params): string[] {
  const given = Array.isArray(params.TagKeys) ? (params.TagKeys as unknown[]).map(String) : [];
  return given.map((key, index) => checkedText(key, `tagKeys.${index + 1}.member`, 1, 128));
}

function checkedKey(key: string | undefined, member: string): string {
  const checked = checkedText(key, member, 1, 128);
  if (checked.toLowerCase().startsWith('aws:')) {
    throw new ServiceError('InvalidInput', 400, `Tag keys that begin with aws: are reserved for AWS: ${checked}`);
  }
  return checked;
}

function checkedText(text: string | undefined, member: string, shortest: number, longest: number): string {
  if (text === undefined) throw constraintError(null, member, 'not be null');
  if (text.length < shortest) {
    throw constraintError(text, member, `have length greater than or equal to ${shortest}`);
  }
  if (text.length > longest) throw constraintError(text, member, `have length less than or equal to ${longest}`);
  if (!tagText.test(text)) {
    const pattern = shownPattern + (shortest > 0 ? '+' : '*');
    throw constraintError(text, member, `satisfy regular expression pattern: ${pattern}`);
  }
  return text;
}
