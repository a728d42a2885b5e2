// The JSON Schema that editors use: generated, and the same in its judgement as keyturn itself.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { generatedSchema, schemaFile } from '../../src/policy/generate-schema.ts';
import { parsePolicy } from '../../src/policy/parse.ts';

const text = readFileSync(schemaFile, 'utf8');
const schema = z.fromJSONSchema(JSON.parse(text));

test('the file is what schema.ts says; after a change: npm run generate', () => {
  expect(text).toBe(generatedSchema());
});

describe('editors and keyturn judge alike:', () => {
  test.each([
    ['', '{}', true],
    ['a wait', 'defaults: { quietFor: 7d }', true],
    ['an ISO wait', 'defaults: { quietFor: P7DT1H }', true],
    ['no wait', 'defaults: { quietFor: soon }', false],
    ['a half ISO wait', 'defaults: { quietFor: P }', false],
    ['a number', 'defaults: { quietFor: 7 }', false],
    ['an unknown key', 'defaults: { quietfor: 7d }', false],
    ['an unknown part', 'default: {}', false],
    ['a slot', 'defaults: { freeSlot: inactive }', true],
    ['no slot', 'defaults: { freeSlot: always }', false],
    ['stdout', 'defaults: { consumers: ["stdout:"] }', false],
    ['a rule', 'rules: [{ user: [a, b], tag: { tier: prod }, grace: 1d }]', true],
    ['an exemption', 'exemptions: [{ user: alice, reason: r, until: 2027-01-31 }]', true],
    ['an exemption without end', 'exemptions: [{ user: alice, reason: r }]', false],
  ])('%s: %s', (_, yaml, good) => {
    const byKeyturn = () => parsePolicy(yaml, 'keyturn.yaml');

    expect(schema.safeParse(parse(yaml)).success).toBe(good);
    if (good) expect(byKeyturn).not.toThrow();
    else expect(byKeyturn).toThrow();
  });
});
