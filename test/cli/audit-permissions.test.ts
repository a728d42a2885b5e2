// Whoever may do what keyturn policy prints for an audit can run a whole one, and an audit without any of it says so.
import { expect, test } from 'vitest';
import type { AuditTail } from '../../src/audit/contract.ts';
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import { openDesk } from '../support/cli.ts';
import { printed, without } from '../support/printed-policy.ts';

async function auditBy(policy: PolicyDocument): Promise<AuditTail> {
  const desk = await openDesk({ policies: [policy] });
  desk.sandbox.trails.push({ name: 'all', isLogging: true });
  await desk.run('audit --json');
  await desk.clock.sleep(60_000);
  // Younger than the report, so that the last use of its key has to be asked for.
  desk.canary.guard(...desk.account.createUser({ name: 'eve', keys: [{}] }).keys);
  return (await desk.run('audit --json')).json() as unknown as AuditTail;
}

test('what keyturn policy audit prints is enough for a whole audit', async () => {
  const { complete, incomplete, notLookedAt } = await auditBy(await printed('policy audit'));

  expect([complete, incomplete]).toEqual([true, []]);
  expect(notLookedAt.filter(({ permission }) => permission !== null)).toEqual([]);
});

test('and without any of it the audit is incomplete, or says what it did not look at', async () => {
  const policy = await printed('policy audit');
  const actions = policy.Statement.flatMap(({ Action }) => Action);

  for (const action of actions) {
    const { complete, notLookedAt } = await auditBy(without(action, policy));
    expect([action, complete && notLookedAt.every(({ permission }) => permission === null)]).toEqual([action, false]);
  }
});
