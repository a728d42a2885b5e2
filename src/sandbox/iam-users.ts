// IAM's user operations.
import { instant } from '../clock.ts';
import { rootName, type StoredUser } from './directory.ts';
import { onTargetUser, optionalText, page, requiredText, targetName, userIn, validUserName } from './iam-input.ts';
import { mergeTags, shownTags, tagsIn } from './iam-tags.ts';
import { newUser } from './new-user.ts';
import type { Access, Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

export const userOperations: Record<string, Operation> = {
  CreateUser: {
    kind: 'change',
    access: (call) => {
      const name = validUserName(requiredText(call.params, 'UserName'), 64);
      const requestTags = tagsIn(call.params);
      const resource = `arn:aws:iam::${call.world.accountId}:user${pathIn(call)}${name}`;
      const actions = Object.keys(requestTags).length > 0 ? ['iam:CreateUser', 'iam:TagUser'] : ['iam:CreateUser'];
      return actions.map((action): Access => ({ action, resource, requestTags }));
    },
    apply: (call) => {
      const { directory } = call.world;
      const name = requiredText(call.params, 'UserName');
      if (directory.current.user(name)) {
        throw new ServiceError('EntityAlreadyExists', 409, `User with name ${name} already exists.`);
      }
      const user = newUser(call.world, { name, path: pathIn(call), tags: mergeTags({}, tagsIn(call.params)) });
      directory.put(user);
      return { User: shownUser(user, true) };
    },
  },

  GetUser: {
    kind: 'read',
    access: onTargetUser,
    apply: (call) => ({ User: shownUser(userIn(call.view, targetName(call)), true) }),
  },

  ListUsers: {
    kind: 'read',
    // ListUsers has no resource type: only a policy for every resource allows it.
    access: ({ world }) => [{ action: 'iam:ListUsers', resource: '*', shown: `arn:aws:iam::${world.accountId}:user/` }],
    apply: (call) => {
      const prefix = optionalText(call.params, 'PathPrefix') ?? '/';
      const users = call.view.users().filter((user) => user.path.startsWith(prefix));
      const { items, ...more } = page(call, users, (user) => user.name);
      return { Users: items.map((user) => shownUser(user, false)), ...more };
    },
  },

  DeleteUser: {
    kind: 'change',
    access: (call) => {
      requiredText(call.params, 'UserName');
      return onTargetUser(call);
    },
    apply: (call) => {
      const { directory } = call.world;
      const user = userIn(directory.current, targetName(call));
      const left = [
        ...(user.keys.length > 0 ? ['access keys'] : []),
        ...(user.policies.length > 0 ? ['policies'] : []),
        ...(user.attachedPolicies.length > 0 ? ['attached policies'] : []),
      ];
      if (left.length > 0) {
        throw new ServiceError('DeleteConflict', 409, `Cannot delete entity, must delete ${left[0]} first.`);
      }
      directory.remove(user.name);
      return undefined;
    },
  },

  GetLoginProfile: {
    kind: 'read',
    access: onTargetUser,
    apply: (call) => {
      const { name, password } = userIn(call.view, targetName(call));
      if (!password) throw new ServiceError('NoSuchEntity', 404, `Login Profile for User ${name} cannot be found.`);
      return {
        LoginProfile: { UserName: name, CreateDate: instant(password.changedAt), PasswordResetRequired: false },
      };
    },
  },

  ListAttachedUserPolicies: {
    kind: 'read',
    access: (call) => {
      requiredText(call.params, 'UserName');
      return onTargetUser(call);
    },
    apply: (call) => {
      const { attachedPolicies } = userIn(call.view, targetName(call));
      const { items, ...more } = page(call, attachedPolicies, (name) => name);
      return {
        AttachedPolicies: items.map((name) => ({ PolicyName: name, PolicyArn: `arn:aws:iam::aws:policy/${name}` })),
        ...more,
      };
    },
  },
};

function pathIn({ params }: Call): string {
  const path = optionalText(params, 'Path') ?? '/';
  if (!/^\/(?:[!-\x7e]+\/)?$/.test(path) || path.length > 512) {
    throw new ServiceError(
      'ValidationError',
      400,
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
  }
  return path;
}

function shownUser({ name, path, id, arn, createdAt, tags }: StoredUser, withTags: boolean) {
  const own = name === rootName ? {} : { Path: path, UserName: name };
  return {
    ...own,
    UserId: id,
    Arn: arn,
    CreateDate: instant(createdAt),
    Tags: withTags && Object.keys(tags).length > 0 ? shownTags(tags) : undefined,
  };
}
