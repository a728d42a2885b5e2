// The report for a terminal: user by user, the worst first as they come, with the command that mends each finding; as wide as
// the terminal, and readable at 80 columns.
import { styleText } from 'node:util';
import { shown } from '../../shown.ts';
import type { AuditHead, AuditTail, Finding, Gap, Renderer, Severity } from '../contract.ts';
import { severities } from '../run.ts';

interface Terminal {
  columns: number;
  color: boolean;
}

const indent = '    ';
const colours: Readonly<Record<Severity, Parameters<typeof styleText>[0]>> = {
  informational: 'gray',
  low: 'cyan',
  medium: 'yellow',
  high: 'red',
  critical: ['red', 'bold'],
};

export function tableRenderer(write: (text: string) => void, { columns, color }: Terminal): Renderer {
  const width = Math.max(60, Math.min(columns, 160));
  const styled = (format: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const line = (text: string, left = '') => write(`${wrapped(shown(text), width, left)}\n`);
  let user: string | null = null;

  return {
    head: ({ account, generatedAt, rules, reportAt }: AuditHead) => {
      line(`account ${account}, judged at ${generatedAt} by ${rules}`);
      if (reportAt) line(`credential report of ${reportAt}`);
    },

    finding: (finding: Finding) => {
      if (finding.user !== user) {
        user = finding.user;
        write(`\n${styled('bold', shown(user))}\n`);
      }
      const { severity, status, rule, title, cis, aliases, remediation, muted } = finding;
      const numbers = [...cis, ...aliases].join(', ');
      const word = status === 'OPEN' ? severity : status;
      write(
        `  ${styled(status === 'MUTED' ? 'gray' : colours[severity], word)}  ${rule}${numbers ? `  (${numbers})` : ''}\n`,
      );
      line(title, indent);
      if (muted) line(`muted until ${muted.until}: ${muted.reason}`, indent);
      else if (remediation.command) write(`${indent}${shown(remediation.command)}\n`);
      else line(remediation.text, indent);
    },

    tail: ({ complete, incomplete, notLookedAt, summary }: AuditTail) => {
      const { users, keys, activeKeys, bySeverity, byStatus } = summary;
      const counted = [...severities].reverse().flatMap((one) => (bySeverity[one] ? `${bySeverity[one]} ${one}` : []));
      write('\n');
      line(
        `${users} users, ${keys} keys, ${activeKeys} of them active: ${counted.join(', ') || 'nothing is wrong'}${byStatus.MUTED ? `, ${byStatus.MUTED} muted` : ''}`,
      );
      if (notLookedAt.length > 0) list('not looked at', notLookedAt);
      if (complete) return;
      write(`${styled(['red', 'bold'], 'INCOMPLETE')}: this is no pass\n`);
      if (byStatus.INCOMPLETE > 0) line(`${byStatus.INCOMPLETE} findings could not be judged`);
      if (incomplete.length > 0) list('not known', incomplete);
    },
  };

  function list(what: string, gaps: Gap[]): void {
    line(what);
    for (const gap of gaps) line(`${gap.what}: ${gap.why}${gap.permission ? `; allow ${gap.permission}` : ''}`, '  ');
  }
}

/** At blanks; a word that is too long stands over. */
function wrapped(text: string, width: number, left: string): string {
  if (left.length + text.length <= width) return `${left}${text}`;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && left.length + last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((one) => `${left}${one}`).join('\n');
}
