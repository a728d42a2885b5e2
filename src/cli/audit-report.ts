// Where an audit's report goes: to standard output, or to a file that is there whole or not at all.
import { resolve } from 'node:path';
import type { Renderer } from '../audit/contract.ts';
import { UsageError } from '../errors.ts';
import { replaceFile } from '../files.ts';
import { version } from '../version.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { hasColor } from './progress.ts';

export const formats = ['table', 'json', 'csv', 'html', 'sarif'] as const;

interface Report {
  renderer: Renderer;
  close(): Promise<void>;
}

export async function openReport(flags: Flags, io: Io): Promise<Report> {
  const format = flags.format ?? (flags.json ? 'json' : 'table');
  const parts: string[] = [];
  const { output } = flags;
  const write =
    output === undefined ? (text: string) => void io.stdout.write(text) : (text: string) => void parts.push(text);
  return {
    renderer: await rendererOf(format, write, flags, io),
    close: async () => {
      if (output !== undefined) await replaceFile(resolve(io.cwd, output), parts.join(''), { mode: 0o600 });
    },
  };
}

async function rendererOf(format: string, write: (text: string) => void, flags: Flags, io: Io): Promise<Renderer> {
  switch (format) {
    case 'table': {
      const columns = (io.stdout as { columns?: number }).columns ?? 100;
      return (await import('../audit/render/table.ts')).tableRenderer(write, {
        columns,
        color: hasColor(io, flags) && flags.output === undefined,
      });
    }
    case 'json':
      return (await import('../audit/render/json.ts')).jsonRenderer(write);
    case 'csv':
      return (await import('../audit/render/csv.ts')).csvRenderer(write);
    case 'html':
      return (await import('../audit/render/html.ts')).htmlRenderer(write, version);
    case 'sarif':
      return (await import('../audit/render/sarif.ts')).sarifRenderer(write, version);
    default:
      throw new UsageError(`--format: there is no ${format}`, { hint: `there are ${formats.join(', ')}` });
  }
}
