import { expect, test } from 'vitest';
import { shown } from '../src/shown.ts';

test.each([
  ['a bell, an escape and a null', '\u0007\u001b\u0000', '\\u{7}\\u{1b}\\u{0}'],
  [
    'the ends of the control characters',
    '\u0008\u000b\u001f\u007f\u0080\u009f',
    '\\u{8}\\u{b}\\u{1f}\\u{7f}\\u{80}\\u{9f}',
  ],
  ['the one character that begins a sequence', '\u009b2J', '\\u{9b}2J'],
  ['a return to the beginning of the line', 'good\rbad', 'good\\u{d}bad'],
  ['marks of direction', '\u200e\u200f\u061c', '\\u{200e}\\u{200f}\\u{61c}'],
  ['embeddings and overrides', '\u202a\u202b\u202c\u202d\u202e', '\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}'],
  ['isolates', '\u2066\u2067\u2068\u2069', '\\u{2066}\\u{2067}\\u{2068}\\u{2069}'],
  ['ends of lines that are none of ours', '\u2028\u2029', '\\u{2028}\\u{2029}'],
])('S36 %s: shown, not obeyed', (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

test('S36 whatever else a name is written with stays', () => {
  expect(shown('Zoë, 山田 🔑 עליזה\n\tsecond line')).toBe('Zoë, 山田 🔑 עליזה\n\tsecond line');
});
