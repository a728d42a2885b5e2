// keyturn who: who uses a key, in words and as JSON, and what it could not see.
import { describe, expect, test } from 'vitest';
import type { UseArrangement } from '../../src/sandbox/index.ts';
import { allBut, type DeskOptions, openDesk, type RunOptions } from '../support/cli.ts';
import { printed, without } from '../support/printed-policy.ts';
import { errorShape } from '../support/shape.ts';

const ofTheShop: UseArrangement = {
  service: 'ec2',
  operation: 'DescribeInstances',
  region: 'eu-west-1',
  source: '203.0.113.7',
  agent: 'Boto3/1.42.0 md/Botocore#1.42.0',
};

async function openUse(options: DeskOptions = {}) {
  const desk = await openDesk(options);
  const id = desk.ids[0] ?? '';
  return {
    ...desk,
    id,
    use: (arrangement: UseArrangement = {}) =>
      desk.account.use(id, { ...ofTheShop, at: '2026-12-05T10:00:00Z', ...arrangement }),
    who: async (rest = '', run: RunOptions = {}) => {
      const { code, stdout, stderr } = await desk.run(`who ${id} --json ${rest}`, run);
      return { code, stderr, found: JSON.parse(stdout) };
    },
  };
}

describe('keyturn who', () => {
  test('tells the callers in the region in force and in that of IAM, and the last use', async () => {
    const { id, use, who } = await openUse();
    use({ at: '2026-12-01T10:00:00Z', error: 'UnauthorizedOperation' });
    use({ at: '2026-12-05T10:00:00Z' });
    use({ region: 'us-east-1', service: 'iam', operation: 'ListUsers', at: '2026-12-04T10:00:00Z' });
    use({ region: 'ap-south-1' });

    const { code, found } = await who();

    expect(code).toBe(0);
    expect(found).toEqual({
      key: id,
      user: 'alice',
      lastUsed: { at: '2026-12-06T09:00:00Z', service: 's3', region: 'us-east-1' },
      callers: [
        {
          source: '203.0.113.0/24',
          agent: 'boto3',
          service: 'ec2',
          region: 'eu-west-1',
          role: null,
          first: '2026-12-01T10:00:00Z',
          last: '2026-12-05T10:00:00Z',
          count: 2,
          errors: 1,
        },
        expect.objectContaining({ service: 'iam', region: 'us-east-1', count: 1 }),
      ],
      blindSpots: expect.arrayContaining([
        { what: 'every region but eu-west-1, us-east-1', why: 'only these were asked', permission: null },
      ]),
      complete: true,
    });
  });

  test('says it in words, the key shortened, and how far it is on standard error', async () => {
    const { id, use, run } = await openUse();
    const role = 'arn:aws:iam::123456789012:role/deploy';
    use({ at: '2026-12-01T10:00:00Z', error: 'UnauthorizedOperation' });
    use({ service: 'sts', operation: 'AssumeRole', request: { roleArn: role } });

    const { code, stdout, stderr } = await run(`who ${id}`);

    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      `AKIA…${id.slice(-4)} of alice: last used 2026-12-06T09:00:00Z, for s3 in us-east-1`,
      'calls since 2026-09-07T10:00:00Z',
      `  boto3 from 203.0.113.0/24: sts in eu-west-1, for sessions of ${role}, 1 call, 2026-12-05T10:00:00Z`,
      '  boto3 from 203.0.113.0/24: ec2 in eu-west-1, 1 call, 1 refused, 2026-12-01T10:00:00Z',
      'not seen',
      expect.stringContaining('  calls on data'),
    ]);
    expect(stdout).not.toContain(id);
    expect(stderr.split('\n').sort()).toEqual(['', '  eu-west-1: 2 calls', '  us-east-1: 0 calls']);
  });

  test('that finds no call says so, and what it may have missed', async () => {
    const { id, run } = await openUse({ lastUsed: null });

    const { code, stdout } = await run(`who ${id} --quiet`);

    expect(code).toBe(0);
    expect(stdout).toContain(': no last use is known\nno call since 2026-09-07T10:00:00Z was found\nnot seen\n');
    for (const spot of [
      'calls on data',
      'sessions made from the key',
      'last minutes',
      'every region but',
      'inactive',
    ]) {
      expect(stdout).toContain(spot);
    }
  });

  test('changes nothing and leaves no state', async () => {
    const { use, who, changes, stateFiles } = await openUse();
    use();

    await who('--regions all');

    expect([changes(), stateFiles()]).toEqual([[], null]);
  });

  test('S36 shows nothing that would steer a terminal', async () => {
    const { id, use, run } = await openUse();
    use({ source: 'a\u001b[2Jb', agent: '\u202egpj/1', error: '\u009b' });
    use({ service: 'sts', operation: 'AssumeRole', request: { roleArn: 'arn:\u001b]0;x\u0007' } });

    const { stdout } = await run(`who ${id}`);

    expect(stdout).toContain('unknown from a\\u{1b}[2Jb: ec2');
    expect(stdout).toContain('for sessions of arn:\\u{1b}]0;x\\u{7}');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('--regions', () => {
  test('all asks each region that is enabled, and misses none then', async () => {
    const { use, who, sandbox } = await openUse();
    use({ region: 'ap-south-1' });

    const { code, found } = await who('--regions all');

    expect([code, found.complete, found.callers.length]).toEqual([0, true, 1]);
    expect(sandbox.requests.filter(({ operation }) => operation === 'LookupEvents').length).toBe(17);
    expect(JSON.stringify(found.blindSpots)).not.toContain('every region but');
  });

  test('names the ones to ask, each once', async () => {
    const { use, who, sandbox } = await openUse();
    use({ region: 'ap-south-1' });
    use({ region: 'eu-west-1' });

    const { found } = await who('--regions ap-south-1,eu-north-1,ap-south-1');

    expect(found.callers.map(({ region }: { region: string }) => region)).toEqual(['ap-south-1']);
    expect(sandbox.requests.filter(({ operation }) => operation === 'LookupEvents').length).toBe(2);
  });

  test('of another partition begin where its IAM is', async () => {
    const { id, run } = await openUse();

    const { stdout } = await run(`who ${id} --region cn-northwest-1`);

    expect(stdout).toContain('every region but cn-northwest-1, cn-north-1');
  });
});

describe('--since', () => {
  test.each(['2d', 'P2D', '2026-12-04', '2026-12-04T10:00:00Z'])('%s leaves out what was before', async (since) => {
    const { use, who } = await openUse();
    use({ at: '2026-12-03T10:00:00Z' });
    use({ at: '2026-12-05T10:00:00Z' });

    const { found } = await who(`--since ${since}`);

    expect(found.callers).toMatchObject([{ first: '2026-12-05T10:00:00Z', count: 1 }]);
  });
});

describe('what is missing is no pass:', () => {
  test('where CloudTrail may not be asked', async () => {
    const { id, who, run } = await openUse({ policies: allBut('cloudtrail:LookupEvents') });

    const { code, found } = await who();
    const { stdout } = await run(`who ${id}`);

    expect([code, found.complete, found.user]).toEqual([4, false, 'alice']);
    expect(stdout).toContain('\nINCOMPLETE: not all that was asked for could be read\nnot seen\n');
    expect(stdout).toContain('; allow cloudtrail:LookupEvents\n');
  });

  test('where the regions may not be asked for', async () => {
    const { id, run } = await openUse({ policies: allBut('ec2:DescribeRegions') });

    const { code, json } = await run(`who ${id} --regions all --json`);

    expect(code).toBe(3);
    expect(json().error.message).toContain('ec2:DescribeRegions is denied');
  });

  test('after Ctrl-C, which prints what is known by then', async () => {
    const { sandbox, use, who } = await openUse();
    const interrupt = new AbortController();
    for (let count = 0; count < 60; count++) use();
    sandbox.onRequest(({ phase, params }) => {
      if (phase === 'before' && params.NextToken !== undefined) interrupt.abort();
    });

    const { code, found } = await who('--regions eu-west-1', { interrupt });

    expect([code, found.complete]).toEqual([130, false]);
    expect(found.callers).toMatchObject([{ count: 50 }]);
    expect(found.blindSpots).toContainEqual(expect.objectContaining({ why: 'interrupted' }));
  });
});

describe('the wizard at the watch', () => {
  const goOn = [
    ['A rotation is open.', '\r'],
    ['Nothing to do for', '\u001b[B\r'],
    [/attempts while[\s\S]*Nothing to do for/, '\r'],
  ] as const;

  test('shows who still uses the old key, where somebody does, and asks again', async () => {
    const { id, use, run, waiting, pass, left } = await openUse();
    use({ at: '2026-12-06T09:30:00Z', agent: 'rclone/v1.71.0' });
    await waiting();
    await pass(60);
    use({ at: '2026-12-08T02:00:00Z', region: 'ap-south-1' });

    const { code, stderr } = await run('', { answers: goOn });

    expect(code).toBe(0);
    expect(stderr).toContain(
      `  AKIA…${id.slice(-4)} of alice: last used 2026-12-08T02:00:00Z, for ec2 in ap-south-1\n`,
    );
    expect(stderr).toContain('  boto3 from 203.0.113.0/24: ec2 in ap-south-1, 1 call, 2026-12-08T02:00:00Z\n');
    expect(stderr).not.toContain('rclone');
    expect(stderr).toContain('to go on by hand');
    expect(left().keys).toEqual(['old Active', 'new Active']);
  });

  test('says why where nobody may look, and asks again', async () => {
    const { use, run, waiting, pass } = await openUse({ policies: allBut('cloudtrail:LookupEvents') });
    await waiting();
    await pass(60);
    use({ at: '2026-12-08T02:00:00Z' });

    const { code, stderr } = await run('', { answers: goOn });

    expect(code).toBe(0);
    expect(stderr).toContain('INCOMPLETE');
    expect(stderr).toContain('; allow cloudtrail:LookupEvents');
  });

  test('offers it to nobody while the old key is silent', async () => {
    const { run, waiting } = await openUse();
    await waiting();

    const { stderr } = await run('', { answers: [goOn[0], ['Nothing to do for', '\r']] });

    expect(stderr).toContain('come back later');
    expect(stderr).not.toContain('who still uses');
  });
});

test('S32 with exactly the printed policy it tells all, and each action of it is needed', async () => {
  const policy = await printed('policy who');
  const desk = await openUse({ policies: [policy] });
  desk.use();

  const { code, found } = await desk.who('--regions all');

  expect([code, found.complete, found.callers.length]).toEqual([0, true, 1]);
  for (const action of ['iam:GetAccessKeyLastUsed', 'cloudtrail:LookupEvents', 'ec2:DescribeRegions']) {
    const less = await openUse({ policies: [without(action, policy)] });
    expect((await less.run(`who ${less.id} --regions all --json`)).code).toBeGreaterThan(2);
  }
});

describe('is refused, with nothing asked:', () => {
  test.each([
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'that is no id of a long-term access key'],
    ['ASIAIOSFODNN7EXAMPLE', 'that is no id of a long-term access key'],
    ['', "missing required argument 'key'"],
    ['AKIAIOSFODNN7EXAMPLE --since 91d', "--since: CloudTrail's event history goes back 90 days"],
    ['AKIAIOSFODNN7EXAMPLE --since 2026-13-01', '--since: "2026-13-01" is no instant'],
    ['AKIAIOSFODNN7EXAMPLE --since 2026-12-07', '--since: "2026-12-07" is still to come'],
    ['AKIAIOSFODNN7EXAMPLE --since often', '--since: "often" is not a duration'],
    ['AKIAIOSFODNN7EXAMPLE --regions eu-west-1,everywhere', '--regions: "everywhere" is no region'],
    ['AKIAIOSFODNN7EXAMPLE --regions ,', '--regions: "" is no region'],
  ])('%s', async (rest, message) => {
    const { run, sandbox } = await openDesk();

    const { code, json } = await run(`who ${rest} --json`);

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toContain(message);
    expect(json().error.message).not.toContain('wJalr');
    expect(sandbox.requests).toEqual([]);
  });
});
