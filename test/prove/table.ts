// The table that `npm run prove` ends with.
import type { Proof } from './lane.ts';
import type { ProveSettings } from './settings.ts';

export function table(
  rows: readonly { proof: Proof; seconds: number }[],
  { scale, seed, only }: ProveSettings,
): string {
  const head = ['lane', 'what was tried', 'cases', 'of', 'tried', 'violations', 'seconds'];
  const body = [...rows]
    .sort((a, b) => a.proof.lane.localeCompare(b.proof.lane))
    .map(({ proof: { lane, what, run, all, tried, violations }, seconds }) =>
      [lane, what, run, all, tried, violations.length, seconds].map(String),
    );
  const violations = rows.reduce((sum, { proof }) => sum + proof.violations.length, 0);
  const sampled = rows.filter(({ proof }) => proof.run < proof.all).map(({ proof }) => proof.lane);
  const foot = [
    `seed ${seed}; ${violations === 0 ? 'no violation' : `${violations} violations`}`,
    ...(sampled.length > 0 && scale === 'prove' && only === null
      ? [`sampled by the seed: ${sampled.sort().join(', ')}; --full runs every case`]
      : []),
  ];
  return `${[markdown([head, head.map(() => '---'), ...body]), ...foot].join('\n')}\n`;
}

function markdown(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) => `| ${line.map((cell, column) => fitted(cell, widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}

function fitted(cell: string, width: number): string {
  return cell === '---' ? '-'.repeat(width) : cell.padEnd(width);
}
