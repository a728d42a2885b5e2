// A rotation's history as one drawing: a row for each thing that happened, and how long nothing did in between.
import { timeOf } from '../../clock.ts';
import { formatDuration } from '../../duration.ts';
import type { HistoryEntry } from '../../engine/contract.ts';
import { escaped } from './markup.ts';

const row = 24;
const pause = 20;
const width = 920;
/** A watch of weeks has hundreds of looks; its middle is in the table alone. */
const mostRows = 60;

interface Row {
  at: string;
  kind: HistoryEntry['event'] | 'between';
  what: string;
  detail: string;
}

export function timeline(history: readonly HistoryEntry[], label: string): string {
  const rows = shortened(history.filter(isTold).map(rowOf));
  let y = 18;
  let before: Row | null = null;
  const parts: string[] = [];
  const dots: string[] = [];
  for (const one of rows) {
    const seconds = before ? (timeOf(one.at) - timeOf(before.at)) / 1000 : 0;
    if (before) y += row;
    if (seconds >= 3600) {
      parts.push(`<text class="pause" x="206" y="${y + 2}">${escaped(formatDuration(seconds))}</text>`);
      y += pause;
    }
    parts.push(
      `<text class="at" x="172" y="${y + 4}">${escaped(one.at.replace('T', ' ').replace('Z', ''))}</text>`,
      `<text x="206" y="${y + 4}"><tspan class="what">${escaped(one.what)}</tspan> <tspan class="soft">${escaped(cut(one.detail))}</tspan></text>`,
    );
    dots.push(`<circle class="${one.kind}" cx="188" cy="${y}" r="5"/>`);
    before = one;
  }
  const height = y + 18;
  return `<svg class="timeline" role="img" aria-label="${escaped(label)}" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg">
<title>${escaped(label)}</title>
<line x1="188" y1="18" x2="188" y2="${y}"/>
${dots.join('\n')}
${parts.join('\n')}
</svg>`;
}

/** That a step began says nothing where its end comes next. */
export function isTold({ event, state }: HistoryEntry, index: number, history: readonly HistoryEntry[]): boolean {
  return event !== 'started' || history[index + 1]?.state !== state;
}

function rowOf({ at, state, event, detail }: HistoryEntry): Row {
  return { at, kind: event, what: event === 'done' || event === 'ended' ? state : `${state}: ${event}`, detail };
}

function shortened(rows: Row[]): Row[] {
  if (rows.length <= mostRows) return rows;
  const half = mostRows / 2;
  const [first, last] = [rows.slice(0, half), rows.slice(-half)];
  const left = rows.length - mostRows;
  const at = rows[half]?.at ?? '';
  return [...first, { at, kind: 'between', what: `… ${left} more`, detail: 'they are in the table' }, ...last];
}

function cut(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 84 ? `${line.slice(0, 83)}…` : line;
}
