// What a report looks like in each format that a program reads, and in the table that a person reads; HTML is in test/browser.
import { describe, expect, test } from 'vitest';
import type { AuditTail, Finding, Renderer } from '../../../src/audit/contract.ts';
import { csvRenderer } from '../../../src/audit/render/csv.ts';
import { jsonRenderer } from '../../../src/audit/render/json.ts';
import { sarifRenderer } from '../../../src/audit/render/sarif.ts';
import { tableRenderer } from '../../../src/audit/render/table.ts';
import { finding, head, incompleteTail, rendered, tail } from '../../support/findings.ts';

const muted = finding({ id: 'muted', status: 'MUTED', muted: { reason: 'moves in spring', until: '2027-03-01' } });
const root = finding({
  id: 'root',
  rule: 'AK-01',
  severity: 'critical',
  user: '<root_account>',
  keyId: null,
  title: 'the root user has an active access key',
  cis: [],
  remediation: { command: null, text: 'delete the root key; it is not rotated' },
});

describe('JSON', () => {
  test('is one document with the head, every finding and what is missing', () => {
    const text = rendered((write) => jsonRenderer(write), [root, finding()], incompleteTail);

    expect(JSON.parse(text)).toEqual({ ...head, ...incompleteTail, findings: [root, finding()] });
  });

  test('is one document without a finding, too', () => {
    expect(JSON.parse(rendered((write) => jsonRenderer(write), []))).toEqual({ ...head, ...tail, findings: [] });
  });
});

describe('CSV', () => {
  const csv = (findings: readonly Finding[], end: AuditTail = tail) =>
    rendered((write) => csvRenderer(write), findings, end);

  test('has a row for each finding, with quotes where a cell needs them', () => {
    const text = csv([finding({ user: 'a,b', title: 'says "no"', evidence: {} })]);

    expect(text).toBe(
      [
        'account,generatedAt,rules,id,rule,severity,status,user,keyId,title,cis,aliases,command,text,mutedUntil,mutedReason,evidence',
        '123456789012,2026-12-06T10:00:00Z,cis-6.0,0123456789abcdef01234567,AK-02,high,OPEN,"a,b",AKIAIOSFODNN7EXAMPLE,"says ""no""",2.13,,keyturn rotate --user alice --key AKIAIOSFODNN7EXAMPLE,replace it,,,{}',
        '',
      ].join('\r\n'),
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'S36 a name that begins with %j starts no formula',
    (user) => {
      const cell =
        csv([finding({ user, evidence: {} })])
          .split('\r\n')[1]
          ?.split(',')[7] ?? '';

      expect(cell.replaceAll('"', '')).toMatch(/^(?:'|\\u)/);
    },
  );

  test('says what is missing', () => {
    const rows = csv([], incompleteTail).split('\r\n');

    expect(rows[1]).toContain('INCOMPLETE,,,the list of users: iam:ListUsers is denied,,,,allow iam:ListUsers');
    expect(rows[2]).toContain('NOT LOOKED AT,,,"AK-40, a key has no owner: it needs tags: --ids never was given"');
  });
});

describe('SARIF', () => {
  const sarif = (findings: readonly Finding[], end: AuditTail = tail) =>
    JSON.parse(rendered((write) => sarifRenderer(write, '1.2.3'), findings, end));

  test('tells a finding by its id, where it is by its user, and how bad it is', () => {
    const { $schema, version, runs } = sarif([finding({ user: 'a b/c', evidence: {} })]);

    expect({ $schema, version }).toEqual({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
    });
    expect(runs[0].results).toEqual([
      {
        ruleId: 'AK-02',
        level: 'error',
        kind: 'fail',
        message: {
          text: 'AKIAIOSFODNN7EXAMPLE of alice is 188.1 days old; it may become 90. replace it',
        },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'iam/123456789012/user/a%20b%2Fc' },
              region: { startLine: 1 },
            },
            logicalLocations: [{ fullyQualifiedName: 'a b/c/AKIAIOSFODNN7EXAMPLE', kind: 'resource' }],
          },
        ],
        partialFingerprints: { 'keyturnFinding/v1': '0123456789abcdef01234567' },
        properties: {
          status: 'OPEN',
          severity: 'high',
          cis: ['2.13'],
          command: 'keyturn rotate --user alice --key AKIAIOSFODNN7EXAMPLE',
          evidence: {},
        },
      },
    ]);
    expect(runs[0].invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
  });

  test('names each rule once, and every result has its rule', () => {
    const { tool, results } = sarif([root, finding(), muted]).runs[0];
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(results.every(({ ruleId }: { ruleId: string }) => ids.includes(ruleId))).toBe(true);
    expect(tool.driver).toMatchObject({ name: 'keyturn', version: '1.2.3' });
  });

  test('shows what is muted as suppressed, and what is not known as open and as a failed run', () => {
    const [run] = sarif([muted, finding({ status: 'INCOMPLETE' })], incompleteTail).runs;

    expect(run.results[0].suppressions).toEqual([
      { kind: 'external', justification: 'moves in spring (until 2027-03-01)' },
    ]);
    expect(run.results[1]).toMatchObject({ kind: 'open', message: { text: expect.stringMatching(/^INCOMPLETE: /) } });
    expect(run.invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          {
            level: 'error',
            message: { text: 'INCOMPLETE: the list of users: iam:ListUsers is denied; allow iam:ListUsers' },
          },
          {
            level: 'note',
            message: {
              text: 'not looked at: AK-40, a key has no owner: it needs tags: --ids never was given',
            },
          },
        ],
      },
    ]);
  });
});

