// How evidence looks: on one page, on a screen as on paper.
export const evidenceStyle = `
:root {
  color-scheme: light dark; --paper: #f7f7f5; --card: #fff; --ink: #1c1f23; --soft: #5a616b; --line: #dcdeda;
  --good: #1f7a4d; --bad: #b02a18; --warn: #9a5b00; --accent: #2f5fd0; font: 14px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
@media (prefers-color-scheme: dark) { :root {
  --paper: #0f1216; --card: #171b21; --ink: #e7eaee; --soft: #a0a8b3; --line: #2a3038; --good: #63c797; --bad: #ff8a73; --warn: #f0b04f; --accent: #8fb0ff;
} }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem clamp(1rem, 4vw, 3rem) 3rem; background: var(--paper); color: var(--ink); }
header, main, footer { max-width: 64rem; margin-inline: auto; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 .3rem; font-size: 1.25rem; overflow-wrap: anywhere; }
h3 { margin: 1.4rem 0 .4rem; font-size: .95rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
article { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.2rem 1.4rem; margin: 1.2rem 0; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 6px; padding: 0 .5rem; font-size: .8rem; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; } th, td { padding: .25rem .6rem .25rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: break-word; }
th { font-weight: 600; } thead th { color: var(--soft); border: 0; font-size: .82rem; } td.at { white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: .86em ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.timeline { display: block; width: 100%; height: auto; } .timeline text { fill: var(--ink); font-size: 12.5px; }
.timeline line { stroke: var(--line); stroke-width: 2; } .timeline .at { fill: var(--soft); text-anchor: end; }
.timeline .soft { fill: var(--soft); } .timeline .what { font-weight: 600; } .timeline .pause { fill: var(--accent); font-style: italic; }
circle { fill: var(--soft); stroke: var(--card); stroke-width: 2; } circle.done { fill: var(--accent); } circle.ended { fill: var(--ink); }
circle.failed, circle.stopped { fill: var(--bad); } circle.override, circle.signal { fill: var(--warn); }
td.asked { width: 46%; } summary { cursor: pointer; color: var(--soft); }
ul { margin: .3rem 0; padding-left: 1.2rem; }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --good: #14603a; --bad: #b02a18; --warn: #7a4800; --accent: #2f5fd0; font-size: 10px; }
  body { padding: 0; } article { border: 0; padding: 0; } tr, .timeline, h3 { break-inside: avoid; } h2, h3 { break-after: avoid; }
  thead { display: table-header-group; } * { print-color-adjust: exact; }
}
`;
