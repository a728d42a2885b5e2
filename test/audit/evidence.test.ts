// Evidence without an account: which outcome satisfies what, and what a name can do in the file.
import { describe, expect, test } from 'vitest';
import { notes, proofOf, sealed } from '../../src/audit/evidence.ts';
import { evidenceHtml, type Told } from '../../src/audit/render/evidence-html.ts';
import type { RotationRecord } from '../../src/engine/contract.ts';
import type { RotationContext } from '../../src/machine/context.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const newKey = 'AKIANEWNEWNEWNEW0002';

function recordOf(changes: Partial<RotationRecord> = {}, context: Partial<RotationContext> = {}): RotationRecord {
  const at = '2026-12-15T10:00:00Z';
  const plan = { account: '123456789012', user: 'alice', oldKey, newKey: null, quietFor: 172800, overrides: [] };
  const createKey = { at, counter: 1, newKey, createdAt: '2026-12-06T10:00:00Z' };
  return {
    rotation: 'rot-1',
    engine: 'local',
    createdAt: '2026-12-06T10:00:00Z',
    outcome: 'rotated',
    state: 'rotated',
    history: [{ at, state: 'rotated', event: 'ended', detail: '' }],
    ...changes,
    context: { plan, createKey, interruptions: [], ...context },
  } as unknown as RotationRecord;
}

function satisfied(record: RotationRecord): boolean[] {
  return [...new Set(proofOf(record).controls.map((one) => one.satisfied))];
}

function htmlOf(record: RotationRecord): string {
  const { rotation, engine, history, context } = record;
  const { account, user } = context.plan;
  const told: Told = {
    ...{ rotation, engine, history, account, user, oldKey, newKey, execution: null, outcome: 'rotated', reason: '' },
    consumers: [],
    keys: [],
    ...proofOf(record),
  };
  return evidenceHtml(
    sealed({ ...told, generatedAt: '2026-12-16T10:00:00Z', keyturn: '1.2.3', notes: notes([record]) }),
    [told],
  );
}

describe('S37 a control', () => {
  test('is satisfied by a rotation that ended as rotated', () => {
    expect(satisfied(recordOf())).toEqual([true]);
  });

  test.each(['rolledBack', 'stuck', 'refused', 'nothingToDo', null] as const)('is not by one that is %s', (outcome) => {
    expect(satisfied(recordOf({ outcome }))).toEqual([false]);
  });

  test('is not by one that a person gave up', () => {
    expect(satisfied(recordOf({ released: '2026-12-15T10:00:00Z' }))).toEqual([false]);
  });

  test('is not where there was no key to replace', () => {
    const { plan } = recordOf().context;

    expect(satisfied(recordOf({}, { plan: { ...plan, oldKey: null } }))).toEqual([false]);
  });

  test('is not where the key that replaced it was too old itself', () => {
    const createKey = { at: '', counter: 1, newKey, createdAt: '2026-09-01T10:00:00Z' };

    expect(proofOf(recordOf({}, { createKey })).controls[0]).toMatchObject({
      satisfied: false,
      why: 'the new key was 105 days old already when the old one was deleted',
    });
  });
});

describe('S37 exceptions', () => {
  test('that only the history has, and places that were not read back, are among them', () => {
    const at = '2026-12-06T10:00:00Z';
    const history = [
      { at, state: 'begin', event: 'override' as const, detail: 'watchLimit: resume --watch-limit 60d' },
    ];
    const consumers = [{ spec: 'stdout:', state: 'delivered' as const, readable: false as const }];
    const deliverKey = { at, counter: 2, verdict: 'delivered' as const, reason: '', consumers };

    expect(proofOf(recordOf({ history }, { deliverKey })).overrides).toEqual([
      { at, what: 'watchLimit', why: 'resume --watch-limit 60d' },
      { at, what: 'unreadable', why: 'stdout: was not read back' },
    ]);
  });
});

test('what Step Functions ran says that it has no request ids', () => {
  expect(notes([recordOf({ engine: 'stepfunctions' })]).join('\n')).toContain(
    'what Step Functions ran has no requests',
  );
  expect(notes([recordOf({ requests: [] })]).join('\n')).not.toContain('Step Functions');
});

describe('evidence as HTML', () => {
  test('S36 a name is text: it is no markup, ends no element, and steers no eye', () => {
    const user = '</script><img src=x onerror=alert(1)>\u202Egnirts';
    const { plan } = recordOf().context;

    const html = htmlOf(recordOf({}, { plan: { ...plan, user } }));

    expect(html).not.toMatch(/<img|\u202E/);
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;\\u{202e}gnirts');
  });

  test('loads nothing, runs nothing, and draws the history', () => {
    const html = htmlOf(recordOf());

    expect(html).toContain("default-src 'none'; style-src 'sha256-");
    expect(html).not.toMatch(/script-src|\ssrc=|\shref=|\son[a-z]+=|url\(/);
    expect(html).toContain('<svg class="timeline" role="img"');
    expect(html).toContain('@media print');
  });

  test('S37 holds the document that was hashed, the hash, and what it does not prove', () => {
    const html = htmlOf(recordOf());

    const text = /<script type="application\/json" id="evidence">(.*)<\/script>/.exec(html)?.[1] ?? '';
    const { sha256, ...document } = JSON.parse(text) as { sha256: string };
    expect(sealed(document).sha256).toBe(sha256);
    expect(html).toContain(`<code>${sha256}</code>`);
    expect(html).toContain('not tampering');
  });

  test('a history of weeks is drawn short, and told in full', () => {
    const history = Array.from({ length: 300 }, (_, index) => ({
      at: '2026-12-06T10:00:00Z',
      state: 'checkOldKeyUse',
      event: 'done' as const,
      detail: `look ${index}`,
    }));

    const html = htmlOf(recordOf({ history }));

    expect(html.match(/<circle/g)).toHaveLength(61);
    expect(html).toContain('… 240 more');
    expect(html).toContain('<td>look 150</td>');
  });
});
