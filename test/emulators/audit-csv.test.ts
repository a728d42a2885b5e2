// A report as CSV, read by Python's csv module: a parser that is not ours, and strict.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { csvRenderer } from '../../src/audit/render/csv.ts';
import { finding, incompleteTail, rendered } from '../support/findings.ts';

const script = 'import csv, json, sys; json.dump(list(csv.DictReader(sys.stdin, strict=True)), sys.stdout)';

test('every cell comes back as it was', () => {
  const text = rendered(
    (write) => csvRenderer(write),
    [finding({ user: 'a,b', title: 'says "no"\nand more', evidence: { key: 'a "b", c' } })],
    incompleteTail,
  );

  const { stdout, stderr } = spawnSync('python3', ['-c', script], { input: text, encoding: 'utf8' });

  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject([
    { rule: 'AK-02', user: 'a,b', title: 'says "no"\nand more', evidence: '{"key":"a \\"b\\", c"}' },
    { status: 'INCOMPLETE', title: 'the list of users: iam:ListUsers is denied' },
    { status: 'NOT LOOKED AT' },
  ]);
});
