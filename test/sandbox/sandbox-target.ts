// The embedded AWS as the contracts take it, with everything late that AWS does late.
import { createVirtualClock } from '../../src/clock.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import type { ContractTarget } from '../support/iam-sts-contract.ts';

export async function makeSandboxTarget(): Promise<ContractTarget & Pick<Sandbox, 'functions'>> {
  const clock = createVirtualClock('2026-12-06T10:00:00Z', { auto: false });
  const { url, account, credentials, functions, close } = await createSandbox({
    clock,
    newKeyDelay: 30_000,
    statusDelay: 4_000,
    lastUsedLag: 60_000,
  });
  return {
    endpoint: url,
    account: account.id,
    admin: credentials,
    functions,
    settle: () => clock.advance(60_000),
    putUserPolicy: async (user, document) => account.setPolicies(user, [document]),
    attachPolicy: async (user, policy) => account.setAttachedPolicies(user, [policy]),
    makeRole: async ({ name, trusted, statements }) =>
      account.createRole({ name, trusts: [trusted], policies: [{ Version: '2012-10-17', Statement: statements }] }).arn,
    close,
  };
}
