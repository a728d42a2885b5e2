// The report's findings as rows: read from the page, searched, filtered and sorted. Knows nothing of how they are drawn.
export interface Row {
  id: string;
  rule: string;
  severity: string;
  status: string;
  user: string;
  keyId: string | null;
  title: string;
  evidence: Record<string, unknown>;
  cis: string[];
  aliases: string[];
  remediation: { command: string | null; text: string };
  muted?: { reason: string; until: string };
  /** Days since the key was made, where the finding is about a key. */
  age: number | null;
  /** What a search looks through, in lower case. */
  words: string;
}

export type Column = 'severity' | 'rule' | 'user' | 'keyId' | 'age' | 'title';

export interface Choice {
  text: string;
  severities: ReadonlySet<string>;
  status: string;
  rule: string;
  sort: { column: Column; descending: boolean } | null;
}

const day = 86_400_000;
const severities = ['informational', 'low', 'medium', 'high', 'critical'];
const collator = new Intl.Collator('en', { numeric: true });

/** The findings that stand in the page as JSON, in the order of the report. */
export function rowsIn(json: string): Row[] {
  const { generatedAt, findings } = JSON.parse(json) as { generatedAt: string; findings: Row[] };
  const now = Date.parse(generatedAt);
  return findings.map((one) => {
    const { createdAt } = one.evidence;
    const made = typeof createdAt === 'string' ? Date.parse(createdAt) : Number.NaN;
    const age = Number.isNaN(made) || 'keyId' in one.evidence === false ? null : Math.max(0, (now - made) / day);
    const words = [one.user, one.keyId, one.rule, one.title, ...one.cis, ...one.aliases].join('\n').toLowerCase();
    return { ...one, age, words };
  });
}

/** Rows that have every word of the search and all that was chosen, sorted; without a sort as the report has them. */
export function chosen(rows: readonly Row[], { text, severities: wanted, status, rule, sort }: Choice): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = rows.filter(
    (row) =>
      wanted.has(row.severity) &&
      (status === '' || row.status === status) &&
      (rule === '' || row.rule === rule) &&
      words.every((word) => row.words.includes(word)),
  );
  if (!sort) return kept;
  const direction = sort.descending ? -1 : 1;
  return kept.sort((a, b) => compared(a, b, sort.column, direction));
}

/** What is not known comes last, whichever way. */
function compared(a: Row, b: Row, column: Column, direction: number): number {
  if (column === 'severity') return direction * (severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const [left, right] = [a[column], b[column]];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === 'number' && typeof right === 'number') return direction * (left - right);
  return direction * collator.compare(String(left), String(right));
}
