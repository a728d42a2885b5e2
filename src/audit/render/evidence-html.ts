// Evidence as one HTML file that loads nothing and runs nothing: what a person reads, with the document that was hashed in it
// as data. Names in it are text and stay text (S36).
import { createHash } from 'node:crypto';
import { formatDuration } from '../../duration.ts';
import { type HistoryEntry, onlyLooks } from '../../engine/contract.ts';
import type { Proof, Sealed } from '../evidence.ts';
import { evidenceStyle } from './evidence-style.ts';
import { isTold, timeline } from './evidence-timeline.ts';
import { counted, escaped } from './markup.ts';

/** What is shown of a rotation's own JSON, beside what makes it evidence. */
export interface Told extends Proof {
  rotation: string | null;
  account: string;
  user: string;
  engine: string;
  execution: string | null;
  outcome: string;
  reason: string;
  oldKey: string | null;
  newKey: string | null;
  consumers: { spec: string; state: string; note?: string }[];
  keys: { id: string; status: string; createdAt: string; lastUsedAt: string | null; lastUsedService: string | null }[];
  history: HistoryEntry[];
}

type Whole = Sealed<{ generatedAt: string; keyturn: string; notes: string[] }>;

export function evidenceHtml(document: Whole, rotations: readonly Told[]): string {
  const [only, another] = rotations;
  const title = only && !another ? `Rotation ${only.rotation} of ${only.user}` : `${rotations.length} rotations`;
  const hash = createHash('sha256').update(evidenceStyle).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}: evidence</title>
<style>${evidenceStyle}</style>
<script type="application/json" id="evidence">${data(document)}</script>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p class="soft">Evidence made by keyturn ${escaped(document.keyturn)} at ${escaped(document.generatedAt)}. All times are AWS’s, in UTC.</p>
</header>
<main>
${rotations.length === 0 ? '<p>No rotation ended in that time.</p>' : rotations.map(article).join('\n')}
</main>
<footer>
<h2>What this proves, and what not</h2>
<p>SHA-256 <code>${escaped(document.sha256)}</code></p>
<ul>${document.notes.map((note) => `<li>${escaped(note)}</li>`).join('\n')}</ul>
<p class="soft">The document stands in this file as JSON, in the element with the id <code>evidence</code>. This file loads nothing from anywhere and holds no secrets.</p>
</footer>
</body>
</html>
`;
}

function article(told: Told): string {
  const { rotation, user, account, outcome, reason, history, callers, consumers, keys, oldKey, newKey } = told;
  return `<article>
<h2>${escaped(user)} in account ${escaped(account)}</h2>
<p><span class="badge ${outcome === 'rotated' ? 'good' : outcome === 'stuck' ? 'bad' : 'warn'}">${escaped(outcome)}</span> ${escaped(reason)}</p>
${list([
  ['Rotation', rotation ?? ''],
  ['Old key', oldKey ?? 'none'],
  ['New key', newKey ?? 'none'],
  ['Who', callers.map(({ arn, since }) => `${arn} (from ${since})`).join('; ') || 'not recorded'],
  ['Run by', told.execution ? `Step Functions, ${told.execution}` : told.engine],
])}
<h3>What happened</h3>
${timeline(history, `What happened in rotation ${rotation}`)}
${controls(told)}
<h3>Exceptions that were made</h3>
${
  told.overrides.length === 0
    ? '<p>None.</p>'
    : table(
        ['When', 'What', 'Why'],
        told.overrides.map(({ at, what, why }) => [at, what, why]),
      )
}
<h3>Decisions about the old key</h3>
${table(
  ['When', 'Step', 'Verdict', 'Last use known then'],
  told.decisions.map((one) => [one.at, one.state, one.words, useWords(one.lastUse)]),
)}
<h3>The policy then in force</h3>
${policy(told)}
<h3>Places and keys</h3>
${list([
  ...consumers.map(({ spec, state, note }): [string, string] => [
    'Place',
    `${spec}: ${state}${note ? `, ${note}` : ''}`,
  ]),
  ...keys.map((key): [string, string] => [
    'Key now',
    `${key.id}: ${key.status}, made ${key.createdAt}, ${key.lastUsedAt ? `last used ${key.lastUsedAt}` : 'no use known'}`,
  ]),
])}
<h3>Steps, and what was asked of AWS in them</h3>
${steps(told)}
</article>`;
}

/** One line for each control and the sets that have it by that number. */
function controls({ controls: all }: Told): string {
  const [first] = all;
  if (!first) return '';
  const numbers = all.map(({ rules, control }) => `${rules} ${control}`).join(', ');
  return `<h3>Control</h3>
