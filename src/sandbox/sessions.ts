// Temporary credentials that STS gave out. A session lives until it expires, whatever becomes of the key that made it.
import type { Clock } from '../clock.ts';
import type { Random } from './random.ts';

export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  issuedAt: number;
  expiresAt: number;
  /** A user's or root's session (GetSessionToken), or a role's (AssumeRole). */
  of: { userId: string; userName: string; mfa: boolean } | { roleArn: string; sessionName: string };
}

export interface Sessions {
  open(of: Session['of'], seconds: number): Session;
  find(accessKeyId: string): Session | undefined;
}

export function createSessions(clock: Clock, random: Random): Sessions {
  const sessions = new Map<string, Session>();
  return {
    open: (of, seconds) => {
      const now = clock.now();
      const session: Session = {
        accessKeyId: random.id('ASIA', 16),
        secretAccessKey: random.secret(),
        sessionToken: random.token(),
        issuedAt: now,
        expiresAt: now + seconds * 1000,
        of,
      };
      sessions.set(session.accessKeyId, session);
      return session;
    },
    find: (accessKeyId) => sessions.get(accessKeyId),
  };
}
