import {
  CreateUserCommand,
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  type IAMClient,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

const hour = 60 * 60 * 1000;
const generate = (iam: IAMClient) => iam.send(new GenerateCredentialReportCommand());
const get = (iam: IAMClient) => iam.send(new GetCredentialReportCommand());

async function reportOf(iam: IAMClient): Promise<string> {
  await generate(iam);
  const { Content } = await get(iam);
  return Buffer.from(Content ?? []).toString('utf8');
}

test('a report has 22 columns, root first, users by name, keys by id, and no line break at its end', async () => {
  const { sandbox, iam } = await openSandbox();
  const { account } = sandbox;
  const made = '2021-01-01T00:00:00Z';
  const password = { changedAt: '2026-11-01T00:00:00Z', lastUsedAt: '2026-12-05T00:00:00Z' };
  account.createUser({ name: 'Zoe', path: '/people/', createdAt: made, mfa: true, password });
  account.createUser({ name: 'nina', createdAt: made, password: {} });
  account.createUser({
    name: 'ci',
    createdAt: made,
    keys: [
      { accessKeyId: 'AKIAB000000000000000', createdAt: made },
      { accessKeyId: 'AKIAA000000000000000', createdAt: '2026-01-01T00:00:00Z' },
      { accessKeyId: 'AKIAC000000000000000' },
    ],
  });
  account.use('AKIAA000000000000000', { service: 's3', region: 'eu-west-1', at: '2026-01-31T00:00:00Z' });
  account.setStatus('AKIAA000000000000000', 'Inactive');
  account.setMfa('<root_account>', true);
  account.createRootKey({ createdAt: '2019-01-01T00:00:00Z' });

  const report = await reportOf(iam);

  const noKey = 'false,N/A,N/A,N/A,N/A';
  const noCertificates = 'false,N/A,false,N/A';
  expect(report.split('\n')).toEqual([
    'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
    `<root_account>,arn:aws:iam::123456789012:root,2026-12-06T10:00:00Z,not_supported,no_information,not_supported,not_supported,true,true,2019-01-01T00:00:00Z,N/A,N/A,N/A,${noKey},${noCertificates}`,
    `administrator,arn:aws:iam::123456789012:user/administrator,2026-12-06T10:00:00Z,false,N/A,N/A,N/A,false,true,2015-04-22T00:00:00Z,2026-12-06T10:00:00Z,us-east-1,iam,${noKey},${noCertificates}`,
    `ci,arn:aws:iam::123456789012:user/ci,2021-01-01T00:00:00Z,false,N/A,N/A,N/A,false,false,2026-12-06T10:00:00Z,2026-01-31T00:00:00Z,eu-west-1,s3,true,2021-01-01T00:00:00Z,N/A,N/A,N/A,${noCertificates}`,
    `nina,arn:aws:iam::123456789012:user/nina,2021-01-01T00:00:00Z,true,no_information,2021-01-01T00:00:00Z,N/A,false,${noKey},${noKey},${noCertificates}`,
    `Zoe,arn:aws:iam::123456789012:user/people/Zoe,2021-01-01T00:00:00Z,true,2026-12-05T00:00:00Z,2026-11-01T00:00:00Z,N/A,true,${noKey},${noKey},${noCertificates}`,
  ]);
});

test('a key whose status changed was rotated then, as the report has it', async () => {
  const { iam, sandbox, clock } = await openSandbox();
  const [key] = sandbox.account.createUser({ name: 'ci', keys: [{}] }).keys;
  const update = { UserName: 'ci', AccessKeyId: key?.accessKeyId };
  await clock.advance(hour);

  await iam.send(new UpdateAccessKeyCommand({ ...update, Status: 'Inactive' }));
  await clock.advance(hour);
  await iam.send(new UpdateAccessKeyCommand({ ...update, Status: 'Inactive' }));

  expect(await reportOf(iam)).toContain('false,false,2026-12-06T11:00:00Z,N/A');
});

test('a use that is not published yet is not in the report', async () => {
  const { iam } = await openSandbox({ lastUsedLag: 60_000 });

  expect(await reportOf(iam)).toContain('true,2015-04-22T00:00:00Z,N/A,N/A,N/A,');
});

test('there is no report until one is asked for, and then until it is made', async () => {
  const { iam, clock } = await openSandbox({ reportDelay: 2_000 });

  expect(await refusal(get(iam))).toMatchObject({ code: 'ReportNotPresent', status: 410 });
  expect(await generate(iam)).toMatchObject({
    State: 'STARTED',
    Description: 'No report exists. Starting a new report generation task',
  });
  expect((await generate(iam)).State).toBe('INPROGRESS');
  expect(await refusal(get(iam))).toMatchObject({ code: 'ReportInProgress', status: 404 });
  await clock.advance(2_000);

  expect((await generate(iam)).State).toBe('COMPLETE');
  expect(await get(iam)).toMatchObject({
    ReportFormat: 'text/csv',
    GeneratedTime: new Date('2026-12-06T10:00:00Z'),
  });
});

test('within four hours the same report comes back, whatever has become of users and keys', async () => {
  const { iam, clock, sandbox } = await openSandbox();
  const [key] = sandbox.account.createUser({ name: 'ci', keys: [{}] }).keys;
  const first = await reportOf(iam);

  await iam.send(new CreateUserCommand({ UserName: 'late' }));
  const deactivate = { UserName: 'ci', AccessKeyId: key?.accessKeyId, Status: 'Inactive' as const };
  await iam.send(new UpdateAccessKeyCommand(deactivate));
  await clock.advance(4 * hour - 1);

  expect(await reportOf(iam)).toBe(first);
});

test('after four hours a report is of no use, and a new one tells what is', async () => {
  const { iam, clock } = await openSandbox();
  await reportOf(iam);
  await iam.send(new CreateUserCommand({ UserName: 'late' }));

  await clock.advance(4 * hour);
  const expired = await refusal(get(iam));
  const { State } = await generate(iam);
  const { GeneratedTime } = await get(iam);

  expect(expired).toMatchObject({ code: 'ReportExpired', status: 410 });
  expect(State).toBe('STARTED');
  expect(GeneratedTime).toEqual(new Date('2026-12-06T14:00:00Z'));
  expect(await reportOf(iam)).toContain('\nlate,');
});

test('report and summary need a permission on every resource', async () => {
  const { userWith } = await openSandbox();
  const narrow = userWith('narrow', { Effect: 'Allow', Action: 'iam:*', Resource: 'arn:aws:iam::*:*' }).iam;

  expect((await refusal(generate(narrow))).code).toBe('AccessDenied');
  expect((await refusal(get(narrow))).code).toBe('AccessDenied');
  expect((await refusal(narrow.send(new GetAccountSummaryCommand()))).code).toBe('AccessDenied');
});

test('the summary counts users, their quota of keys, and what root has', async () => {
  const { iam, sandbox } = await openSandbox();
  const summary = async () => (await iam.send(new GetAccountSummaryCommand())).SummaryMap;

  const before = await summary();
  sandbox.account.createUser({ name: 'ci', mfa: true });
  sandbox.account.createRootKey();
  sandbox.account.setMfa('<root_account>', true);

  expect(before).toMatchObject({ Users: 1, AccountAccessKeysPresent: 0, AccountMFAEnabled: 0, MFADevicesInUse: 0 });
  expect(await summary()).toMatchObject({
    Users: 2,
    AccessKeysPerUserQuota: 2,
    AccountAccessKeysPresent: 1,
    AccountMFAEnabled: 1,
    MFADevicesInUse: 1,
  });
});
