// The report as CSV (RFC 4180), one finding a row. A cell never starts a formula, whatever a user is called (S36).
import { stringify } from 'csv-stringify/sync';
import { shown } from '../../shown.ts';
import type { AuditHead, Finding, Gap, Renderer } from '../contract.ts';

const columns = [
  'account',
  'generatedAt',
  'rules',
  'id',
  'rule',
  'severity',
  'status',
  'user',
  'keyId',
  'title',
  'cis',
  'aliases',
  'command',
  'text',
  'mutedUntil',
  'mutedReason',
  'evidence',
];

export function csvRenderer(write: (text: string) => void): Renderer {
  let common: string[] = [];
  const row = (cells: readonly string[]) =>
    write(stringify([cells.map(shown)], { escape_formulas: true, record_delimiter: 'windows' }));
  return {
    head: ({ account, generatedAt, rules }: AuditHead) => {
      common = [account, generatedAt, rules];
      row(columns);
    },
    finding: (finding: Finding) => row([...common, ...cellsOf(finding)]),
    tail: ({ incomplete, notLookedAt }) => {
      for (const gap of incomplete) row([...common, ...gapCells(gap, 'INCOMPLETE')]);
      for (const gap of notLookedAt) row([...common, ...gapCells(gap, 'NOT LOOKED AT')]);
    },
  };
}

function cellsOf(finding: Finding): string[] {
  const { id, rule, severity, status, user, keyId, title, cis, aliases, remediation, muted, evidence } = finding;
  return [
    id,
    rule,
    severity,
    status,
    user,
    keyId ?? '',
    title,
    cis.join(' '),
    aliases.join(' '),
    remediation.command ?? '',
    remediation.text,
    muted?.until ?? '',
    muted?.reason ?? '',
    JSON.stringify(evidence),
  ];
}

function gapCells({ what, why, permission }: Gap, status: string): string[] {
  return [
    '',
    '',
    '',
    status,
    '',
    '',
    `${what}: ${why}`,
    '',
    '',
    '',
    permission ? `allow ${permission}` : '',
    '',
    '',
    '',
  ];
}
