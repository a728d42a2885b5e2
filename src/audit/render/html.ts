// The report as one HTML file that loads nothing from anywhere. Findings stand in it as data, which is all that an attacker who
// names users may write to; its own script and style are let in by their hashes, and nothing else runs (S36).
import { createHash } from 'node:crypto';
import { shown } from '../../shown.ts';
import type { AuditHead, Finding, Renderer } from '../contract.ts';
import { bodyOf } from './html-body.ts';
import { script } from './html-script.ts';
import { style } from './html-style.ts';
import { escaped } from './markup.ts';

export function htmlRenderer(write: (text: string) => void, version: string): Renderer {
  let isFirst = true;
  let about: AuditHead;
  return {
    head: (head: AuditHead) => {
      about = head;
      write(`${opening(head)}<script type="application/json" id="report">`);
      write(`{"generatedAt":${data(head.generatedAt)},"findings":[`);
    },
    finding: (finding: Finding) => {
      write(`${isFirst ? '' : ','}\n${data(finding)}`);
      isFirst = false;
    },
    tail: (tail) => {
      write(`]}</script>\n</head>\n<body>\n${bodyOf(about, tail, version)}`);
      write(`<script>${script}</script>\n</body>\n</html>\n`);
    },
  };
}

function opening({ account, generatedAt }: AuditHead): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashed(script)}`,
    `style-src ${hashed(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(`Access keys of ${account}, ${generatedAt.slice(0, 10)}`)}</title>`,
    `<style>${style}</style>`,
    '',
  ].join('\n');
}

function hashed(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** JSON in which nothing ends the element that it stands in, and no text steers a reader's eye. */
function data(value: unknown): string {
  const text = JSON.stringify(value, (_, one) => (typeof one === 'string' ? shown(one) : one));
  return text.replaceAll('<', '\\u003c');
}
