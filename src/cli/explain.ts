// keyturn audit --explain: what one rule makes of one user, with the raw values, where they come from, and the arithmetic.
import type { Finding } from '../audit/contract.ts';
import { rules } from '../audit/rules/index.ts';
import { UsageError } from '../errors.ts';
import { shown } from '../shown.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';

export function explain(
  io: Pick<Io, 'stdout'>,
  { explain: asked = '', user, key, json }: Flags,
  findings: Finding[],
): void {
  const rule = rules.find(({ id }) => id === asked.toUpperCase());
  if (!rule)
    throw new UsageError(`there is no rule ${asked}`, { hint: `there are ${rules.map(({ id }) => id).join(', ')}` });
  const about = findings.filter((one) => one.rule === rule.id && (key === undefined || one.keyId === key));
  if (json) {
    io.stdout.write(
      `${JSON.stringify({ rule: rule.id, title: rule.title, source: rule.source, user, findings: about }, null, 2)}\n`,
    );
    return;
  }
  const lines = [`${rule.id}: ${rule.title}`, `  source: ${rule.source}`];
  if (about.length === 0) lines.push(`  ${user} passes`);
  for (const { title, status, severity, evidence } of about) {
    lines.push(`  ${status === 'OPEN' ? severity : status}: ${title}`);
    for (const [name, value] of Object.entries(evidence)) {
      lines.push(`    ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    }
  }
  io.stdout.write(`${shown(lines.join('\n'))}\n`);
}
