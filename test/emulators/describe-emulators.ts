// The arrangement of tests at emulators: one for a block of tests, started before the first and gone after the last of them.
import { afterAll, beforeAll, describe, type TestContext } from 'vitest';
import type { ContractTarget } from '../support/iam-sts-contract.ts';
import { type Desk, openDesk } from './built-keyturn.ts';
import { type Emulator, type NewUser, starts } from './servers.ts';

export type EmulatorName = keyof typeof starts;

export interface Arranged {
  name: EmulatorName;
  /** Only within a test. */
  emulator(): Emulator;
  desk(context: Pick<TestContext, 'onTestFinished'>, user: NewUser): Promise<Desk>;
}

/** The tests of a block run at once, since rotations mostly wait; those of a block that empties the account one by one. */
export function describeEmulators(
  names: readonly EmulatorName[],
  tests: (arranged: Arranged) => void,
  { concurrent = true } = {},
): void {
  describe.for(names)('%s', { concurrent }, (name) => {
    let started: Emulator | undefined;
    beforeAll(async () => {
      started = await starts[name]();
    }, 90_000);
    afterAll(() => started?.close());

    const emulator = () => {
      if (!started) throw new Error(`${name} is there only within a test`);
      return started;
    };
    tests({ name, emulator, desk: (context, user) => openDesk(context, emulator(), user) });
  });
}

/** An emulator as the sandbox's contracts want it. */
export function contractTarget(name: EmulatorName): () => Promise<ContractTarget> {
  return async () => {
    const { url, account, adminCredentials, close } = await starts[name]();
    return { endpoint: url, account, admin: adminCredentials, close };
  };
}
