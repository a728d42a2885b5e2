// IAM's access key operations.
import { instant } from '../clock.ts';
import { type KeyStatus, rootName, type StoredKey, type StoredUser } from './directory.ts';
import {
  keyIdIn,
  keyOf,
  limitExceeded,
  onTargetUser,
  page,
  requiredText,
  targetName,
  userAccess,
  userIn,
} from './iam-input.ts';
import type { Operation } from './service.ts';
import { constraintError, noSuchKey } from './service-error.ts';

export const keysPerUser = 2;

export const keyOperations: Record<string, Operation> = {
  CreateAccessKey: {
    kind: 'change',
    access: onTargetUser,
    apply: (call) => {
      const { directory, random, clock } = call.world;
      const user = userIn(directory.current, targetName(call));
      if (user.keys.length >= keysPerUser) throw limitExceeded('AccessKeysPerUser', keysPerUser);
      const key: StoredKey = {
        id: random.id('AKIA', 16),
        secret: random.secret(),
        status: 'Active',
        createdAt: clock.now(),
        changedAt: clock.now(),
      };
      directory.put({ ...user, keys: [...user.keys, key] });
      return { AccessKey: { ...shownKey(user, key), SecretAccessKey: key.secret } };
    },
  },

  ListAccessKeys: {
    kind: 'read',
    access: onTargetUser,
    apply: (call) => {
      const user = userIn(call.view, targetName(call));
      // By id, which is no order of age: AWS promises none.
      const { items, ...more } = page(call, user.keys, (key) => key.id);
      return { AccessKeyMetadata: items.map((key) => shownKey(user, key)), ...more };
    },
  },

  UpdateAccessKey: {
    kind: 'change',
    access: onTargetUser,
    apply: (call) => {
      const { user, key } = keyOf(call);
      const status = statusIn(requiredText(call.params, 'Status'));
      const keys = user.keys.map((one) =>
        one.id === key.id ? { ...one, status, changedAt: call.world.clock.now() } : one,
      );
      if (key.status !== status) call.world.directory.put({ ...user, keys });
      return undefined;
    },
  },

  DeleteAccessKey: {
    kind: 'change',
    access: onTargetUser,
    apply: (call) => {
      const { user, key } = keyOf(call);
      call.world.directory.put({ ...user, keys: user.keys.filter((one) => one.id !== key.id) });
      return undefined;
    },
  },

  GetAccessKeyLastUsed: {
    kind: 'read',
    access: ({ params, world }) => {
      const id = keyIdIn(params);
      const owner = world.directory.current.key(id)?.user;
      return owner
        ? [userAccess(world, 'iam:GetAccessKeyLastUsed', owner.name)]
        : [{ action: 'iam:GetAccessKeyLastUsed', resource: '*', shown: `access key ${id}` }];
    },
    apply: ({ params, view, world }) => {
      const id = keyIdIn(params);
      const owner = view.key(id)?.user;
      if (!owner) throw noSuchKey(id);
      const use = world.lastUsed.published(id);
      return {
        UserName: owner.name === rootName ? undefined : owner.name,
        AccessKeyLastUsed: use
          ? { LastUsedDate: instant(use.at), ServiceName: use.service, Region: use.region }
          : { ServiceName: 'N/A', Region: 'N/A' },
      };
    },
  },
};

function shownKey(user: StoredUser, { id, status, createdAt }: StoredKey) {
  return {
    UserName: user.name === rootName ? undefined : user.name,
    AccessKeyId: id,
    Status: status,
    CreateDate: instant(createdAt),
  };
}

function statusIn(text: string): KeyStatus {
  if (text !== 'Active' && text !== 'Inactive') {
    throw constraintError(text, 'status', 'satisfy enum value set: [Active, Inactive]');
  }
  return text;
}
