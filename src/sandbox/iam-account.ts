// IAM's operations about the account as a whole: its summary and its credential report.
import { instant } from '../clock.ts';
import { credentialReport } from './credential-report.ts';
import { rootName } from './directory.ts';
import { keysPerUser } from './iam-keys.ts';
import type { Access, Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

const refusals = {
  absent: () => new ServiceError('ReportNotPresent', 410, 'Credential report not present.'),
  'in progress': () => new ServiceError('ReportInProgress', 404, 'Credential report is being generated.'),
  expired: () => new ServiceError('ReportExpired', 410, 'The most recent credential report has expired.'),
};

/** None of these has a resource: only a policy for every resource allows it. */
function onAccount({ operation }: Call): Access[] {
  return [{ action: `iam:${operation}`, resource: '*' }];
}

export const accountOperations: Record<string, Operation> = {
  GetAccountSummary: {
    kind: 'read',
    access: onAccount,
    apply: ({ view }) => {
      const root = view.user(rootName);
      const users = view.users();
      const devices = users.filter((user) => user.mfa).length;
      const summary: Record<string, number> = {
        Users: users.length,
        UsersQuota: 5000,
        AccessKeysPerUserQuota: keysPerUser,
        AccountAccessKeysPresent: root && root.keys.length > 0 ? 1 : 0,
        AccountMFAEnabled: root?.mfa ? 1 : 0,
        AccountSigningCertificatesPresent: 0,
        MFADevices: devices,
        MFADevicesInUse: devices,
      };
      return { SummaryMap: new Map(Object.entries(summary)) };
    },
  },

  GenerateCredentialReport: {
    kind: 'change',
    access: onAccount,
    apply: ({ world }) => {
      const { credentialReports, directory, lastUsed } = world;
      const root = directory.current.user(rootName);
      if (!root) throw new Error('the account has no root');
      const first = credentialReports.state() === 'absent';
      if (credentialReports.request(() => credentialReport(root, directory.current.users(), lastUsed))) {
        return {
          State: 'STARTED',
          Description: first
            ? 'No report exists. Starting a new report generation task'
            : 'The previous report has expired. Starting a new report generation task',
        };
      }
      return { State: credentialReports.state() === 'complete' ? 'COMPLETE' : 'INPROGRESS' };
    },
  },

  GetCredentialReport: {
    kind: 'read',
    access: onAccount,
    apply: ({ world: { credentialReports } }) => {
      const state = credentialReports.state();
      const report = credentialReports.newest();
      if (state !== 'complete' || !report) throw refusals[state === 'complete' ? 'absent' : state]();
      return {
        Content: Buffer.from(report.content).toString('base64'),
        ReportFormat: 'text/csv',
        GeneratedTime: instant(report.generatedAt),
      };
    },
  },
};
