// A contract is a list of promises of AWS, checked by unmodified SDK clients. The same list runs against every AWS that our
// tests use, so that none of them can drift alone; what one of them is known to do otherwise is written down.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** One promise of AWS; `check` throws where it is not kept. The id never changes: lists of differences name it. */
export interface Case<Account> {
  id: string;
  promise: string;
  check(account: Account): Promise<void>;
}

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

/**
 * Runs every case against an account opened once. A case in `allowedDifferences` must fail in the way written there: once
 * it passes, or fails otherwise, the run fails until the list is put right.
 */
export function describeContract<Account extends { close(): Promise<void> }>(
  title: string,
  cases: readonly Case<Account>[],
  open: () => Promise<Account>,
  allowedDifferences: readonly AllowedDifference[],
): void {
  describe(title, () => {
    let account: Account;
    beforeAll(async () => {
      account = await open();
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
