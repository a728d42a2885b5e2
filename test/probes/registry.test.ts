// Probe specs at plan time: which are taken, and what is said about the others.
import { expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { probeKinds, resolveProbe, showProbe } from '../../src/probes/registry.ts';

const surroundings = { cwd: '/', env: { PATH: '/bin:/usr/bin' } };

function refusal(spec: string): UsageError {
  try {
    resolveProbe(spec, surroundings);
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error(`${spec} was not refused`);
}

test('http probes are kept whole, but for the fragment', () => {
  expect(resolveProbe('http:HTTPS://Example.com/health?a=b#top', surroundings)).toBe(
    'http:https://example.com/health?a=b',
  );
});

test('a resolved spec resolves to itself', () => {
  for (const spec of ["exec:/bin/sh -c 'exit 0'", 'http:http://u:p@example.com:8080/?q=1']) {
    expect(resolveProbe(spec, surroundings)).toBe(spec);
  }
});

test('an exec probe is shown whole', () => {
  expect(showProbe("exec:/bin/sh -c 'exit 0'")).toBe("exec:/bin/sh -c 'exit 0'");
});

test.each([
  ['ping:health', 'there is no probe of the kind "ping"', 'the kinds are http:URL, exec:COMMAND, alarm:NAME[@REGION]'],
  ['health', 'there is no probe of the kind "health"', 'the kinds are http:URL, exec:COMMAND, alarm:NAME[@REGION]'],
  ['', 'there is no probe of the kind ""', 'the kinds are http:URL, exec:COMMAND, alarm:NAME[@REGION]'],
  [
    'https://u:hidden@example.com/',
    'a probe is named by its kind, then a colon, then its place',
    'put http: before the URL, like http:https://example.com/health',
  ],
  [
    'http://u:hidden@example.com/',
    'a probe is named by its kind, then a colon, then its place',
    'put http: before the URL, like http:https://example.com/health',
  ],
  [
    'http:example.com',
    'an http probe needs a complete URL',
    'write the whole URL after the colon, like http:https://example.com/health',
  ],
  [
    'http:ftp://u:hidden@example.com/',
    'an http probe cannot look at a URL that begins with "ftp:"',
    'write the whole URL after the colon, like http:https://example.com/health',
  ],
  [
    'http:http://u:hidden%zz@example.com/',
    'the user and password in the URL of an http probe are not percent-encoded',
    undefined,
  ],
  ['exec:', 'an exec probe needs a command', 'like exec:./check-health.sh'],
  [
    'exec:no-such-program --now',
    `the exec probe's command "no-such-program" is no program that can be run here`,
    'name it by its whole path, or make it executable (chmod +x)',
  ],
  [
    'exec:/etc/passwd',
    `the exec probe's command "/etc/passwd" is no program that can be run here`,
    'name it by its whole path, or make it executable (chmod +x)',
  ],
  [
    'exec:/bin',
    `the exec probe's command "/bin" is no program that can be run here`,
    'name it by its whole path, or make it executable (chmod +x)',
  ],
])('%s is refused when the plan is made', (spec, message, hint) => {
  const error = refusal(spec);

  expect(error.message).toBe(message);
  expect(error.hint).toBe(hint);
  expect(JSON.stringify([error.message, error.hint])).not.toContain('hidden');
});

test('every kind says what it is in one line that begins with its form', () => {
  expect(probeKinds.map(({ usage }) => usage)).toEqual([
    'http:URL  passes when the URL answers 2xx within 10 seconds',
    'exec:COMMAND  passes when the command exits with 0 within 60 seconds; no shell',
    'alarm:NAME[@REGION]  passes while the CloudWatch alarm is OK',
  ]);
});
