// How the AWS CLI (botocore: Python's RawConfigParser) and the SDK for JavaScript (@smithy/core, parseIni) read a shared
// credentials file, line by line. They differ; what both do not read alike must not be touched.

import { type TextLine, trimmed } from './text-lines.ts';

/** What one reader takes a line for. `nothing`: blank, a comment, or not understood and passed over. */
export interface Reading {
  role: 'nothing' | 'section' | 'property' | 'continuation' | 'malformed';
  /** The section that the line opens or belongs to, as written between the brackets. */
  section: string | null;
  /** Of a property, in lower case. */
  key?: string;
  value?: string;
  /** The number of the property that a continuation goes on with. */
  of?: number;
}

export function readAsBotocore(lines: TextLine[]): Reading[] {
  let section: string | null = null;
  let property: number | undefined;
  let indent = 0;
  return lines.map(({ number, text }): Reading => {
    const content = trimmed(text);
    // Python ends a line at a lone carriage return, and a comment with it; the SDK does not.
    if (content.includes('\r')) return { role: 'malformed', section };
    if (content === '' || /^[#;]/.test(content)) return { role: 'nothing', section };

    const from = text.indexOf(content);
    if (property !== undefined && from > indent) return { role: 'continuation', section, of: property };
    indent = from;
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      section = header;
      property = undefined;
      return { role: 'section', section };
    }
    const at = content.search(/[=:]/);
    if (at === 0) property = undefined;
    if (section === null || at < 1) return { role: 'malformed', section };
    property = number;
    return { role: 'property', section, ...settingIn(content, at) };
  });
}

export function readAsSdk(lines: TextLine[]): Reading[] {
  let section: string | null = null;
  let property: { number: number } | undefined;
  return lines.map(({ number, text }): Reading => {
    const content = trimmed(text.split(/(^|[ \t\v\f\r])[;#]/)[0] as string);
    if (content.startsWith('[') && content.endsWith(']')) {
      section = content.slice(1, -1) || null;
      property = undefined;
      return { role: 'section', section };
    }
    const at = content.search(/[=:]/);
    if (section === null || at < 1 || content[at] === ':') return { role: 'nothing', section };

    const setting = settingIn(content, at);
    const indented = /^[ \t\v\f\r]/.test(text);
    if (property && indented && setting.value !== '') return { role: 'continuation', section, of: property.number };
    property = setting.value === '' ? { number } : undefined;
    return { role: 'property', section, ...setting };
  });
}

function settingIn(content: string, at: number): { key: string; value: string } {
  return { key: trimmed(content.slice(0, at)).toLowerCase(), value: trimmed(content.slice(at + 1)) };
}
