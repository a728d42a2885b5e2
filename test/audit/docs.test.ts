// What docs/audit.md says of the rules is what the rules say.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RuleSet } from '../../src/audit/contract.ts';
import { isIn, numbersOf, ruleSets } from '../../src/audit/rule-sets.ts';
import { rules } from '../../src/audit/rules/index.ts';

const text = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8');

/** The rows of the table under the heading, header and ruler left out. */
function rowsUnder(heading: string): string[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| rule |'));
}

test('the table has every rule, its severity, and its number in each rule set', () => {
  const sets: RuleSet[] = ['cis-1.4', 'cis-3.0', 'cis-5.0', 'cis-6.0', 'cis-7.0', 'fsbp'];
  const rows = rules.map(({ id, title, severity }) => {
    const numbers = sets.map((set) => numbersOf(set, id).join(', '));
    return `| ${[id, title, severity, ...numbers, isIn('prowler', id) ? 'yes' : ''].join(' | ')} |`.replace(
      / {2,}\|/g,
      ' |',
    );
  });

  expect(rowsUnder('The rules').map((row) => row.replace(/ {2,}\|/g, ' |'))).toEqual(rows);
});

test('every rule set is named', () => {
  for (const set of ruleSets) expect(text).toContain(`\`${set}\``);
});

test('what is left out is no rule', () => {
  const left = [...text.matchAll(/^- \*\*(AK-\d+)\*\*/gm)].map(([, id]) => id);

  expect(left).toEqual(['AK-25', 'AK-30', 'AK-35', 'AK-60']);
  expect(rules.filter(({ id }) => left.includes(id))).toEqual([]);
});
