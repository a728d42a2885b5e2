// The two pictures of the report, as SVG: how bad the findings are, and how old the active keys. Each says in words what it shows.
import type { AuditTail, Severity } from '../contract.ts';
import { counted, escaped } from './markup.ts';

type Summary = AuditTail['summary'];

export const worstFirst: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'informational'];

/** Keys older than this are what most policies speak of. */
const limitDays = 90;

export function severityChart({ bySeverity }: Summary): string {
  const width = 420;
  const gap = 3;
  const shown = worstFirst.filter((one) => bySeverity[one] > 0);
  const all = shown.reduce((sum, one) => sum + bySeverity[one], 0);
  // However few they are, the worst can be seen.
  const least = 8;
  const room = width - gap * Math.max(0, shown.length - 1) - least * shown.length;
  let x = 0;
  const bars = shown.map((one) => {
    const wide = least + (room * bySeverity[one]) / all;
    const bar = `<rect class="${one}" x="${rounded(x)}" y="0" width="${rounded(wide)}" height="18" rx="4"/>`;
    x += wide + gap;
    return bar;
  });
  const words = shown.map((one) => `${counted(bySeverity[one])} ${one}`).join(', ') || 'none';
  const empty = `<rect class="none" x="0" y="0" width="${width}" height="18" rx="4"/>`;
  return svg(width, 18, `Open findings by severity: ${words}`, bars.join('') || empty);
}

export function ageChart({ ages }: Summary): string {
  const [width, height, floor, top] = [420, 168, 140, 20];
  const most = Math.max(1, ...ages.map(({ keys }) => keys));
  const step = width / ages.length;
  const bars = ages.map(({ from, to, keys }, index) => {
    const tall = keys === 0 ? 0 : Math.max(3, ((floor - top) * keys) / most);
    const middle = rounded(step * (index + 0.5));
    const bar = `<rect class="${from >= limitDays ? 'over' : 'under'}" x="${rounded(step * index + 6)}" y="${rounded(floor - tall)}" width="${rounded(step - 12)}" height="${rounded(tall)}" rx="4"/>`;
    const number = `<text class="number" x="${middle}" y="${rounded(floor - tall - 6)}">${counted(keys)}</text>`;
    return `${bar}${number}<text x="${middle}" y="${floor + 20}">${span(from, to)}</text>`;
  });
  const words = ages.map(({ from, to, keys }) => `${span(from, to)} days ${counted(keys)}`).join(', ');
  const line = `<line x1="0" x2="${width}" y1="${floor + 0.5}" y2="${floor + 0.5}"/>`;
  return svg(width, height, `Active keys by age: ${words}`, `${bars.join('')}${line}`);
}

/** How many active keys are older than the limit. */
export function overLimit({ ages }: Summary): number {
  return ages.filter(({ from }) => from >= limitDays).reduce((sum, { keys }) => sum + keys, 0);
}

function span(from: number, to: number | null): string {
  return to === null ? `${from}+` : `${from}–${to}`;
}

function svg(width: number, height: number, words: string, drawn: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(words)}">${drawn}</svg>`;
}

function rounded(number: number): string {
  return String(Math.round(number * 10) / 10);
}