<p><span class="badge ${first.satisfied ? 'good' : 'bad'}">${first.satisfied ? 'satisfied' : 'not satisfied'}</span> ${escaped(first.title)}: ${escaped(first.why)}</p>
<p class="soft">${escaped(numbers)}</p>`;
}

function policy({ policy: plan }: Told): string {
  const lengths = ['quietFor', 'grace', 'watchLimit', 'probeEvery', 'minAge'];
  return list(
    Object.entries(plan).map(([name, value]) => [
      name,
      lengths.includes(name) && typeof value === 'number' && value > 0
        ? `${value} s (${formatDuration(value)})`
        : Array.isArray(value)
          ? value.join(', ') || 'none'
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value),
    ]),
  );
}

/** What changed something is in sight; looks open up. */
function steps({ history, requests, requestsLeftOut }: Told): string {
  const byLine = Map.groupBy(requests, ({ line }) => line);
  const rows = history.map((entry, index) => {
    const asked = byLine.get(index) ?? [];
    if (asked.length === 0 && !isTold(entry, index, history)) return '';
    const looks = asked.filter(({ action }) => onlyLooks.test(action));
    const changes = asked.filter(({ action }) => !onlyLooks.test(action)).map(requestWords);
    const opening = `<details><summary>${counted(looks.length)} looks</summary>${looks.map(requestWords).join('<br>')}</details>`;
    const shownRequests = `${changes.join('<br>')}${looks.length > 0 ? opening : ''}`;
    const what = `${escaped(entry.state)} <span class="soft">${escaped(entry.event)}</span>`;
    return `<tr><td class="at">${escaped(entry.at)}</td><td>${what}</td><td>${escaped(entry.detail)}</td><td class="asked">${shownRequests}</td></tr>`;
  });
  const left =
    requestsLeftOut > 0
      ? `<p class="soft">${counted(requestsLeftOut)} requests that only looked are left out.</p>`
      : '';
  return `${left}<table><thead><tr><th>When</th><th>Step</th><th>What came of it</th><th>Requests that led to it, with AWS’s ids</th></tr></thead>
<tbody>${rows.filter(Boolean).join('\n')}</tbody></table>`;
}

function requestWords({ action, status, requestId }: Told['requests'][number]): string {
  return `${escaped(action)} ${status ?? 'no answer'} <code>${escaped(requestId ?? '')}</code>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = ([at = '', ...rest]: readonly string[]) =>
    `<tr><td class="at">${escaped(at)}</td>${rest.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`;
  return `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.map(cells).join('\n')}</tbody></table>`;
}

function list(lines: readonly (readonly [string, string])[]): string {
  return `<dl>${lines.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('\n')}</dl>`;
}

function useWords(use: Told['decisions'][number]['lastUse']): string {
  if (use === null) return 'see the verdict';
  if (use.lastUsedAt === null) return 'no use known';
  const where = [use.lastUsedService, use.lastUsedRegion].filter(Boolean).join(', ');
  return `${use.lastUsedAt}${where ? ` (${where})` : ''}`;
}

/** JSON in ASCII alone: nothing ends the element that it stands in, steers a reader's eye, or depends on an encoding. */
function data(value: unknown): string {
  const code = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[<>&\u007f-\uffff]/g, code);
}
