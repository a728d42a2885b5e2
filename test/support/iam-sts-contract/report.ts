// The credential report, as far as an audit goes by it. AWS keeps a report for four hours, so whatever is to be in it is made
// before the first case asks.
import {
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  ListAccessKeysCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import type { ContractAccount, ContractCase } from './account.ts';

interface Report {
  generatedAt: Date;
  /** By column. */
  rows: Record<string, string>[];
}

const reports = new WeakMap<ContractAccount, Promise<Report>>();

/** So many users with two keys that their order is no accident; the key with the smaller id is inactive. */
const users = 12;

function reportOf(account: ContractAccount): Promise<Report> {
  const known = reports.get(account) ?? askedOf(account);
  reports.set(account, known);
  return known;
}

async function askedOf({ iam, makeUser, makeKey, newName, setStatus, settle }: ContractAccount): Promise<Report> {
  for (let count = 0; count < users; count++) {
    const { name, key } = await makeUser({ name: newName('slots') });
    const second = await makeKey(name);
    await setStatus(name, key.accessKeyId < second.accessKeyId ? key : second, 'Inactive');
  }
  await settle();
  while ((await iam.send(new GenerateCredentialReportCommand())).State !== 'COMPLETE') await settle();
  const { Content = new Uint8Array(), GeneratedTime = new Date(Number.NaN) } = await iam.send(
    new GetCredentialReportCommand(),
  );
  const [header = '', ...lines] = new TextDecoder().decode(Content).trimEnd().split('\n');
  const names = header.split(',');
  const rowOf = (line: string) => Object.fromEntries(line.split(',').map((cell, index) => [names[index] ?? '', cell]));
  return { generatedAt: GeneratedTime, rows: lines.map(rowOf) };
}

export const reportCases: ContractCase[] = [
  {
    id: 'report.slots-by-id',
    promise: 'slots of a credential report go by ascending key id, and not by age',
    check: async (account) => {
      const { rows } = await reportOf(account);

      const slots = rows
        .filter(({ user }) => user?.startsWith('slots-'))
        .map((row) => `${row.access_key_1_active} ${row.access_key_2_active}`);
      expect(slots).toEqual(Array(users).fill('false true'));
    },
  },
  {
    id: 'report.last-rotated',
    promise: 'last_rotated of a key that was never switched is its CreateDate',
    check: async (account) => {
      const { rows } = await reportOf(account);
      const row = rows.find(({ user }) => user?.startsWith('slots-')) ?? {};

      const { AccessKeyMetadata = [] } = await account.iam.send(
        new ListAccessKeysCommand({ UserName: row.user ?? '' }),
      );
      const active = AccessKeyMetadata.filter(({ Status }) => Status === 'Active');
      const dates = [row.access_key_1_last_rotated, row.access_key_2_last_rotated].map((text) => text?.slice(0, 19));
      expect(active.map(({ CreateDate }) => dates.includes(CreateDate?.toISOString().slice(0, 19)))).toEqual([true]);
    },
  },
  {
    id: 'report.root',
    promise: 'the first row is that of the root user',
    check: async (account) => {
      const { rows } = await reportOf(account);

      expect(rows[0]).toMatchObject({ user: '<root_account>', arn: `arn:aws:iam::${account.id}:root` });
    },
  },
  {
    id: 'report.generated',
    promise: 'a report is not older than the users that are in it',
    check: async (account) => {
      const { generatedAt, rows } = await reportOf(account);

      const { Users = [] } = await account.iam.send(new ListUsersCommand({ MaxItems: 1000 }));
      const created = Users.filter(({ UserName }) => rows.some(({ user }) => user === UserName));
      const older = created.filter(({ CreateDate }) => Number(CreateDate) > generatedAt.getTime() + 1000);
      expect(created.length).toBeGreaterThan(users);
      expect(older.map(({ UserName }) => UserName)).toEqual([]);
    },
  },
  {
    id: 'report.no-password',
    promise: 'N/A stands for when a password was used and changed, where there is none',
    check: async (account) => {
      const { rows } = await reportOf(account);

      expect(rows.find(({ user }) => user?.startsWith('slots-'))).toMatchObject({
        password_enabled: 'false',
        password_last_used: 'N/A',
        password_last_changed: 'N/A',
      });
    },
  },
];
