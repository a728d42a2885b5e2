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
    if (content === '' || /^[#;]/.test(content)) return { role: 'nothing', section };
    // Python ends a line at a lone carriage return, the SDK does not.
    if (content.includes('\r')) return { role: 'malformed', section };

    const from = text.indexOf(content);
    if (property !== undefined && from > indent) return { role: 'continuation', section, of: property };
    indent = from;
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      section = header;
      property = undefined;
      return { role: 'section', section };
    }
    const [, key, value] = /^([^=:]*)[=:](.*)$/.exec(content) ?? [];
    if (key === '') property = undefined;
    if (section === null || !key) return { role: 'malformed', section };
    property = number;
    return { role: 'property', section, key: trimmed(key).toLowerCase(), value: trimmed(value as string) };
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
    const [, key, value] = /^([^=:]+)=(.*)$/s.exec(content) ?? [];
    if (section === null || key === undefined) return { role: 'nothing', section };

    const indented = /^[ \t\v\f\r]/.test(text);
    if (property && indented && value !== '') return { role: 'continuation', section, of: property.number };
    property = value === '' ? { number } : undefined;
    return { role: 'property', section, key: trimmed(key).toLowerCase(), value: trimmed(value as string) };
  });
}
