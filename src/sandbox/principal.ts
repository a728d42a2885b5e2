// Who signed a request, once that is established, and what policies can ask about them.
import type { StoredUser } from './directory.ts';
import type { Policy } from './policy.ts';

export interface Principal {
  type: 'root' | 'user' | 'role' | 'anonymous';
  arn: string;
  /** `AIDA…` for a user, `AROA…:session` for a role, the account id for root. */
  userId: string;
  /** The key that signed, long-term or temporary. */
  accessKeyId: string;
  userName: string | null;
  /** Set for temporary credentials. */
  session: { issuedAt: number; mfa: boolean } | null;
}

/** A principal with what only the sandbox itself looks at. */
export interface Caller extends Principal {
  /** The user's, or the role's behind a session. */
  principalArn: string;
  policies: readonly Policy[];
  tags: Readonly<Record<string, string>>;
  user: StoredUser | null;
}

/** Whoever sends a request without a signature. */
export const anonymous: Caller = {
  type: 'anonymous',
  arn: 'anonymous',
  principalArn: 'anonymous',
  userId: 'anonymous',
  accessKeyId: '',
  userName: null,
  session: null,
  policies: [],
  tags: {},
  user: null,
};

/** The part that listeners may see. */
export function publicPart({ type, arn, userId, accessKeyId, userName, session }: Caller): Principal {
  return { type, arn, userId, accessKeyId, userName, session };
}
