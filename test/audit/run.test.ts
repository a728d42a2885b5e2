// Whole audits of a sandbox: what is asked, what is not known, who is too new for the report, and what stops half-way.
import { CreateAccessKeyCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { openAudit, rulesByUser, type Said } from './open-audit.ts';
import { ago } from './rules/judged.ts';

const everything = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
const without = (...actions: string[]) => [everything, { Effect: 'Deny' as const, Action: actions, Resource: '*' }];

function rulesOf({ findings }: Said, name: string): string[] {
  return findings.filter(({ user }) => user === name).map(({ rule }) => rule);
}

function auditor(opened: Awaited<ReturnType<typeof openAudit>>, ...denied: string[]) {
  return opened.userWith('auditor', ...without(...denied)).key;
}

describe('what is denied for the whole account', () => {
  const manyUsers = async (denied: string) => {
    const opened = await openAudit();
    const { sandbox, audit } = opened;
    for (let count = 0; count < 5; count++) {
      sandbox.account.createUser({ name: `user-${count}`, createdAt: ago(200), keys: [{ createdAt: ago(100) }] });
    }
    return audit({ as: auditor(opened, denied) });
  };

  test.each([
    ['cloudtrail:LookupEvents', 'events of CloudTrail', ['AK-06', 'AK-31', 'AK-32', 'AK-33', 'AK-34']],
    ['iam:GetAccountAuthorizationDetails', 'policies and tags', ['AK-20', 'AK-21', 'AK-40', 'AK-44']],
    ['iam:GenerateCredentialReport', 'the credential report', ['AK-12', 'AK-13', 'AK-22', 'AK-23', 'AK-24']],
    ['iam:GetAccountSummary', 'the account summary', ['AK-01']],
    ['iam:ListUsers', 'the list of users', []],
    ['iam:ListRoles', "keyturn's own roles", ['AK-31', 'AK-32', 'AK-33']],
  ])('%s is named once, with the rules that it keeps from passing', async (permission, what, rules) => {
    const { findings, tail } = await manyUsers(permission);

    expect(tail.complete).toBe(false);
    expect(tail.incomplete).toMatchObject([{ what, permission, rules }]);
    expect(findings.filter(({ status }) => status === 'INCOMPLETE')).toEqual([]);
    expect(findings.filter(({ rule }) => rule === 'AK-02').map(({ user }) => user)).toEqual(
      expect.arrayContaining(['user-0', 'user-1', 'user-2', 'user-3', 'user-4']),
    );
  });

  test('what no rule of the set asks for is not missing', async () => {
    const opened = await openAudit();

    const { tail } = await opened.audit({ set: 'prowler', as: auditor(opened, 'cloudtrail:LookupEvents') });

    expect(tail).toMatchObject({ complete: true, incomplete: [] });
  });
});

test('keys of one user that may not be listed are INCOMPLETE for that user alone', async () => {
  const opened = await openAudit();
  const { sandbox, audit } = opened;
  for (const name of ['alice', 'bob']) {
    sandbox.account.createUser({ name, createdAt: ago(200), keys: [{ createdAt: ago(100) }] });
  }
  const Resource = 'arn:aws:iam::123456789012:user/bob';
  const { key } = opened.userWith('auditor', everything, { Effect: 'Deny', Action: 'iam:ListAccessKeys', Resource });

  const { findings, tail } = await audit({ as: key });

  const incomplete = findings.filter(({ status }) => status === 'INCOMPLETE');
  expect(incomplete).toMatchObject([
    { user: 'bob', rule: 'AK-50', evidence: { what: 'its keys', permission: 'iam:ListAccessKeys' } },
  ]);
  expect(tail).toMatchObject({ complete: false, incomplete: [] });
  expect(findings.filter(({ rule }) => rule === 'AK-02').map(({ user, keyId }) => [user, keyId === null])).toEqual(
    expect.arrayContaining([
      ['alice', false],
      ['bob', true],
    ]),
  );
});

test('under a set that has no rule for it, keys that could not be listed are still named', async () => {
  const opened = await openAudit();
  opened.sandbox.account.createUser({ name: 'bob', createdAt: ago(200), keys: [{ createdAt: ago(100) }] });

  const { tail } = await opened.audit({ set: 'prowler', as: auditor(opened, 'iam:ListAccessKeys') });

  expect(tail.incomplete).toMatchObject([{ permission: 'iam:ListAccessKeys' }]);
  expect(tail.complete).toBe(false);
});

describe('who is newer than the report', () => {
  const withReport = async () => {
    const opened = await openAudit();
    opened.sandbox.account.createUser({ name: 'alice', createdAt: ago(200), keys: [{ createdAt: ago(20) }] });
    await opened.audit();
    await opened.clock.advance(3_600_000);
    return opened;
  };

  test('is judged by the keys that AWS lists and by when each was used', async () => {
    const { sandbox, audit } = await withReport();
    const [used, unused] = sandbox.account.createUser({
      name: 'eve',
      tags: { owner: 'ann' },
      keys: [{ createdAt: ago(100) }, { createdAt: ago(60) }],
    }).keys;
    sandbox.account.use(used?.accessKeyId ?? '', { at: ago(50) });

    const said = await audit();

    expect(rulesByUser(said).eve).toEqual(['AK-02', 'AK-04', 'AK-07', 'AK-10', 'AK-11']);
    const byRule = (rule: string) => said.findings.find((one) => one.user === 'eve' && one.rule === rule)?.keyId;
    expect([byRule('AK-10'), byRule('AK-11')]).toEqual([used?.accessKeyId, unused?.accessKeyId]);
    expect(said.findings.find(({ rule }) => rule === 'AK-51')).toMatchObject({
      user: '<account>',
      title: 'the credential report is 1.0 hours old, and user eve came after it',
    });
    expect(said.tail.notLookedAt).toContainEqual({
      what: 'AK-12, AK-13, AK-22, AK-23, AK-24 for eve',
      why: 'the credential report does not have the user yet',
      permission: null,
    });
  });

  test('a key replaced since is not taken for the one that the report has', async () => {
    const { sandbox, audit } = await withReport();
    const [old] = Object.values(sandbox.account.snapshot().alice?.keys ?? []);
    sandbox.account.deleteKey(old?.id ?? '');
    const made = sandbox.account.createKey('alice');
    sandbox.account.use(made.accessKeyId);

    const said = await audit();

    expect(rulesOf(said, 'alice')).toEqual(['AK-34', 'AK-40', 'AK-52']);
    expect(said.findings.find(({ rule, user }) => rule === 'AK-34' && user === 'alice')).toMatchObject({
      keyId: made.accessKeyId,
      evidence: { lastUsedAt: '2026-12-06T11:00:03Z' },
    });
  });

  test('who is gone since is nobody’s finding', async () => {
    const { sandbox, audit } = await withReport();
    sandbox.account.deleteUser('alice');

    expect(rulesOf(await audit(), 'alice')).toEqual([]);
  });

  test('a use that may not be asked for is INCOMPLETE, and no key is called unused', async () => {
    const opened = await withReport();
    opened.sandbox.account.createUser({ name: 'eve', tags: { owner: 'ann' }, keys: [{ createdAt: ago(60) }] });

    const said = await opened.audit({ as: auditor(opened, 'iam:GetAccessKeyLastUsed') });

    const eve = said.findings.filter(({ user, severity }) => user === 'eve' && severity !== 'informational');
    expect(eve).toMatchObject([
      {
        rule: 'AK-50',
        status: 'INCOMPLETE',
        evidence: {
          permission: 'iam:GetAccessKeyLastUsed',
          rules: ['AK-10', 'AK-11', 'AK-12', 'AK-13', 'AK-14', 'AK-15', 'AK-24'],
        },
      },
    ]);
  });
});

test('fresh asks for every user and says the same, as far as no password matters', async () => {
  const { sandbox, audit } = await openAudit();
  const [used] = sandbox.account.createUser({
    name: 'alice',
    createdAt: ago(200),
    keys: [{ createdAt: ago(100) }, { createdAt: ago(60) }],
  }).keys;
  sandbox.account.use(used?.accessKeyId ?? '', { at: ago(50) });
  sandbox.account.createRootKey({ createdAt: ago(10) });

  const byReport = await audit();
  const fresh = await audit({ fresh: true });

  expect(rulesByUser(fresh).alice).toEqual(rulesByUser(byReport).alice);
  expect(fresh.head.reportAt).toBeNull();
  expect(rulesOf(fresh, '<root_account>')).toEqual(['AK-01']);
  expect(fresh.tail.notLookedAt.map(({ what }) => what.slice(0, 5))).toEqual([
    'AK-12',
    'AK-13',
    'AK-22',
    'AK-23',
    'AK-24',
    'AK-32',
    'AK-33',
  ]);
});

test('more than two keys are found, though the report shows two', async () => {
  const { sandbox, audit } = await openAudit();
  sandbox.account.createUser({
    name: 'alice',
    tags: { owner: 'ann' },
    keys: [{ createdAt: ago(5) }, { createdAt: ago(6) }],
  });
  sandbox.account.createKey('alice', { createdAt: ago(100) });

  const said = await audit();

  expect(rulesByUser(said).alice).toEqual(['AK-02', 'AK-04', 'AK-07', 'AK-11']);
  expect(rulesOf(said, 'alice')).not.toContain('AK-52');
});

test('two keys of one second are told apart by asking for each', async () => {
  const { sandbox, audit } = await openAudit();
  const keys = [{ createdAt: ago(60) }, { createdAt: ago(60) }];
  const made = sandbox.account.createUser({ name: 'alice', createdAt: ago(200), keys }).keys;
  sandbox.account.use(made[1]?.accessKeyId ?? '', { at: ago(1) });

  const { findings } = await audit();

  expect(findings.filter(({ rule }) => rule === 'AK-11').map(({ keyId }) => keyId)).toEqual([made[0]?.accessKeyId]);
});

describe('a claim in AWS', () => {
  const claimed = async (value: string) => {
    const { sandbox, audit } = await openAudit();
    sandbox.account.createUser({
      name: 'alice',
      createdAt: ago(200),
      tags: { owner: 'ann', 'keyturn:claim:r-1': value },
      keys: [{ createdAt: ago(20) }, { createdAt: ago(2) }],
    });
    return rulesByUser(await audit()).alice;
  };

  test('counts as an open rotation', async () => {
    expect(await claimed(`since=${ago(2)} n=2 step=createKey at=${ago(2)}`)).toBeUndefined();
  });

  test('counts even where it cannot be read', async () => {
    expect(await claimed('who knows')).toBeUndefined();
  });

  test('counts no more once it was given back', async () => {
    expect(await claimed(`released ${ago(1)}`)).toEqual(['AK-04', 'AK-07']);
  });
});

describe('events', () => {
  test('who made a key, and who brought one back, is told of the key', async () => {
    const { sandbox, iam, audit } = await openAudit();
    const [old] = sandbox.account.createUser({
      name: 'alice',
      createdAt: ago(200),
      tags: { owner: 'ann' },
      keys: [{ createdAt: ago(30), status: 'Inactive' }],
    }).keys;
    const { AccessKey: made } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
    const back = { UserName: 'alice', AccessKeyId: old?.accessKeyId, Status: 'Active' } as const;
    await iam.send(new UpdateAccessKeyCommand(back));

    const { findings } = await audit();

    const by = 'arn:aws:iam::123456789012:user/administrator';
    expect(findings.filter(({ rule }) => ['AK-31', 'AK-33'].includes(rule))).toMatchObject([
      { rule: 'AK-31', user: 'alice', keyId: made?.AccessKeyId, evidence: { event: { by, source: '127.0.0.1' } } },
      { rule: 'AK-33', user: 'alice', keyId: old?.accessKeyId, evidence: { event: { by, status: 'Active' } } },
    ]);
  });

  test('a refused attempt changed nothing', async () => {
    const { sandbox, audit, userWith } = await openAudit();
    sandbox.account.createUser({ name: 'alice', tags: { owner: 'ann' }, keys: [{}] });
    const mallory = userWith('mallory');
    await mallory.iam.send(new CreateAccessKeyCommand({ UserName: 'alice' })).catch(() => {});

    expect(rulesOf(await audit(), 'alice')).toEqual(['AK-34']);
  });
});

describe('where keyturn is deployed', () => {
  const deployed = async () => {
    const opened = await openAudit();
    const { account, url } = opened.sandbox;
    const { arn } = account.createRole({
      name: 'Keyturn-createKey',
      path: '/keyturn/',
      policies: [{ Version: '2012-10-17', Statement: [everything] }],
    });
    const sts = new STSClient({ endpoint: url, region: 'us-east-1', credentials: opened.sandbox.credentials });
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'r-1' }));
    const iam = new IAMClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    });
    const keys = [{ createdAt: ago(30) }];
    account.createUser({ name: 'alice', createdAt: ago(200), tags: { owner: 'ann' }, keys });
    return { ...opened, keyturn: iam };
  };

  test('keys that its roles made are nobody’s finding, those that anybody else made are', async () => {
    const { sandbox, iam, keyturn, audit } = await deployed();
    sandbox.account.createUser({ name: 'bob', createdAt: ago(200), tags: { owner: 'ann' } });
    await keyturn.send(new CreateAccessKeyCommand({ UserName: 'alice' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }));

    const said = await audit();

    expect(rulesOf(said, 'alice').filter((rule) => rule.startsWith('AK-3'))).toEqual(['AK-34']);
    expect(said.findings.filter(({ rule }) => rule === 'AK-32')).toMatchObject([
      { user: 'bob', keyId: AccessKey?.AccessKeyId },
    ]);
  });

  test('keys that anybody else deactivated or deleted are told, too', async () => {
    const { sandbox, iam, keyturn, audit } = await deployed();
    const [key] = sandbox.account.snapshot().alice?.keys ?? [];
    const inactive = { UserName: 'alice', AccessKeyId: key?.id ?? '', Status: 'Inactive' } as const;
    await keyturn.send(new UpdateAccessKeyCommand({ ...inactive, Status: 'Active' }));
    await iam.send(new UpdateAccessKeyCommand(inactive));

    const said = await audit();

    expect(said.findings.filter(({ rule }) => rule === 'AK-33')).toMatchObject([
      {
        user: 'alice',
        keyId: key?.id,
        title: `${key?.id} of alice was deactivated by arn:aws:iam::123456789012:user/administrator`,
      },
    ]);
    expect(said.tail.notLookedAt).toEqual([]);
  });

  test('and where it is not, the audit says that it did not look for them', async () => {
    const { audit } = await openAudit();

    expect((await audit()).tail.notLookedAt).toEqual([
      {
        what: 'AK-32, a key was made outside of keyturn',
        why: "it needs keyturn's own roles: keyturn is not deployed in this account",
        permission: null,
      },
      {
        what: 'AK-33, a key was switched outside of keyturn',
        why: 'keyturn is not deployed in this account, so only keys that came back were looked for',
        permission: null,
      },
    ]);
  });
});

