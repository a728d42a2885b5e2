// What counts as giving a secret away: twelve characters of it in any spelling, or what looks like somebody's, and no less.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { mayGiveAway } from '../../src/consumers/secret-search.ts';

const pair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'n3w+n3w/S3cr3t+t0+b3/h1dd3n+4lw4ys/+0k/3');

describe('gives away', () => {
  test.each([
    ['twelve characters', 'n3w+n3w/S3cr'],
    ['the last twelve', '4ys/+0k/3'.padStart(12, '4lw')],
    ['in other letters', 'N3W+N3W/s3CR'],
    ['over lines and blanks', 'n3w+\n  n3w/ \t S3cr'],
    ['in a URL', 'n3w%2Bn3w%2fS3cr'],
    ['in JSON', 'w+n3w\\/S3cr3t'],
    ['reversed', '3/k0+/sy4wl4'],
    ['in hex', '6e33772b6e33'],
    ['in base64', 'bjN3K24zdy9T'],
    ['in base64, its end', 'zR5cy8rMGsvM'],
    ['in base64, one byte on', '4zdytuM3cvUz'],
    ['in base64, one byte on, its end', 'c0eXMvKzBrLz'],
    ['in base64, two bytes on', 'uM3crbjN3L1M'],
    ['in base64, two bytes on, its end', 'NHlzLysway8z'],
  ])('%s', (_, text) => {
    expect(mayGiveAway(`so: ${text}!`, pair)).toBe(true);
  });

  test.each([
    ['plus', '>>>>>>>>>>>>>>', 'Pj4-Pj4-Pj4-'],
    ['slash', '??????????????', 'Pz8_Pz8_Pz8_'],
  ])('base64 as URLs write it, with a %s', (_, secret, text) => {
    expect(mayGiveAway(text, new KeyPair('AKIA', secret))).toBe(true);
  });

  test('a short secret, wholly', () => {
    expect(mayGiveAway('is it pass?', new KeyPair('AKIA', 'pass'))).toBe(true);
    expect(mayGiveAway('is it pas?', new KeyPair('AKIA', 'pass'))).toBe(false);
  });

  test.each(['a'.repeat(40), `key=x ${'aB3/+'.repeat(8)}.`])('what looks like a secret, whoever’s: %s', (text) => {
    expect(mayGiveAway(text, undefined)).toBe(true);
  });
});

describe('does not give away', () => {
  test.each([
    ['eleven characters', 'n3w+n3w/S3c'],
    ['nothing', ''],
    ['the characters beside its base64, which are of what stands around it', 'G4zdytuM3cvU'],
    ['those behind it', 'R5cy8rMGsvMw'],
    ['those before it, two bytes on', 'BuM3crbjN3L1'],
    ['39 characters', 'a'.repeat(39)],
    ['41 characters', 'a'.repeat(41)],
    ['a padded text', `${'a'.repeat(40)}=`],
  ])('%s', (_, text) => {
    expect(mayGiveAway(text, pair)).toBe(false);
  });

  test('anything of an empty secret, or of none', () => {
    expect(mayGiveAway('x', new KeyPair('AKIA', ''))).toBe(false);
    expect(mayGiveAway('n3w+n3w/S3cr3t', undefined)).toBe(false);
  });
});
