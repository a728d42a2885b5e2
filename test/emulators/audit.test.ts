// Whole audits by the built command of an account that is not ours: arranged in moto by unmodified clients, with literal
// verdicts by our rules and by Prowler's, and with what is found handed on to a rotation.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  EnableMFADeviceCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditHead, AuditTail, Finding } from '../../src/audit/contract.ts';
import { builtCli } from '../support/built-cli.ts';
import { type Credentials, clientFor, type Emulator, environmentFor, makeKey, startMoto } from './servers.ts';

type Report = AuditHead & AuditTail & { findings: Finding[] };

/** Days ago; a key that was never used has no `used`. */
interface Key {
  made: number;
  used?: number;
  status?: 'Inactive';
}

interface User {
  made?: number;
  path?: string;
  tags?: Record<string, string>;
  /** What one inline policy allows, on everything. */
  allow?: string;
  password?: boolean;
  mfa?: boolean;
  keys: Key[];
  /** Ours; severities that are not the rule's own are said. */
  expected: string[];
  prowler: string[];
}

const owner = { owner: 'ann@example.com' };
const minute = 1 / 1440;

const users: Record<string, User> = {
  'no-key': { keys: [], expected: [], prowler: [] },
  young: { keys: [{ made: 20, used: 1 }], expected: [], prowler: [] },
  soon: { keys: [{ made: 80, used: 1 }], expected: ['AK-03 low'], prowler: [] },
  old: { keys: [{ made: 100, used: 1 }], expected: ['AK-02 medium'], prowler: ['AK-02'] },
  'very-old': { keys: [{ made: 200, used: 1 }], expected: ['AK-02 high'], prowler: ['AK-02'] },
  'old-but-off': { keys: [{ made: 400, status: 'Inactive' }], expected: ['AK-06 low'], prowler: [] },
  unused: { keys: [{ made: 70, used: 50 }], expected: ['AK-10 medium'], prowler: ['AK-10'] },
  'never-used': { keys: [{ made: 60 }], expected: ['AK-11 medium'], prowler: [] },
  'two-active': {
    keys: [
      { made: 30, used: 2 },
      { made: 20, used: 1 },
    ],
    expected: ['AK-04 medium', 'AK-07 low'],
    prowler: ['AK-04'],
  },
  'one-of-two-off': {
    keys: [
      { made: 20, status: 'Inactive' },
      { made: 10, used: 1 },
    ],
    expected: ['AK-07 low'],
    prowler: [],
  },
  rotating: {
    tags: { ...owner, 'keyturn:claim:r-1': 'n=1 step=createKey' },
    keys: [
      { made: 30, used: 2 },
      { made: 1, used: 0.5 },
    ],
    expected: [],
    prowler: ['AK-04'],
  },
  console: {
    made: 30,
    password: true,
    mfa: true,
    keys: [{ made: 30 - minute / 3, used: 1 }],
    expected: ['AK-13 low', 'AK-22 low'],
    prowler: [],
  },
  'console-never': {
    password: true,
    keys: [{ made: 60 }],
    expected: ['AK-11 medium', 'AK-12 medium', 'AK-22 high'],
    prowler: ['AK-12'],
  },
  boss: {
    allow: '*',
    keys: [{ made: 100, used: 1 }],
    expected: ['AK-02 high', 'AK-20 high', 'AK-21 high'],
    prowler: ['AK-02'],
  },
  helpdesk: { allow: 'iam:CreateAccessKey', keys: [{ made: 20, used: 1 }], expected: ['AK-21 high'], prowler: [] },
  nobodys: { path: '/teams/shop/', tags: {}, keys: [{ made: 20, used: 1 }], expected: ['AK-40 medium'], prowler: [] },
};

let folder: string;
let moto: Emulator;
const pairs = new Map<string, Credentials[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-audit-'));
  await daysAgo(0);
  moto = await startMoto({ daysAgoFile: join(folder, 'days-ago') });
  for (const [name, user] of Object.entries(users)) await arrange(name, user);
  await daysAgo(0);
}, 120_000);

afterAll(async () => {
  await moto?.close();
  await rm(folder, { recursive: true, force: true });
});

function daysAgo(days: number): Promise<void> {
  return writeFile(join(folder, 'days-ago'), `${days}`);
}

async function arrange(name: string, user: User): Promise<void> {
  const iam = new IAMClient(clientFor(moto));
  const { made = 900, path = '/', tags = owner, allow, password, mfa, keys } = user;
  await daysAgo(made);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(new CreateUserCommand({ UserName: name, Path: path, Tags }));
  if (password) await iam.send(new CreateLoginProfileCommand({ UserName: name, Password: 'Correct-h0rse' }));
  if (mfa) {
    const SerialNumber = `arn:aws:iam::${moto.account}:mfa/${name}`;
    const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' };
    await iam.send(new EnableMFADeviceCommand({ UserName: name, SerialNumber, ...codes }));
  }
  if (allow) {
    const Statement = [{ Effect: 'Allow', Action: allow, Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument }));
  }
  const own: Credentials[] = [];
  for (const { made: age, status = 'Active' } of keys) {
    await daysAgo(age);
    own.push(await makeKey(iam, name, status));
  }
  for (const [index, { used }] of keys.entries()) {
    const pair = own[index];
    if (used === undefined || !pair) continue;
    await daysAgo(used);
    await new STSClient(clientFor(moto, pair)).send(new GetCallerIdentityCommand());
  }
  pairs.set(name, own);
}