describe('the id of a finding', () => {
  const idsBy = ({ findings }: Said, user: string) =>
    Object.fromEntries(
      findings
        .filter((one) => one.user === user)
        .map(({ rule, id, evidence }) => [`${rule} ${evidence.createdAt ?? ''} ${evidence.lastUsedAt ?? ''}`, id]),
    );

  test('is the same with key ids, without them, and without the report', async () => {
    const { sandbox, audit } = await openAudit();
    const [old, newer] = sandbox.account.createUser({
      name: 'alice',
      createdAt: ago(300),
      keys: [
        { accessKeyId: 'AKIAZZZZZZZZZZZZZZZZ', createdAt: ago(200) },
        { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', createdAt: ago(100) },
      ],
    }).keys;
    sandbox.account.use(old?.accessKeyId ?? '', { at: ago(80) });
    sandbox.account.use(newer?.accessKeyId ?? '', { at: ago(70) });

    const byReport = idsBy(await audit({ ids: 'never' }), 'alice');
    const withIds = idsBy(await audit(), 'alice');
    const fresh = idsBy(await audit({ fresh: true }), 'alice');

    expect(Object.keys(byReport).map((name) => name.slice(0, 5))).toEqual([
      'AK-02',
      'AK-02',
      'AK-04',
      'AK-07',
      'AK-10',
      'AK-10',
    ]);
    expect(withIds).toMatchObject(byReport);
    expect(fresh).toMatchObject(byReport);
    expect(new Set(Object.values(withIds)).size).toBe(Object.keys(withIds).length);
  });

  test('tells two keys of one second apart, however it was asked', async () => {
    const { sandbox, audit } = await openAudit();
    const [later, first] = sandbox.account.createUser({
      name: 'alice',
      createdAt: ago(300),
      keys: [
        { accessKeyId: 'AKIAZZZZZZZZZZZZZZZZ', createdAt: ago(100) },
        { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', createdAt: ago(100) },
      ],
    }).keys;
    sandbox.account.use(later?.accessKeyId ?? '', { at: ago(80) });
    sandbox.account.use(first?.accessKeyId ?? '', { at: ago(70) });

    const byReport = idsBy(await audit({ ids: 'never' }), 'alice');

    expect(new Set(Object.values(byReport)).size).toBe(6);
    expect(idsBy(await audit(), 'alice')).toMatchObject(byReport);
  });

  test('stays as long as the key does, and a new key has another', async () => {
    const { sandbox, audit, clock } = await openAudit();
    const [key] = sandbox.account.createUser({
      name: 'alice',
      createdAt: ago(300),
      keys: [{ createdAt: ago(100) }],
    }).keys;
    const tooOld = async () =>
      (await audit()).findings.filter(({ rule, user }) => rule === 'AK-02' && user === 'alice').map(({ id }) => id);
    const today = await tooOld();

    await clock.advance(86_400_000);
    const tomorrow = await tooOld();
    sandbox.account.deleteKey(key?.accessKeyId ?? '');
    sandbox.account.createKey('alice', { createdAt: ago(99) });
    await clock.advance(86_400_000);

    expect(tomorrow).toEqual(today);
    expect(await tooOld()).not.toEqual(today);
  });
});

describe('exemptions', () => {
  const yaml = (until: string) =>
    `exemptions:\n  - { user: alice, reason: the vendor has until spring, until: '${until}' }\n`;
  const old = async (until: string) => {
    const { sandbox, audit } = await openAudit();
    sandbox.account.createUser({
      name: 'alice',
      createdAt: ago(200),
      tags: { owner: 'ann', 'keyturn:exempt': 'true' },
      keys: [{ createdAt: ago(100) }],
    });
    const { findings } = await audit({ yaml: yaml(until) });
    return findings.filter(({ user, rule }) => user === 'alice' && ['AK-02', 'AK-43'].includes(rule));
  };

  test('S27 one of the policy file mutes, to the end of its last day', async () => {
    expect(await old('2026-12-06')).toMatchObject([
      { rule: 'AK-02', status: 'MUTED', muted: { reason: 'the vendor has until spring', until: '2026-12-06' } },
    ]);
  });

  test('S27 an ended one mutes nothing, nor does a tag', async () => {
    expect(await old('2026-12-05')).toMatchObject([
      { rule: 'AK-02', status: 'OPEN' },
      { rule: 'AK-43', status: 'OPEN' },
    ]);
  });
});

test('where only the report is wanted, what it cannot tell is named', async () => {
  const { sandbox, audit } = await openAudit();
  sandbox.account.createUser({ name: 'alice', createdAt: ago(200), keys: [{ createdAt: ago(100) }] });

  const { findings, tail } = await audit({ ids: 'never' });

  expect(sandbox.requests.map(({ operation }) => operation)).not.toContain('ListAccessKeys');
  expect(findings.find(({ rule, user }) => rule === 'AK-02' && user === 'alice')).toMatchObject({
    keyId: null,
    evidence: { slot: 1 },
  });
  expect(tail.complete).toBe(true);
  expect(tail.notLookedAt.map(({ what }) => what.slice(0, 5))).toEqual([
    'AK-05',
    'AK-14',
    'AK-15',
    'AK-20',
    'AK-21',
    'AK-31',
    'AK-32',
    'AK-33',
    'AK-34',
    'AK-40',
    'AK-42',
    'AK-44',
  ]);
});

test('a report that breaks off is none, and everybody is asked for instead', async () => {
  const { sandbox, audit } = await openAudit();
  sandbox.account.createUser({ name: 'alice', createdAt: ago(200), keys: [{ createdAt: ago(100) }] });
  sandbox.fault({ operation: 'GetCredentialReport', call: 'every', kind: 'error500' });

  const said = await audit();

  expect(said.tail.incomplete).toMatchObject([{ what: 'the credential report' }]);
  expect(rulesByUser(said).alice).toContain('AK-02');
});

describe('an interrupted audit', () => {
  test('says what it knows by the report, and that this is not all', async () => {
    const { sandbox, audit } = await openAudit();
    for (let count = 0; count < 20; count++) {
      sandbox.account.createUser({ name: `user-${count}`, createdAt: ago(200), keys: [{ createdAt: ago(100) }] });
    }
    const person = new AbortController();
    sandbox.onRequest(({ operation, phase }) => {
      if (operation === 'ListAccessKeys' && phase === 'before') person.abort();
    });

    const { findings, tail } = await audit({ signal: person.signal });

    const old = findings.filter(({ rule, user }) => rule === 'AK-02' && user.startsWith('user-'));
    expect(old).toHaveLength(20);
    expect(tail.complete).toBe(false);
    expect(tail.incomplete[0]?.why).toContain('interrupted');
  });

  test('before it knew anything has a head and a tail all the same', async () => {
    const { sandbox, audit } = await openAudit({ reportDelay: 60_000 });
    const person = new AbortController();
    sandbox.onRequest(({ operation }) => {
      if (operation === 'GenerateCredentialReport') person.abort(new Error('enough'));
    });

    const { head, findings, tail } = await audit({ signal: person.signal });

    expect(head.account).toBe('123456789012');
    expect(findings).toEqual([]);
    expect(tail).toMatchObject({ complete: false });
    expect(tail.incomplete.every(({ why }) => why.startsWith('interrupted'))).toBe(true);
  });
});
