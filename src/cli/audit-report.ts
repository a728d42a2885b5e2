// Where an audit's report goes: to standard output, or to a file that is there whole or not at all.
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { AuditTail, Renderer } from '../audit/contract.ts';
import { UsageError } from '../errors.ts';
import { replaceFile } from '../files.ts';
import { version } from '../version.ts';
import { hasColor } from './progress.ts';
import type { Session } from './session.ts';

const formats = ['table', 'json', 'csv', 'html', 'sarif'] as const;
type Format = (typeof formats)[number];

/** Characters. */
const piece = 65_536;

interface Report {
  renderer: Renderer;
  close(tail: AuditTail): Promise<void>;
}

/** Throws UsageError for a format or a folder that is not there, before anything is asked. */
export async function openReport(session: Pick<Session, 'flags' | 'io' | 'progress'>): Promise<Report> {
  const { flags, io, progress } = session;
  const format = formatOf(session);
  if (flags.output === undefined) {
    const { write, flush } = inLargePieces(io.stdout, progress);
    const columns = io.stdout.columns ?? 100;
    const color = hasColor(io, flags, io.stdout);
    return { renderer: await rendererOf(format, write, { columns, color }), close: async () => flush() };
  }
  const file = resolve(io.cwd, flags.output);
  await mustHaveFolder(file);
  const parts: string[] = [];
  return {
    renderer: await rendererOf(format, (text) => void parts.push(text), { columns: 100, color: false }),
    close: async ({ complete, summary }) => {
      await replaceFile(file, parts.join(''), { mode: 0o600 });
      progress.say(`wrote ${file}: ${summary.byStatus.OPEN} findings${complete ? '' : ', INCOMPLETE'}`);
    },
  };
}

/** Thousands of small writes cost more than what they write; a person at a terminal sees each line at once. */
function inLargePieces(stdout: NodeJS.WriteStream, progress: Session['progress']) {
  let held = '';
  const flush = () => {
    progress.clear();
    stdout.write(held);
    held = '';
  };
  const write = (text: string) => {
    held += text;
    if (stdout.isTTY || held.length > piece) flush();
  };
  return { write, flush };
}

function formatOf({ flags }: Pick<Session, 'flags'>): Format {
  const { format = flags.json ? 'json' : 'table' } = flags;
  const known = formats.find((one) => one === format);
  if (known === undefined) {
    throw new UsageError(`--format: there is no ${format}`, { hint: `there are ${formats.join(', ')}` });
  }
  // What --json promises of standard output holds for a report in a file, too.
  if (flags.json && known !== 'json' && flags.output === undefined) {
    throw new UsageError(`--json and --format ${known} do not go together`, { hint: 'leave one of them' });
  }
  return known;
}

async function mustHaveFolder(file: string): Promise<void> {
  const folder = await stat(dirname(file)).catch(() => null);
  if (folder?.isDirectory()) return;
  throw new UsageError(`--output: there is no folder ${dirname(file)}`, { hint: 'make it first' });
}

async function rendererOf(
  format: Format,
  write: (text: string) => void,
  terminal: { columns: number; color: boolean },
): Promise<Renderer> {
  switch (format) {
    case 'table':
      return (await import('../audit/render/table.ts')).tableRenderer(write, terminal);
    case 'json':
      return (await import('../audit/render/json.ts')).jsonRenderer(write);
    case 'csv':
      return (await import('../audit/render/csv.ts')).csvRenderer(write);
    case 'html':
      return (await import('../audit/render/html.ts')).htmlRenderer(write, version);
    case 'sarif':
      return (await import('../audit/render/sarif.ts')).sarifRenderer(write, version);
  }
}
