// SARIF reports by the schema that is published for them (2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/).
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import type { AuditTail, Finding } from '../../../src/audit/contract.ts';
import { sarifRenderer } from '../../../src/audit/render/sarif.ts';
import { finding, incompleteTail, rendered, tail } from '../../support/findings.ts';
import { openAudit } from '../open-audit.ts';
import { ago } from '../rules/judged.ts';

const require = createRequire(import.meta.url);

/** Of draft 4, which differs from what Ajv knows in the name of the schema's id alone, as far as this schema goes. */
const { $schema: _, id: __, ...schema } = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

const sarif = (findings: readonly Finding[], end: AuditTail = tail) =>
  JSON.parse(rendered((write) => sarifRenderer(write, '1.2.3'), findings, end));

function faultsIn(log: unknown): string[] {
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test.each<[string, Finding[], AuditTail]>([
  ['nothing', [], tail],
  ['findings of every status and severity', everyKind(), incompleteTail],
  [
    'names that are hard to write',
    [finding({ user: 'a b/c%ü"<\u0000\u202e', keyId: null, title: '"\n{{0}}', evidence: { deep: [{ at: null }] } })],
    tail,
  ],
])('a report of %s is valid', (_, findings, end) => {
  expect(faultsIn(sarif(findings, end))).toEqual([]);
});

test('a whole audit’s report is valid, and no two results have one fingerprint', async () => {
  const { sandbox, audit } = await openAudit();
  for (const name of ['alice', 'b,o=b@x']) {
    sandbox.account.createUser({
      name,
      createdAt: ago(400),
      password: {},
      keys: [{ createdAt: ago(200) }, { createdAt: ago(100), status: 'Inactive' }],
    });
  }
  const { findings, tail: end } = await audit();

  const log = sarif(findings, end);

  expect(faultsIn(log)).toEqual([]);
  const prints = log.runs[0].results.map((one: { partialFingerprints: object }) =>
    JSON.stringify(one.partialFingerprints),
  );
  expect(prints.length).toBeGreaterThan(10);
  expect(new Set(prints).size).toBe(prints.length);
});

test('what the schema does not have is found out', () => {
  const log = sarif([finding()]);
  log.runs[0].results[0].level = 'high';
  log.runs[0].results[0].verdict = 'bad';
  delete log.runs[0].tool.driver.name;

  expect(faultsIn(log)).toEqual([
    "/runs/0/tool/driver must have required property 'name'",
    '/runs/0/results/0 must NOT have additional properties',
    '/runs/0/results/0/level must be equal to one of the allowed values',
  ]);
});

function everyKind(): Finding[] {
  const statuses = ['OPEN', 'MUTED', 'PASS', 'INCOMPLETE'] as const;
  const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const;
  return statuses.flatMap((status) =>
    severities.map((severity) =>
      finding({
        id: `${status}-${severity}`,
        status,
        severity,
        keyId: null,
        ...(status === 'MUTED' ? { muted: { reason: 'moves', until: '2027-03-01' } } : {}),
      }),
    ),
  );
}
