// Text on its way into HTML and SVG: nothing in it is markup, and nothing steers a reader's eye (S36).
import { shown } from '../../shown.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return shown(text).replace(/[&<>"']/g, (char) => entities[char] ?? '');
}

export function counted(number: number): string {
  return number.toLocaleString('en');
}
