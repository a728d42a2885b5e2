// Findings as an audit would make them, without an account: for what draws or writes them.
import type { AuditHead, AuditTail, Finding, Renderer } from '../../src/audit/contract.ts';

export const head: AuditHead = {
  account: '123456789012',
  generatedAt: '2026-12-06T10:00:00Z',
  rules: 'cis-6.0',
  reportAt: '2026-12-06T07:52:00Z',
};

export const tail: AuditTail = {
  complete: true,
  incomplete: [],
  notLookedAt: [],
  summary: {
    users: 4,
    keys: 5,
    activeKeys: 4,
    bySeverity: { informational: 0, low: 0, medium: 0, high: 1, critical: 0 },
    byStatus: { OPEN: 1, MUTED: 0, PASS: 0, INCOMPLETE: 0 },
    ages: [
      { from: 0, to: 90, keys: 3 },
      { from: 90, to: null, keys: 1 },
    ],
  },
};

export const incompleteTail: AuditTail = {
  ...tail,
  complete: false,
  incomplete: [{ what: 'the list of users', why: 'iam:ListUsers is denied', permission: 'iam:ListUsers' }],
  notLookedAt: [{ what: 'AK-40, a key has no owner', why: 'it needs tags: --ids never was given', permission: null }],
};

export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    id: '0123456789abcdef01234567',
    rule: 'AK-02',
    severity: 'high',
    status: 'OPEN',
    user: 'alice',
    keyId: 'AKIAIOSFODNN7EXAMPLE',
    title: 'AKIAIOSFODNN7EXAMPLE of alice is 188.1 days old; it may become 90',
    evidence: { keyId: 'AKIAIOSFODNN7EXAMPLE', createdAt: '2026-06-01T08:00:00Z', createdAtFrom: 'CreateDate' },
    cis: ['2.13'],
    aliases: [],
    remediation: { command: 'keyturn rotate --user alice --key AKIAIOSFODNN7EXAMPLE', text: 'replace it' },
    ...changes,
  };
}

/** The whole report as text. */
export function rendered(
  renderer: (write: (text: string) => void) => Renderer,
  findings: readonly Finding[],
  end: AuditTail = tail,
): string {
  const parts: string[] = [];
  const one = renderer((text) => void parts.push(text));
  one.head(head);
  for (const each of findings) one.finding(each);
  one.tail(end);
  return parts.join('');
}
