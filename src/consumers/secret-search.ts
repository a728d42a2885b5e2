// Whether a text gives a secret away: the last look at what others printed, before any of it is shown.
import type { KeyPair } from '../access-key.ts';

/** So much of a secret is too much. */
const enough = 12;

/** Forty characters of the alphabet of secret access keys, and no more beside them: somebody's, if not ours. */
const lookalike = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/;

/** True where the text holds a part of the pair's secret, however it is spelled, or anything that looks like one. */
export function mayGiveAway(text: string, pair: KeyPair | undefined): boolean {
  if (lookalike.test(text)) return true;
  const texts = spelledOut(text);
  const all = pair ? spellings(pair.reveal()).flatMap((spelling) => parts(spelling.toLowerCase())) : null;
  return all?.some((part) => texts.some((one) => one.includes(part))) === true;
}

/** The text as it is, and without what URLs, JSON and the ends of lines add to it. */
function spelledOut(text: string): string[] {
  const joined = text.replace(/\s/g, '').toLowerCase();
  const fromUrl = joined.replace(/%([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [joined, fromUrl, joined.replaceAll('\\', ''), joined.replaceAll('-', '+').replaceAll('_', '/')];
}

/** Base64 writes the same bytes in three ways, by where in a longer text they stand. */
function spellings(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret), Buffer.alloc(3)]).toString('base64');
    return whole.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + secret.length) * 4) / 3));
  });
  const hex = Buffer.from(secret).toString('hex');
  return [secret, [...secret].reverse().join(''), hex, ...base64];
}

function parts(spelling: string): string[] {
  const length = Math.min(enough, spelling.length);
  const all = Array.from({ length: spelling.length - length + 1 }, (_, from) => spelling.slice(from, from + length));
  return all.filter((part) => part !== '');
}
