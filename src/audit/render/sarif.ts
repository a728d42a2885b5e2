// The report as SARIF 2.1.0, for code scanning and CI. Users are no files, so each has an address of its own making, and a
// finding is told from others by its id.
import type { AuditHead, Finding, Gap, Renderer, Severity } from '../contract.ts';
import { rulesOf } from '../judge.ts';
import { numbersOf } from '../rule-sets.ts';

const level: Readonly<Record<Severity, 'note' | 'warning' | 'error'>> = {
  informational: 'note',
  low: 'note',
  medium: 'warning',
  high: 'error',
  critical: 'error',
};

/** GitHub sorts by this number, from 0 to 10. */
const weight: Readonly<Record<Severity, string>> = {
  informational: '0.5',
  low: '3.0',
  medium: '5.5',
  high: '8.0',
  critical: '9.5',
};

export function sarifRenderer(write: (text: string) => void, version: string): Renderer {
  let isFirst = true;
  let account = '';
  return {
    head: (head: AuditHead) => {
      account = head.account;
      const tool = {
        driver: { name: 'keyturn', version, rules: rulesOf(head.rules).map((rule) => ruleOf(rule, head)) },
      };
      write('{\n  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n  "version": "2.1.0",\n  "runs": [{\n');
      write(`  "tool": ${JSON.stringify(tool)},\n  "results": [`);
    },
    finding: (finding: Finding) => {
      write(`${isFirst ? '' : ','}\n    ${JSON.stringify(resultOf(finding, account))}`);
      isFirst = false;
    },
    tail: ({ complete, incomplete, notLookedAt, summary }) => {
      const invocation = {
        executionSuccessful: complete,
        toolExecutionNotifications: [
          ...incomplete.map((gap) => notice(gap, 'INCOMPLETE', 'error')),
          ...notLookedAt.map((gap) => notice(gap, 'not looked at', 'note')),
        ],
      };
      write(
        `],\n  "invocations": ${JSON.stringify([invocation])},\n  "properties": ${JSON.stringify({ summary })}\n}]}\n`,
      );
    },
  };
}

function ruleOf({ id, title, severity, source }: ReturnType<typeof rulesOf>[number], { rules }: AuditHead) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: source },
    defaultConfiguration: { level: level[severity] },
    properties: {
      'security-severity': weight[severity],
      tags: ['security', ...numbersOf(rules, id).map((one) => `${rules} ${one}`)],
    },
  };
}

function resultOf(finding: Finding, account: string) {
  const { id, rule, severity, status, user, keyId, title, evidence, cis, remediation, muted } = finding;
  const place = `iam/${account}/user/${encodeURIComponent(user)}`;
  return {
    ruleId: rule,
    level: level[severity],
    kind: status === 'INCOMPLETE' ? 'open' : 'fail',
    message: { text: `${status === 'INCOMPLETE' ? 'INCOMPLETE: ' : ''}${title}. ${remediation.text}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: place }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: keyId ? `${user}/${keyId}` : user, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'keyturnFinding/v1': id },
    ...(muted ? { suppressions: [{ kind: 'external', justification: `${muted.reason} (until ${muted.until})` }] } : {}),
    properties: { status, severity, cis, command: remediation.command, evidence },
  };
}

function notice({ what, why, permission }: Gap, word: string, severity: 'error' | 'note') {
  const mend = permission ? `; allow ${permission}` : '';
  return { level: severity, message: { text: `${word}: ${what}: ${why}${mend}` } };
}
