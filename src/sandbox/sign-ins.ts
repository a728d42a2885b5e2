// Who is signed in to the access portal of single sign-on, and which of the account's roles that opens.
import type { Clock } from '../clock.ts';
import type { Random } from './random.ts';

export interface SignIn {
  readonly accessToken: string;
  readonly person: string;
  /** The ARN of the role behind each permission set. */
  readonly permissionSets: Readonly<Record<string, string>>;
  readonly expiresAt: number;
}

export interface SignIns {
  open(of: Pick<SignIn, 'person' | 'permissionSets'>, seconds: number): SignIn;
  /** Undefined for a token that is unknown or has expired. */
  find(accessToken: string): SignIn | undefined;
}

export function createSignIns(clock: Clock, random: Random): SignIns {
  const signIns = new Map<string, SignIn>();
  return {
    open: (of, seconds) => {
      const signIn = { ...of, accessToken: random.token(), expiresAt: clock.now() + seconds * 1000 };
      signIns.set(signIn.accessToken, signIn);
      return signIn;
    },
    find: (accessToken) => {
      const signIn = signIns.get(accessToken);
      return signIn && clock.now() < signIn.expiresAt ? signIn : undefined;
    },
  };
}
