// An audit of a large account of which AWS throttles three calls in ten: every user is judged by the ids of their keys, and
// nothing is INCOMPLETE.
import { vi } from 'vitest';
import { openAudit } from '../audit/open-audit.ts';
import { ago } from '../audit/rules/judged.ts';
import type { Ending } from '../support/cli.ts';
import { lane } from './lane.ts';
import { settings } from './settings.ts';

lane({ name: 'audit', what: 'users judged under throttling', sample: { test: 1, prove: 1 } }, (wanted) => {
  const users = wanted ? Number(wanted.split('/')[1]) : settings().scale === 'test' ? 500 : 5000;
  return [{ name: `throttled/${users}`, run: (ending) => throttled(users, ending) }];
});

async function throttled(users: number, ending: Ending): Promise<number> {
  // The SDK asks once, so that what is waited for is our own pause, on the sandbox's clock.
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  ending.onTestFinished(() => void vi.unstubAllEnvs());
  const { sandbox, audit } = await openAudit();
  for (let count = 0; count < users; count++) {
    sandbox.account.createUser({ name: `user-${count}`, createdAt: ago(200), keys: [{ createdAt: ago(100) }] });
  }
  sandbox.fault({ operation: 'ListAccessKeys', call: (call) => call % 10 < 3, kind: 'throttled' });

  const { findings, tail } = await audit();

  const named = findings.filter(({ rule, user, keyId }) => rule === 'AK-02' && user.startsWith('user-') && keyId);
  const judged = new Set(named.map(({ user }) => user)).size;
  const refused = sandbox.requests.filter(({ fault }) => fault === 'throttled').length;
  if (judged !== users) throw new Error(`${judged} of ${users} users were judged by the ids of their keys`);
  if (!tail.complete) throw new Error(`the audit is INCOMPLETE: ${JSON.stringify(tail.incomplete)}`);
  if (refused < users / 4) throw new Error(`only ${refused} calls were throttled`);
  return users;
}
