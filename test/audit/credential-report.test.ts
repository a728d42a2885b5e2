// The credential report: asked for with patience, and read as strictly as it can be without breaking on what AWS adds.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { credentialReport, rowsOf } from '../../src/audit/credential-report.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

const header =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
  'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,' +
  'access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,' +
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';
const alice =
  'alice,arn:aws:iam::123456789012:user/alice,2020-01-02T03:04:05Z,false,N/A,N/A,N/A,false,' +
  'true,2026-09-11T13:14:53+00:00,2026-12-01T10:00:00Z,eu-west-1,s3,FALSE,N/A,N/A,N/A,N/A,false,N/A,false,N/A';

describe('a row', () => {
  test('gives what AWS knows, and null for the rest', () => {
    const [row] = rowsOf(`${header}\n${alice}`);

    expect(row).toMatchObject({
      user: 'alice',
      arn: 'arn:aws:iam::123456789012:user/alice',
      isRoot: false,
      createdAt: '2020-01-02T03:04:05Z',
      passwordEnabled: false,
      passwordLastUsed: null,
      passwordLastChanged: null,
      mfa: false,
      keys: [
        {
          active: true,
          lastRotated: '2026-09-11T13:14:53Z',
          lastUsedAt: '2026-12-01T10:00:00Z',
          lastUsedRegion: 'eu-west-1',
          lastUsedService: 's3',
        },
        { active: false, lastRotated: null, lastUsedAt: null, lastUsedRegion: null, lastUsedService: null },
      ],
      additional: null,
    });
  });

  test('of root says so, whatever is not supported', () => {
    const root =
      '<root_account>,arn:aws:iam::123456789012:root,2019-01-01T00:00:00+00:00,not_supported,no_information,not_supported,' +
      'not_supported,true,true,2019-01-01T00:00:00Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A';

    const [row] = rowsOf(`${header}\n${root}`);

    expect(row).toMatchObject({
      isRoot: true,
      passwordEnabled: null,
      passwordLastUsed: null,
      keys: [{ active: true }, {}],
    });
  });

  test('may have columns that are not known yet, in any order', () => {
    const [row] = rowsOf(`something_new,${header},additional_credentials_info\n7,${alice},access_key_3`);

    expect(row).toMatchObject({
      user: 'alice',
      keys: [{ active: true }, { active: false }],
      additional: 'access_key_3',
    });
  });

  test('may hold a name with commas and quotes', () => {
    const rows = [...rowsOf(`${header}\n${alice.replace('alice', '"a,l""ice"')}\n${alice}\n`)];

    expect(rows.map(({ user }) => user)).toEqual(['a,l"ice', 'alice']);
  });
});

describe('no credential report', () => {
  test.each([
    ['nothing at all', '', 'has no column user'],
    ['a column is missing', header.replace(',arn,', ','), 'has no column arn'],
    ['a field too few', `${header}\nalice,arn`, 'has a row of 2 fields, and 22 columns'],
    ['a word for a time', `${header}\n${alice.replace('2026-12-01T10:00:00Z', 'yesterday')}`, 'where a time belongs'],
    ['a word for a truth', `${header}\n${alice.replace('FALSE', 'maybe')}`, 'neither true nor false'],
    ['a quote that does not end', `${header}\n"alice`, 'a quote in the wrong place'],
  ])('where %s', (_, text, message) => {
    expect(() => [...rowsOf(text)]).toThrow(message);
  });
});

describe('asking for it', () => {
  test('waits while AWS writes it', async () => {
    const { aws, clock, sandbox } = await open({ reportDelay: 7_000 });
    sandbox.account.createUser({ name: 'bob', keys: [{}] });

    const report = await credentialReport({ aws, clock });

    expect([...report.rows()].map(({ user }) => user)).toEqual(['<root_account>', 'administrator', 'bob']);
    expect(report.generatedAt).toBe('2026-12-06T10:00:00Z');
  });

  test('gives up before the function that waits for it is ended', async () => {
    const { aws, clock } = await open({ reportDelay: 3_600_000 });

    await expect(credentialReport({ aws, clock })).rejects.toThrow('AWS is still writing the credential report');
  });
});

async function open(settings: { reportDelay: number }) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const { sandbox } = await openSandbox({ clock, ...settings });
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  const given = { clock, version: '0', region: 'us-east-1', endpointUrl: sandbox.url };
  return { sandbox, clock, aws: createAws({ ...given, credentials }) };
}
