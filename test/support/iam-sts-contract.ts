// What IAM and STS promise on the wire as far as keyturn relies on it, in the words of AWS's documentation, asked by the
// unmodified SDK clients. The same suite runs against every AWS that our tests use, so that none of them can drift alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessKeyCases } from './iam-sts-contract/access-keys.ts';
import { type ContractAccount, type ContractTarget, openAccount } from './iam-sts-contract/account.ts';
import { callerCases } from './iam-sts-contract/callers.ts';
import { credentialCases } from './iam-sts-contract/credentials.ts';
import { lastUsedCases } from './iam-sts-contract/last-used.ts';
import { tagCases } from './iam-sts-contract/tags.ts';
import { userCases } from './iam-sts-contract/users.ts';
import { wireCases } from './iam-sts-contract/wire.ts';

export type { ContractTarget, Credentials } from './iam-sts-contract/account.ts';

/** A case of the contract in which one target is known not to do what AWS does. */
export interface AllowedDifference {
  id: string;
  /** What the target does in AWS's place. */
  instead: string;
  /** A part of the failed expectation's message, so that no other failure passes for this difference. */
  shows: string;
  /** Where it says how AWS behaves. */
  source: string;
}

const cases = [
  ...accessKeyCases,
  ...credentialCases,
  ...callerCases,
  ...lastUsedCases,
  ...userCases,
  ...tagCases,
  ...wireCases,
];

/**
 * Runs every case against a target made once, each case with users of its own. A case in `allowedDifferences` must fail
 * in the way written there: once it passes, or fails otherwise, the run fails until the list is put right.
 */
export function describeIamStsContract(
  name: string,
  makeTarget: () => Promise<ContractTarget>,
  allowedDifferences: readonly AllowedDifference[] = [],
): void {
  describe(`IAM and STS as ${name} speaks them`, () => {
    let account: ContractAccount;
    beforeAll(async () => {
      account = openAccount(await makeTarget());
    }, 90_000);
    afterAll(() => account?.close());

    for (const { id, promise, check } of cases) {
      const difference = allowedDifferences.find((one) => one.id === id);
      if (difference) {
        test(`${id}: differs, ${difference.instead}`, () => expectDifference(check(account), difference));
      } else {
        test(`${id}: ${promise}`, () => check(account));
      }
    }

    test('every allowed difference names one case, once', () => {
      const known = cases.map(({ id }) => id);
      const listed = allowedDifferences.map(({ id }) => id);

      expect(listed.filter((id) => !known.includes(id))).toEqual([]);
      expect(listed.filter((id, index) => listed.indexOf(id) !== index)).toEqual([]);
    });
  });
}

async function expectDifference(check: Promise<void>, { id, shows }: AllowedDifference): Promise<void> {
  const failure = await check.then(
    () => undefined,
    (error: unknown) => String(error),
  );

  expect(failure, `${id} now does what AWS does: take it off the list of allowed differences`).toBeDefined();
  expect(failure, `${id} differs in another way than the list says`).toContain(shows);
}
