// The account's credential reports: at most one new one in four hours, told unchanged until then whatever has become of
// the users, and of no use after.
import type { Clock } from '../clock.ts';
import type { Settings } from './settings.ts';

export interface CredentialReport {
  readonly content: string;
  readonly generatedAt: number;
}

export type ReportState = 'absent' | 'in progress' | 'complete' | 'expired';

export interface CredentialReports {
  state(): ReportState;
  /** Begins a new report unless one is in progress or complete; `write` is called at once. True where it began. */
  request(write: () => string): boolean;
  /** The complete report. */
  newest(): CredentialReport | null;
}

const usableFor = 4 * 60 * 60 * 1000;

export function createCredentialReports(clock: Clock, settings: Settings): CredentialReports {
  let report: (CredentialReport & { readyAt: number }) | null = null;

  const state = (): ReportState => {
    if (!report) return 'absent';
    if (clock.now() < report.readyAt) return 'in progress';
    return clock.now() < report.generatedAt + usableFor ? 'complete' : 'expired';
  };
  return {
    state,
    request: (write) => {
      if (state() === 'in progress' || state() === 'complete') return false;
      const now = clock.now();
      report = { content: write(), generatedAt: now, readyAt: now + settings.reportDelay };
      return true;
    },
    newest: () => (state() === 'complete' ? report : null),
  };
}
