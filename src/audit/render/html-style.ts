// How the report looks: light or dark as the reader's system is, and on paper without what only a screen can do.
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f7f7f5; --card: #fff; --ink: #1c1f23; --soft: #5a616b; --line: #e2e3e0; --accent: #2f5fd0; --hover: #f1f3f8;
  --critical: #8f1239; --high: #c2321f; --medium: #9a5b00; --low: #1f6f8b; --informational: #646b75;
  --over: #d9772b; --under: #7c9ce0; --shade: 0 1px 2px rgb(20 25 35 / 6%), 0 4px 16px rgb(20 25 35 / 4%);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1216; --card: #171b21; --ink: #e7eaee; --soft: #a0a8b3; --line: #2a3038; --accent: #8fb0ff; --hover: #1e242c;
    --critical: #ff7d9c; --high: #ff8a73; --medium: #f0b04f; --low: #74c4de; --informational: #a9b1bc;
    --over: #e08b45; --under: #5b7fcf; --shade: none;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem clamp(1rem, 4vw, 3.5rem) 4rem; background: var(--paper); color: var(--ink); }
header, main, footer { max-width: 84rem; margin-inline: auto; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.02em; font-weight: 650; }
h2 { margin: 0 0 .9rem; font-size: .95rem; font-weight: 600; }
.eyebrow { margin: 0 0 .35rem; color: var(--accent); font-weight: 600; font-size: .85rem; letter-spacing: .04em; }
.lead { margin: .5rem 0 1.75rem; color: var(--soft); font-size: 1.05rem; }
.lead strong { color: var(--high); }
.note, footer { color: var(--soft); font-size: .85rem; }
.note { margin: .75rem 0 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; margin-bottom: 1.25rem; }
.card, .gaps, .unasked { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shade); }
.card { padding: 1.15rem 1.25rem; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 11.5px; text-anchor: middle; font-variant-numeric: tabular-nums; }
svg .number { fill: var(--ink); font-size: 12.5px; font-weight: 600; }
svg line { stroke: var(--line); }
rect.none { fill: var(--line); } rect.over { fill: var(--over); } rect.under { fill: var(--under); }
rect.critical { fill: var(--critical); } rect.high { fill: var(--high); } rect.medium { fill: var(--medium); }
rect.low { fill: var(--low); } rect.informational { fill: var(--informational); }
.dot { display: inline-block; width: .65em; height: .65em; margin-right: .5em; border-radius: 50%; background: currentColor; }
.dot.over { color: var(--over); }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .informational { color: var(--informational); }
dl { margin: 0; }
.legend { margin-top: 1rem; }
.legend div, .source div { display: flex; justify-content: space-between; gap: 1rem; padding: .28rem 0; border-top: 1px solid var(--line); }
.legend div:first-child, .source div:first-child { border-top: 0; }
dt { color: var(--soft); } dd { margin: 0; font-variant-numeric: tabular-nums; }
.legend dd { font-weight: 600; } .source dd { text-align: right; }
.gaps { padding: 1rem 1.25rem; margin-bottom: 1.25rem; border-color: var(--high); border-left-width: 5px; }
.gaps h2 { color: var(--high); letter-spacing: .03em; margin-bottom: .3rem; }
.gaps p, ul { margin: 0; } ul { padding-left: 1.2rem; margin-top: .5rem; }
.unasked { padding: .7rem 1.25rem; margin-bottom: 1.25rem; color: var(--soft); font-size: .9rem; }
summary { cursor: pointer; }
section > h2#list { margin: 2rem 0 .75rem; font-size: 1.25rem; letter-spacing: -.01em; }
.controls, .scroll, .pager { display: none; }
.controls { flex-wrap: wrap; gap: .75rem 1rem; align-items: end; }
.scripted .controls, .scripted .pager { display: flex; } .scripted .scroll { display: block; }
.field { display: grid; gap: .25rem; color: var(--soft); font-size: .82rem; }
select { font-size: .95rem; }
.grow { flex: 1 1 18rem; }
input[type=search], select, button {
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .45rem .7rem; min-height: 2.4rem;
}
input[type=search] { width: 100%; font-size: .95rem; }
::placeholder { color: var(--soft); opacity: 1; }
button { cursor: pointer; } button:hover:enabled { background: var(--hover); } button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
fieldset { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .5rem; border: 0; margin: 0; padding: 0; }
legend { float: left; margin: .3rem .6rem 0 0; color: var(--soft); font-size: .82rem; }
.pill { display: inline-flex; align-items: center; padding: .28rem .75rem; border: 1px solid var(--line); border-radius: 99px; background: var(--card); cursor: pointer; font-size: .88rem; }
.pill:has(:checked) { border-color: var(--accent); }
.pill:not(:has(:checked)) { background: none; color: var(--soft); text-decoration: line-through; }
.pill:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.pill input { position: absolute; opacity: 0; width: 1px; height: 1px; }
#told { margin: 1rem 0 .6rem; color: var(--soft); font-size: .88rem; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shade); }
table { width: 100%; min-width: 54rem; border-collapse: collapse; scroll-margin-top: 1rem; }
th, td { padding: .55rem .8rem; text-align: left; vertical-align: top; font-weight: 400; }
thead th { border-bottom: 1px solid var(--line); padding: .35rem .3rem; white-space: nowrap; }
thead button { border: 0; background: none; padding: .3rem .5rem; min-height: 0; color: var(--soft); font-size: .82rem; font-weight: 600; }
thead button::after { content: "↕"; margin-left: .4em; opacity: .45; }
[aria-sort] button { color: var(--ink); }
[aria-sort] button::after { opacity: 1; } [aria-sort=ascending] button::after { content: "↑"; } [aria-sort=descending] button::after { content: "↓"; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody tr:hover > * { background: var(--hover); }
.user { font-weight: 600; overflow-wrap: anywhere; min-width: 9rem; }
.rule, .age { white-space: nowrap; font-variant-numeric: tabular-nums; } .rule { color: var(--soft); }
.key, code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86em; }
.what { width: 45%; overflow-wrap: anywhere; }
.badge { display: inline-block; min-width: 5.2rem; padding: .08rem .55rem; border: 1px solid currentColor; border-radius: 6px; font-size: .8rem; font-weight: 600; text-align: center; }
.badge.critical { background: var(--critical); border-color: var(--critical); color: var(--card); }
.badge.incomplete { color: var(--high); border-style: dashed; }
.badge.muted, tr.muted .user, tr.muted .what { color: var(--soft); }
.told { padding: .6rem 0 .4rem; } .told p { margin: 0 0 .5rem; }
.told div { display: grid; grid-template-columns: minmax(8rem, 1fr) 3fr; gap: .8rem; font-size: .86rem; padding: .12rem 0; }
pre { margin: 0 0 .7rem; padding: .6rem .8rem; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
#nothing { margin: 0; padding: 2rem; text-align: center; color: var(--soft); }
.pager { gap: 1rem; align-items: center; justify-content: center; margin-top: 1rem; font-variant-numeric: tabular-nums; }
.scripted .pager[hidden] { display: none; }
footer { margin-top: 2.5rem; }
.skip, .unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
.skip:focus { clip-path: none; width: auto; height: auto; top: .5rem; left: .5rem; padding: .5rem .8rem; background: var(--card); color: var(--accent); }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --shade: none; color-scheme: light; font-size: 10px;
    --critical: #8f1239; --high: #b02a18; --medium: #7a4800; --low: #14566e; --informational: #444; --over: #d9772b; --under: #7c9ce0; }
  body { padding: 0; }
  .scripted .controls, .scripted .pager, .skip, thead button::after { display: none; }
  .cards { grid-template-columns: repeat(3, 1fr); }
  .scroll { overflow: visible; border: 0; } table { min-width: 0; }
  thead { display: table-header-group; } tr, .card { break-inside: avoid; }
  * { print-color-adjust: exact; }
}
`;