describe('the table', () => {
  const table = (columns: number, color = false) =>
    rendered((write): Renderer => tableRenderer(write, { columns, color }), [root, finding(), muted], incompleteTail);

  test('at 80 columns', () => {
    expect(table(80)).toMatchInlineSnapshot(`
      "account 123456789012, judged at 2026-12-06T10:00:00Z by cis-6.0
      credential report of 2026-12-06T07:52:00Z

      <root_account>
        critical  AK-01
          the root user has an active access key
          delete the root key; it is not rotated

      alice
        high  AK-02  (2.13)
          AKIAIOSFODNN7EXAMPLE of alice is 188.1 days old; it may become 90
          keyturn rotate --user alice --key AKIAIOSFODNN7EXAMPLE
        MUTED  AK-02  (2.13)
          AKIAIOSFODNN7EXAMPLE of alice is 188.1 days old; it may become 90
          muted until 2027-03-01: moves in spring

      4 users, 5 keys, 4 of them active: 1 high
      not looked at
        AK-40, a key has no owner: it needs tags: --ids never was given
      INCOMPLETE: this is no pass
      not known
        the list of users: iam:ListUsers is denied; allow iam:ListUsers
      "
    `);
  });

  test('at 200 columns', () => {
    expect(table(200)).toMatchInlineSnapshot(`
      "account 123456789012, judged at 2026-12-06T10:00:00Z by cis-6.0
      credential report of 2026-12-06T07:52:00Z

      <root_account>
        critical  AK-01
          the root user has an active access key
          delete the root key; it is not rotated

      alice
        high  AK-02  (2.13)
          AKIAIOSFODNN7EXAMPLE of alice is 188.1 days old; it may become 90
          keyturn rotate --user alice --key AKIAIOSFODNN7EXAMPLE
        MUTED  AK-02  (2.13)
          AKIAIOSFODNN7EXAMPLE of alice is 188.1 days old; it may become 90
          muted until 2027-03-01: moves in spring

      4 users, 5 keys, 4 of them active: 1 high
      not looked at
        AK-40, a key has no owner: it needs tags: --ids never was given
      INCOMPLETE: this is no pass
      not known
        the list of users: iam:ListUsers is denied; allow iam:ListUsers
      "
    `);
  });

  test('breaks no line at 80 columns but a command, which is there to copy', () => {
    const long = table(80)
      .split('\n')
      .filter((line) => line.length > 80 && !/^ {4}keyturn /.test(line));

    expect(long).toEqual([]);
  });

  test('has colours only where they were asked for', () => {
    const csi = '\u001b[';

    expect(table(80)).not.toContain(csi);
    expect(table(80, true)).toContain(csi);
  });

  test('S36 a name cannot move the cursor', () => {
    const text = rendered(
      (write): Renderer => tableRenderer(write, { columns: 80, color: false }),
      [finding({ user: 'x\u001b[2J', title: 'x\u001b[2J\u202e' })],
    );

    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
  });
});
