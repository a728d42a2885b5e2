// What is wrong with a policy file, in keyturn's words: where, what, and what to write instead.
import type * as z from 'zod';
import { nearest } from './nearest.ts';
import { knownKeys, type SettingName } from './schema.ts';

export interface Complaint {
  path: (string | number)[];
  message: string;
  hint: string;
  /** Told last: it may be there under a name that is not known. */
  missing: boolean;
}

/** How each key may look; for the hints. */
const examples: Readonly<Record<string, string>> = {
  maxAge: '90d',
  minAge: '1d',
  quietFor: '7d',
  grace: '7d',
  watchLimit: '21d',
  probeEvery: '1h',
  freeSlot: 'never',
  unproven: 'ask',
  vault: 'file',
  consumers: '["credentials-file:app"]',
  probes: '["alarm:app-errors"]',
  notify: '["sns:arn:aws:sns:eu-west-1:123456789012:keys"]',
  owner: 'app-team@example.com',
  ownerDomains: '[example.com]',
  administrators: '[deployer]',
  blackout: '[{ from: 2026-12-20, until: 2027-01-03 }]',
  stateMachine: 'arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn',
  defaults: '{ quietFor: 7d }',
  rules: '[{ user: "ci-*", quietFor: 24h }]',
  exemptions: '[{ user: legacy, reason: "replaced in May", until: 2027-05-31 }]',
  user: '"ci-*"',
  path: '"/ci/*"',
  tag: '{ tier: prod }',
  key: 'AKIAIOSFODNN7EXAMPLE',
  reason: '"replaced in May"',
  until: '2027-05-31',
  from: '2026-12-20',
  days: '[saturday, sunday]',
} satisfies Record<SettingName, string> & Record<string, string>;

export function complaintsAbout(error: z.ZodError, written: unknown): Complaint[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
    const [name = ''] = path.filter((part) => typeof part === 'string').slice(-1);
    const { hint } = (issue.code === 'custom' && issue.params ? issue.params : {}) as { hint?: string };
    const example = examples[name];
    const like = example ? `write it like ${name}: ${example}` : 'the keys that there are: defaults, rules, exemptions';
    const missing = path.length > 0 && at(written, path) === undefined;
    return [{ path, message: missing ? 'is missing' : issue.message, hint: hint ?? like, missing }];
  });
}

function unknownKey(path: (string | number)[], key: string): Complaint {
  const known = knownHere(path);
  const here = { path: [...path, key], message: 'there is no such key', missing: false };
  const near = nearest(key, known);
  if (near) return { ...here, hint: `did you mean ${near}?` };
  if (path.length === 0 && nearest(key, knownKeys.defaults)) {
    return { ...here, hint: `what is for everybody goes under defaults: ${nearest(key, knownKeys.defaults)}` };
  }
  return { ...here, hint: `the keys here are ${known.join(', ')}` };
}

function knownHere(path: readonly (string | number)[]): readonly string[] {
  const [block] = path;
  if (path.includes('blackout')) return knownKeys.blackout;
  if (block === 'defaults' || block === 'rules' || block === 'exemptions') return knownKeys[block];
  return knownKeys.top;
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | null)?.[part], value);
}
