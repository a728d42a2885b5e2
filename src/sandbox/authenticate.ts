// Who is calling? The key must be known, active, propagated, and the request signed with its secret. A call that gets
// so far counts as a use of its long-term key, whatever comes of it.
import { type OwnedKey, rootName, type StoredUser } from './directory.ts';
import type { HttpExchange } from './http-server.ts';
import type { Caller } from './principal.ts';
import type { StoredRole } from './roles.ts';
import { invalidToken, ServiceError } from './service-error.ts';
import type { Session } from './sessions.ts';
import { checkSkew, type Signature, verifySignature } from './sigv4.ts';
import type { World } from './world.ts';

export async function authenticate(http: HttpExchange, signature: Signature, world: World): Promise<Caller> {
  const session = world.sessions.find(signature.accessKeyId);
  if (session) return bySession(http, signature, session, world);

  // A long-term key with some session's token is neither.
  if (http.headers['x-amz-security-token'] !== undefined) throw invalidToken();
  const owned = world.propagation.authView().key(signature.accessKeyId);
  if (owned?.key.status !== 'Active' || world.propagation.hides(owned.key)) throw invalidToken();
  await verify(http, signature, owned.key.secret, world);
  const { accessKeyId, service, region } = signature;
  // IAM has one endpoint, whatever region a client was given.
  const usedIn = service === 'iam' ? 'us-east-1' : region;
  world.lastUsed.record(accessKeyId, { at: world.clock.now(), service, region: usedIn });
  return asUser(currentUser(owned, world), accessKeyId, null, world);
}

async function bySession(http: HttpExchange, signature: Signature, session: Session, world: World): Promise<Caller> {
  if (http.headers['x-amz-security-token'] !== session.sessionToken) throw invalidToken();
  await verify(http, signature, session.secretAccessKey, world);
  if (world.clock.now() >= session.expiresAt) {
    throw new ServiceError('ExpiredToken', 403, 'The security token included in the request is expired');
  }
  return 'roleArn' in session.of
    ? asRole(session, session.of.roleArn, session.of.sessionName, world)
    : asSessionOfUser(session, session.of, signature.service, world);
}

async function verify(http: HttpExchange, signature: Signature, secret: string, world: World): Promise<void> {
  if (world.settings.enforceClockSkew) checkSkew(signature, world.clock.now());
  await verifySignature(http, signature, secret);
}

/** Policies and tags are today's, even where the key's status is yesterday's. */
function currentUser({ user }: OwnedKey, world: World): StoredUser {
  const current = world.directory.current.user(user.name);
  return current?.id === user.id ? current : user;
}

export function asUser(user: StoredUser, accessKeyId: string, session: Caller['session'], world: World): Caller {
  const root = user.name === rootName;
  return {
    type: root ? 'root' : 'user',
    arn: user.arn,
    principalArn: user.arn,
    userId: root ? world.accountId : user.id,
    accessKeyId,
    userName: root ? null : user.name,
    session,
    policies: user.policies,
    tags: user.tags,
    user,
  };
}

function asSessionOfUser(
  session: Session,
  { userId, userName, mfa }: { userId: string; userName: string; mfa: boolean },
  service: string,
  world: World,
): Caller {
  const user = world.directory.current.user(userName);
  // "You cannot call any IAM API operations unless MFA authentication information is included" (GetSessionToken).
  if (user?.id !== userId || (service === 'iam' && !mfa)) throw invalidToken();
  return asUser(user, session.accessKeyId, { issuedAt: session.issuedAt, mfa }, world);
}

function asRole(session: Session, roleArn: string, sessionName: string, world: World): Caller {
  const role = world.roles.byArn(roleArn);
  if (!role) throw invalidToken();
  return roleSession(role, sessionName, session, world.accountId);
}

/** Whoever acts as the role in a session of that name. */
export function roleSession(
  role: StoredRole,
  sessionName: string,
  session: Pick<Session, 'accessKeyId' | 'issuedAt'>,
  accountId: string,
): Caller {
  return {
    type: 'role',
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
    principalArn: role.arn,
    userId: `${role.id}:${sessionName}`,
    accessKeyId: session.accessKeyId,
    userName: null,
    session: { issuedAt: session.issuedAt, mfa: false },
    policies: role.policies,
    tags: {},
    user: null,
  };
}
