// What a reader of the report sees before any script runs: what it is based on, what is missing, how bad it is; and the empty
// table that the script fills.
import { timeOf } from '../../clock.ts';
import type { AuditHead, AuditTail, Gap } from '../contract.ts';
import { ageChart, overLimit, severityChart, worstFirst } from './html-charts.ts';
import { counted, escaped } from './markup.ts';

const columns = [
  ['severity', 'Severity'],
  ['rule', 'Rule'],
  ['user', 'User'],
  ['keyId', 'Access key'],
  ['age', 'Age'],
  ['title', 'What is wrong'],
] as const;

export function bodyOf(head: AuditHead, tail: AuditTail, version: string): string {
  return `<a class="skip" href="#findings">Skip to the findings</a>
<header>
<p class="eyebrow">keyturn audit</p>
<h1>Access keys of account ${escaped(head.account)}</h1>
<p class="lead">${verdict(tail)}</p>
</header>
<main>
${incomplete(tail)}
<div class="cards">
${severityCard(tail)}
${ageCard(tail)}
${sourceCard(head, tail)}
</div>
${notLookedAt(tail.notLookedAt)}
${findings(tail)}
</main>
<footer><p>Made by keyturn ${escaped(version)}. This file loads nothing from anywhere and tells nobody that it was opened. It names users and keys, and holds no secrets.</p></footer>
`;
}

function verdict({ complete, summary }: AuditTail): string {
  const open = summary.byStatus.OPEN;
  const words = open === 0 ? (complete ? 'Nothing is wrong' : 'Nothing wrong was found') : `${plural(open, 'finding')}`;
  const at = `${plural(summary.users, 'user')}, ${plural(summary.keys, 'access key')}, ${counted(summary.activeKeys)} of them active`;
  return `${words} among ${at}.${complete ? '' : ' <strong>Data is incomplete: this is no pass.</strong>'}`;
}

function incomplete({ complete, incomplete: gaps, summary }: AuditTail): string {
  if (complete) return '';
  const unjudged = summary.byStatus.INCOMPLETE;
  return `<section class="gaps" aria-labelledby="incomplete">
<h2 id="incomplete">INCOMPLETE</h2>
<p>Not everything could be found out${unjudged > 0 ? `; ${plural(unjudged, 'question')} could not be judged` : ''}. What is not known is never a pass.</p>
${list(gaps)}
</section>`;
}

function severityCard({ summary }: AuditTail): string {
  const { bySeverity, byStatus } = summary;
  const lines = worstFirst.map(
    (one) => `<div><dt><span class="dot ${one}"></span>${one}</dt><dd>${counted(bySeverity[one])}</dd></div>`,
  );
  const muted = byStatus.MUTED > 0 ? `<p class="note">and ${counted(byStatus.MUTED)} muted by exemptions</p>` : '';
  return `<section class="card" aria-labelledby="by-severity">
<h2 id="by-severity">Open findings</h2>
${severityChart(summary)}
<dl class="legend">${lines.join('')}</dl>
${muted}
</section>`;
}

function ageCard({ summary }: AuditTail): string {
  return `<section class="card" aria-labelledby="by-age">
<h2 id="by-age">Age of active keys, in days</h2>
${ageChart(summary)}
<p class="note"><span class="dot over"></span>${counted(overLimit(summary))} of ${counted(summary.activeKeys)} are 90 days or older</p>
</section>`;
}

function sourceCard({ generatedAt, rules, reportAt }: AuditHead, { complete }: AuditTail): string {
  const lines = [
    ['Judged at', time(generatedAt)],
    ['Rule set', escaped(rules)],
    [
      'Credential report',
      reportAt ? `${time(reportAt)}<br>\n${old(reportAt, generatedAt)}` : 'not used: each user was asked for',
    ],
    ['Data', complete ? 'complete' : '<strong>INCOMPLETE</strong>'],
  ];
  return `<section class="card" aria-labelledby="source">
<h2 id="source">What this is based on</h2>
<dl class="source">${lines.map(([name, value]) => `<div><dt>${name}</dt> <dd>${value}</dd></div>`).join('')}</dl>
<p class="note">Last use is published late, and a credential report may be four hours old.</p>
</section>`;
}

function notLookedAt(gaps: Gap[]): string {
  if (gaps.length === 0) return '';
  return `<details class="unasked"><summary>${plural(gaps.length, 'rule')} not looked at</summary>${list(gaps)}</details>`;
}

function findings({ summary }: AuditTail): string {
  const all = Object.values(summary.byStatus).reduce((sum, count) => sum + count, 0);
  const boxes = worstFirst.map(
    (one) =>
      `<label class="pill"><input type="checkbox" name="severity" value="${one}" checked><span class="dot ${one}"></span>${one}</label>`,
  );
  const heads = columns.map(
    ([name, title]) => `<th scope="col" data-column="${name}"><button type="button">${title}</button></th>`,
  );
  return `<section aria-labelledby="list">
<h2 id="list">Findings</h2>
<noscript><p class="note">This file’s own script lists the findings (${counted(all)}), and this browser did not run it. The same report can be had as CSV.</p></noscript>
<form class="controls" role="search">
<label class="field grow">Search <input type="search" id="search" placeholder="user, key, rule …" autocomplete="off" spellcheck="false"></label>
<label class="field">Rule <select id="rule"><option value="">all</option></select></label>
<label class="field">Status <select id="status"><option value="">all</option><option>OPEN</option><option>INCOMPLETE</option><option>MUTED</option></select></label>
<button type="button" id="reset">Reset</button>
<fieldset><legend>Severity</legend>${boxes.join('')}</fieldset>
</form>
<p id="told" role="status" aria-live="polite"></p>
<div class="scroll" role="region" aria-label="Table of findings" tabindex="0">
<table id="findings">
<caption class="unseen">Findings; the buttons in the heads of the columns sort them</caption>
<thead><tr>${heads.join('')}</tr></thead>
<tbody></tbody>
</table>
<p id="nothing" hidden>No finding is like that.</p>
</div>
<nav class="pager" aria-label="Pages of findings"><button type="button" id="previous">Previous</button><span id="page"></span><button type="button" id="next">Next</button></nav>
</section>`;
}

function list(gaps: Gap[]): string {
  const lines = gaps.map(
    ({ what, why, permission }) =>
      `<li><strong>${escaped(what)}</strong>: ${escaped(why)}${permission ? `; allow <code>${escaped(permission)}</code>` : ''}</li>`,
  );
  return lines.length > 0 ? `<ul>${lines.join('')}</ul>` : '';
}

function time(instant: string): string {
  return `<time datetime="${escaped(instant)}">${escaped(instant.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC'))}</time>`;
}

function old(from: string, to: string): string {
  const minutes = Math.max(0, Math.round((timeOf(to) - timeOf(from)) / 60_000));
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min old by then`;
}

function plural(count: number, one: string): string {
  return `${counted(count)} ${one}${count === 1 ? '' : 's'}`;
}
