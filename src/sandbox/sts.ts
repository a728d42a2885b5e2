// STS: who am I, and temporary credentials.
import { instant } from '../clock.ts';
import { accessDenied, judge } from './authorize.ts';
import { rootName } from './directory.ts';
import { optionalText, requiredText } from './iam-input.ts';
import { provesMfa } from './mfa.ts';
import { queryXml } from './query-xml.ts';
import type { StoredRole } from './roles.ts';
import type { Call, Operation, Service } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';
import type { Session } from './sessions.ts';

const operations: Record<string, Operation> = {
  // "No permissions are required to perform this operation", not even where a policy denies it.
  GetCallerIdentity: {
    kind: 'read',
    access: () => [],
    apply: ({ caller, world }) => ({ Arn: caller.arn, UserId: caller.userId, Account: world.accountId }),
  },

  GetSessionToken: {
    kind: 'change',
    access: () => [],
    apply: (call) => {
      const { caller, params, world } = call;
      if (caller.session || !caller.user) {
        throw new ServiceError('AccessDenied', 403, 'Cannot call GetSessionToken with session credentials');
      }
      const seconds = duration(params, 12 * 60 * 60, 36 * 60 * 60);
      const mfa = provesMfa(call);
      const { id, name } = caller.user;
      // Root's sessions last an hour at most.
      const granted = name === rootName ? Math.min(seconds, 3600) : seconds;
      return { Credentials: shown(world.sessions.open({ userId: id, userName: name, mfa }, granted)) };
    },
  },

  AssumeRole: {
    kind: 'change',
    access: () => [],
    apply: (call) => {
      const arn = requiredText(call.params, 'RoleArn');
      const sessionName = sessionNameIn(call);
      const role = mayAssume(call, arn, provesMfa(call));
      return assumed(call, role, sessionName);
    },
  },

  AssumeRoleWithWebIdentity: {
    kind: 'change',
    unsigned: true,
    access: () => [],
    apply: (call) => {
      const { params, world } = call;
      const role = world.roles.byArn(requiredText(params, 'RoleArn'));
      const sessionName = sessionNameIn(call);
      const token = requiredText(params, 'WebIdentityToken');
      if (!role || role.webIdentityToken !== token) {
        throw new ServiceError('AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
      }
      return assumed(call, role, sessionName);
    },
  },
};

export const sts: Service = {
  name: 'sts',
  wire: queryXml({ namespace: 'https://sts.amazonaws.com/doc/2011-06-15/', version: '2011-06-15' }),
  unsigned: ({ body }) => /(?:^|&)Action=AssumeRoleWithWebIdentity(?:&|$)/.test(body),
  sensitive: ['TokenCode', 'WebIdentityToken'],
  operations,
};

function assumed({ params, world }: Call, role: StoredRole, sessionName: string) {
  const seconds = duration(params, 3600, role.maxSessionDuration);
  return {
    Credentials: shown(world.sessions.open({ roleArn: role.arn, sessionName }, seconds)),
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${sessionName}`,
      Arn: `arn:aws:sts::${world.accountId}:assumed-role/${role.name}/${sessionName}`,
    },
  };
}

/** Within one account a trust policy that names the caller is enough; one that names the account leaves it to the caller's own policies. */
function mayAssume({ caller, world }: Call, arn: string, mfa: boolean): StoredRole {
  const access = { action: 'sts:AssumeRole', resource: arn };
  const verdict = judge(caller, access, world.accountId);
  const role = world.roles.byArn(arn);
  const trusts = (arn: string) => caller.type !== 'root' && role?.trusts.includes(arn) === true;
  const trustsCaller = trusts(caller.arn) || trusts(caller.principalArn);
  const trustsAccount = trusts(`arn:aws:iam::${world.accountId}:root`);
  const allowed =
    verdict === 'allowed' ? trustsCaller || trustsAccount : trustsCaller && verdict !== 'explicitly denied';
  if (!role || !allowed || (role.requiresMfa && !mfa)) throw accessDenied(caller, access, verdict);
  return role;
}

function sessionNameIn({ params }: Call): string {
  const name = requiredText(params, 'RoleSessionName');
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw constraintError(name, 'roleSessionName', 'satisfy regular expression pattern: [\\w+=,.@-]*');
  }
  return name;
}

function duration(params: Call['params'], preset: number, longest: number): number {
  const given = optionalText(params, 'DurationSeconds');
  const seconds = given === undefined ? Math.min(preset, longest) : Number(given);
  if (!(seconds >= 900)) {
    throw constraintError(given ?? null, 'durationSeconds', 'have value greater than or equal to 900');
  }
  if (seconds > longest) {
    throw constraintError(given ?? null, 'durationSeconds', `have value less than or equal to ${longest}`);
  }
  return seconds;
}

function shown({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: Session) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: instant(expiresAt),
  };
}
