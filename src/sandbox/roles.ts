// The account's roles: what they may do, and who may assume them.
import type { Policy } from './policy.ts';

export interface StoredRole {
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly arn: string;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly policies: readonly Policy[];
  /** ARNs of the principals that the trust policy names; the account's root ARN trusts whomever their own policies allow. */
  readonly trusts: readonly string[];
  readonly maxSessionDuration: number;
  /** Whether the trust policy asks for MFA. */
  readonly requiresMfa: boolean;
  /** The token of an identity provider that the trust policy accepts; null for none. */
  readonly webIdentityToken: string | null;
}

export interface Roles {
  byArn(arn: string): StoredRole | undefined;
  put(role: StoredRole): void;
  all(): StoredRole[];
}

export function createRoles(): Roles {
  const roles = new Map<string, StoredRole>();
  return {
    byArn: (arn) => roles.get(arn),
    put: (role) => void roles.set(role.arn, role),
    all: () => [...roles.values()],
  };
}