/** A command line of sh in which `keyturn` is the built command. */
async function sh(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = `keyturn() { "${process.execPath}" "${await builtCli()}" "$@"; }\n${line}`;
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      KEYTURN_STATE_DIR: join(folder, 'state'),
      ...environmentFor(moto, moto.adminCredentials),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve) => child.on('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

async function audit(flags = ''): Promise<{ code: number; report: Report }> {
  const { code, stdout, stderr } = await sh(`keyturn audit --json ${flags}`);
  expect(stderr).toBe('');
  return { code, report: JSON.parse(stdout) };
}

/** What is open of each user, in the order of the rules. */
function verdicts({ findings }: Report, of: (finding: Finding) => string): Record<string, string[]> {
  const told: Record<string, string[]> = Object.fromEntries(Object.keys(users).map((name) => [name, []]));
  for (const one of findings) if (one.status === 'OPEN') told[one.user]?.push(of(one));
  return told;
}

function expectedOf(pick: (user: User) => string[]): Record<string, string[]> {
  return Object.fromEntries(Object.entries(users).map(([name, user]) => [name, pick(user)]));
}

describe('keyturn audit of an account in moto', () => {
  test('every user has the verdicts expected, and no other', async () => {
    const { code, report } = await audit();

    expect(code).toBe(3);
    expect(report).toMatchObject({ account: moto.account, rules: 'cis-7.0' });
    expect(verdicts(report, ({ rule, severity }) => `${rule} ${severity}`)).toEqual(
      expectedOf(({ expected }) => expected),
    );
  });

  test('each finding about a key names the key', async () => {
    const { report } = await audit();

    const keyOf = (rule: string, user: string) =>
      report.findings.find((one) => one.rule === rule && one.user === user)?.keyId;
    for (const [rule, name] of [
      ['AK-02', 'old'],
      ['AK-06', 'old-but-off'],
      ['AK-10', 'unused'],
      ['AK-12', 'console-never'],
    ] as const) {
      expect(keyOf(rule, name)).toBe(pairs.get(name)?.[0]?.accessKeyId);
    }
  });

  test('by Prowler’s rules every user has Prowler’s verdict', async () => {
    const { report } = await audit('--profile-rules prowler');

    expect(verdicts(report, ({ rule }) => rule)).toEqual(expectedOf(({ prowler }) => prowler));
  });

  test('the report alone says the same, as far as it can, by the same ids', async () => {
    const needIds = ['AK-20', 'AK-21', 'AK-40'];
    const [full, bare] = [(await audit()).report, (await audit('--ids never')).report];

    const rulesOf = (report: Report) => verdicts(report, ({ rule }) => rule);
    expect(rulesOf(bare)).toEqual({
      ...expectedOf(({ expected }) => expected.map((one) => one.slice(0, 5)).filter((rule) => !needIds.includes(rule))),
      // The claim is a tag.
      rotating: ['AK-04', 'AK-07'],
    });
    const ids = new Set(full.findings.map(({ id }) => id));
    const unknown = bare.findings.filter(({ id, user }) => !ids.has(id) && user !== 'rotating');
    expect(unknown.map(({ user, rule }) => `${user} ${rule}`)).toEqual([]);
  });

  test('without the report the same is found of keys, by asking for each', async () => {
    const aboutPasswords = ['AK-12', 'AK-13', 'AK-22'];
    const { report } = await audit('--fresh');

    expect(verdicts(report, ({ rule, severity }) => `${rule} ${severity}`)).toEqual(
      expectedOf(({ expected }) => expected.filter((one) => !aboutPasswords.includes(one.slice(0, 5)))),
    );
  });

  test('what moto does not have is INCOMPLETE, and no pass', async () => {
    const { code, report } = await audit('--fail-on none');

    expect(code).toBe(4);
    expect(report.incomplete).toMatchObject([
      { what: 'events of CloudTrail', rules: ['AK-06', 'AK-31', 'AK-32', 'AK-33', 'AK-34'] },
    ]);
  });

  test('a report in a pipe is planned', async () => {
    const [old] = pairs.get('old') ?? [];
    const file = join(folder, 'credentials');
    const lines = [
      '[old]',
      `aws_access_key_id = ${old?.accessKeyId}`,
      `aws_secret_access_key = ${old?.secretAccessKey}`,
    ];
    await writeFile(file, lines.join('\n'), { mode: 0o600 });
    await writeFile(join(folder, 'keyturn.yaml'), `defaults:\n  consumers: ["credentials-file:old@${file}"]\n`);

    const { code, stdout } = await sh('keyturn audit --json --user old | keyturn rotate --from-audit - --json');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rotations: [{ user: 'old', outcome: 'planned', oldKey: old?.accessKeyId }],
    });
  });
});
