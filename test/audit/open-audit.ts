// A sandbox with an audit to run on it, and what the audit said.
import { KeyPair } from '../../src/access-key.ts';
import type { AuditHead, AuditTail, Finding, Limits, RuleSet } from '../../src/audit/contract.ts';
import { limitsOf } from '../../src/audit/rule-sets.ts';
import { runAudit } from '../../src/audit/run.ts';
import type { StockDeps } from '../../src/audit/stock.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { Credentials, SandboxOptions } from '../../src/sandbox/index.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

export interface Said {
  head: AuditHead;
  findings: Finding[];
  tail: AuditTail;
}

interface Asked extends Partial<StockDeps> {
  set?: RuleSet;
  user?: string | null;
  as?: Credentials;
  limits?: Partial<Limits>;
  /** The text of keyturn.yaml. */
  yaml?: string;
}

export async function openAudit(options: Partial<SandboxOptions> = {}) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const opened = await openSandbox({ clock, seed: 'audit', ...options });
  const { sandbox } = opened;

  const awsAs = ({ accessKeyId, secretAccessKey }: Credentials = sandbox.credentials) =>
    createAws({
      clock,
      version: '0.0.0-test',
      endpointUrl: sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    });

  const audit = async ({ set = 'cis-7.0', user = null, as, limits = {}, yaml, ...deps }: Asked = {}): Promise<Said> => {
    const said: Partial<Said> & { findings: Finding[] } = { findings: [] };
    const tail = await runAudit(
      {
        aws: awsAs(as),
        clock,
        policy: yaml === undefined ? null : parsePolicy(yaml, 'keyturn.yaml'),
        ids: 'auto',
        fresh: false,
        rotations: async () => new Map(),
        signal: new AbortController().signal,
        onProgress: () => {},
        ...deps,
      },
      {
        set,
        user,
        limits: ({ now, rotators }) => ({
          ...limitsOf(set),
          now,
          ownerTags: ['owner'],
          ownerDomains: [],
          rotators: rotators.state === 'known' ? rotators.value : [],
          ...limits,
        }),
      },
      {
        head: (head) => {
          said.head = head;
        },
        finding: (finding) => void said.findings.push(finding),
        tail: (written) => {
          said.tail = written;
        },
      },
    );
    return { ...(said as Said), tail };
  };

  return { ...opened, clock, awsAs, audit };
}

/** Rules by user, without what is informational. */
export function rulesByUser({ findings }: Said): Record<string, string[]> {
  const byUser: Record<string, string[]> = {};
  for (const { user, rule, status, severity } of findings) {
    if (status === 'OPEN' && severity !== 'informational') byUser[user] = [...(byUser[user] ?? []), rule];
  }
  return byUser;
}
