// What may stand in keyturn.yaml, and how a mistake is told: file, line, key, and what to write instead.
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { parsePolicy } from '../../src/policy/parse.ts';

function refusal(text: string): { message: string; hint: string | undefined } {
  try {
    parsePolicy(text, 'keyturn.yaml');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { message: error.message, hint: error.hint };
  }
  throw new Error('it was accepted');
}

describe('a policy file', () => {
  test('may set every key there is, for everybody or for some', () => {
    const settings = [
      'maxAge: 90d',
      'minAge: 0d',
      'quietFor: P7D',
      'grace: 2w',
      'watchLimit: 21d',
      'probeEvery: 90s',
      'freeSlot: AKIAIOSFODNN7EXAMPLE',
      'unproven: proceed',
      'vault: secretsmanager',
      'consumers: ["ssm:/app/key", "credentials-file:app@/etc/app"]',
      'probes: ["alarm:errors@eu-west-1", "http:https://example.com/health", "exec:./check"]',
      'notify: ["sns:arn:aws:sns:eu-west-1:123456789012:keys"]',
      'owner: app-team@example.com',
      'ownerDomains: [example.com, EXAMPLE.org]',
      'administrators: [deployer, break-glass@example.com]',
      'blackout: [{ from: 2026-12-20, until: 2027-01-03T06:00Z, reason: year end }, { days: [friday], from: 16:00, until: 24:00 }]',
      'stateMachine: arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:keyturn',
    ];
    const block = settings.map((line) => `  ${line}`).join('\n');
    const rule = settings.map((line) => `    ${line}`).join('\n');

    const { content } = parsePolicy(`defaults:\n${block}\nrules:\n  - user: [app, "app-*"]\n${rule}\n`, 'keyturn.yaml');

    expect(content.defaults).toMatchObject({
      maxAge: '90d',
      quietFor: 'P7D',
      unproven: 'proceed',
      vault: 'secretsmanager',
    });
    expect(Object.keys(content.defaults ?? {})).toHaveLength(17);
    expect(content.rules).toEqual([{ user: ['app', 'app-*'], ...content.defaults }]);
  });

  test.each([
    ['nothing at all', ''],
    ['only a comment', '# to be filled in\n'],
    ['an empty mapping', '{}'],
  ])('that holds %s says nothing', (_, text) => {
    expect(parsePolicy(text, 'keyturn.yaml')).toEqual({ file: 'keyturn.yaml', content: {}, lines: {} });
  });

  test('knows the line of every key and item', () => {
    const text = [
      'defaults:',
      '  quietFor: 7d',
      '  consumers:',
      '    - "ssm:/a"',
      '    - "ssm:/b"',
      'rules:',
      '  - user: ci',
      '    grace: 1d',
    ];

    expect(parsePolicy(text.join('\n'), 'keyturn.yaml').lines).toEqual({
      defaults: 1,
      'defaults.quietFor': 2,
      'defaults.consumers': 3,
      'defaults.consumers[0]': 4,
      'defaults.consumers[1]': 5,
      rules: 6,
      'rules[0]': 7,
      'rules[0].user': 7,
      'rules[0].grace': 8,
    });
  });
});

describe('a value that will not do is told with file, line and key:', () => {
  test.each([
    ['quietFor: soon', '"soon" is not a duration', 'write a whole number and a unit'],
    ['quietFor: 7', 'is not a duration', 'write it like quietFor: 7d'],
    ['quietFor:', 'is not a duration', 'write it like quietFor: 7d'],
    ['grace: 1mo', '"1mo" counts months or years', 'in days or weeks'],
    ['grace: 0s', '"0s" is too short', 'the shortest is 1s'],
    ['watchLimit: 400d', '"400d" is too long', 'the longest is 360d'],
    ['probeEvery: -1h', '"-1h" is not a duration', 'write a whole number and a unit'],
    ['maxAge: 0d', '"0d" is too short', 'the shortest is 1s'],
    ['minAge: [1d]', 'is not a duration', 'write it like minAge: 1d'],
    ['freeSlot: always', 'must be never, inactive, or the id of an inactive key', 'write it like freeSlot: never'],
    ['freeSlot: ASIAIOSFODNN7EXAMPLE', 'must be never, inactive, or the id', 'write it like freeSlot: never'],
    ['unproven: yes', 'must be one of ask, proceed', 'write it like unproven: ask'],
    ['vault: s3', 'must be one of file, secretsmanager', 'write it like vault: file'],
    ['consumers: ssm:/app', 'must be a list', 'write it like consumers: ["credentials-file:app"]'],
    ['notify: true', 'must be a list', 'write it like notify: ["sns:arn'],
    ['owner: ""', 'must be a text', 'write it like owner: app-team@example.com'],
    ['owner: 7', 'must be a text', 'write it like owner: app-team@example.com'],
    ['stateMachine: keyturn', 'must be the ARN of a state machine', 'write it like stateMachine: arn:aws:states:'],
  ])('%s', (line, message, hint) => {
    const key = line.slice(0, line.indexOf(':'));

    const inDefaults = refusal(`# ours\ndefaults:\n  ${line}\n`);
    const inRule = refusal(`rules:\n  - user: a\n    owner: me\n  - user: b\n    ${line}\n`);

    expect(inDefaults.message).toContain(`keyturn.yaml:3: defaults.${key}: ${message}`);
    expect(inDefaults.hint).toContain(hint);
    expect(inRule.message).toContain(`keyturn.yaml:5: rules[1].${key}: ${message}`);
  });

  test.each([
    [
      'consumers: ["ssm:/a", "credentials-file app"]',
      'consumers[1]',
      'must be KIND:PLACE, without a blank after the colon',
    ],
    ['consumers: [{ credentials-file: app }]', 'consumers[0]', 'must be KIND:PLACE, without a blank after the colon'],
    ['consumers: ["stdout:"]', 'consumers[0]', 'stdout: prints the secret, so only --to can ask for it'],
    ['probes: [5]', 'probes[0]', 'must be KIND:PLACE, without a blank after the colon'],
    ['ownerDomains: [localhost]', 'ownerDomains[0]', 'must be a domain, like example.com'],
    ['administrators: ["*"]', 'administrators[0]', 'must be the name of one user, not a pattern'],
    ['blackout: [december]', 'blackout[0]', 'must be a mapping of keys to values'],
    ['blackout: [{ from: 2026-12-20 }]', 'blackout[0].until', 'is missing'],
    ['blackout: [{ from: 2026-02-30, until: 2027-01-03 }]', 'blackout[0].from', 'must be a date like 2026-12-20'],
    ['blackout: [{ from: 2027-12-20, until: 2027-01-03 }]', 'blackout[0].from', 'from is later than until'],
    ['blackout: [{ from: 18:00, until: 20:00 }]', 'blackout[0].from', 'times need days'],
    [
      'blackout: [{ days: [friday], from: 2026-12-20, until: 2027-01-03 }]',
      'blackout[0].from',
      'with days, from and until are times',
    ],
    ['blackout: [{ days: [fri], from: 18:00, until: 20:00 }]', 'blackout[0].days[0]', 'must be one of monday, tuesday'],
  ])('%s', (line, path, message) => {
    expect(refusal(`defaults:\n  ${line}\n`).message).toContain(`keyturn.yaml:2: defaults.${path}: ${message}`);
  });
});

describe('a key that is not known is refused, with the nearest one that is:', () => {
  test.each([
    ['default: {}', '1: default', 'did you mean defaults?'],
    ['Rules: []', '1: Rules', 'did you mean rules?'],
    ['maxAge: 90d', '1: maxAge', 'what is for everybody goes under defaults: maxAge'],
    ['max_age: 90d', '1: max_age', 'what is for everybody goes under defaults: maxAge'],
    ['nonsense: 1', '1: nonsense', 'the keys here are defaults, rules, exemptions'],
    ['defaults:\n  quietfor: 1d', '2: defaults.quietfor', 'did you mean quietFor?'],
    ['defaults:\n  qiuetFor: 1d', '2: defaults.qiuetFor', 'did you mean quietFor?'],
    ['defaults:\n  consumer: []', '2: defaults.consumer', 'did you mean consumers?'],
    ['defaults:\n  user: alice', '2: defaults.user', 'the keys here are maxAge, minAge'],
    ['defaults:\n  <<: {}', '2: defaults.<<', 'the keys here are maxAge, minAge'],
    ['defaults:\n  __proto__: {}', '2: defaults.__proto__', 'the keys here are maxAge, minAge'],
    [
      'defaults:\n  blackout:\n    - from: 2026-12-20\n      to: 2027-01-03',
      '4: defaults.blackout[0].to',
      'the keys here are from, until',
    ],
    ['rules:\n  - name: alice\n    grace: 1d', '2: rules[0].name', 'the keys here are user, path, tag'],
    ['rules:\n  - users: alice\n    grace: 1d', '2: rules[0].users', 'did you mean user?'],
    [
      'exemptions:\n  - user: alice\n    reason: r\n    untill: 2027-01-01',
      '4: exemptions[0].untill',
      'did you mean until?',
    ],
    [
      'exemptions:\n  - tag: { a: b }\n    reason: r\n    until: 2027-01-01',
      '2: exemptions[0].tag',
      'the keys here are user, key',
    ],
  ])('%j', (text, where, hint) => {
    const refused = refusal(text);

    expect(refused.message).toBe(`keyturn.yaml:${where}: there is no such key`);
    expect(refused.hint).toContain(hint);
  });
});

describe('a rule', () => {
  test.each([
    ['- grace: 1d', '2: rules[0]: matches nobody', 'what is for everybody goes under defaults'],
    ['- user: alice', '2: rules[0]: sets nothing', 'it may set maxAge'],
    ['- { tag: {}, grace: 1d }', '2: rules[0]: matches nobody', 'name a user'],
    ['- { user: [], grace: 1d }', '2: rules[0].user: must be a text or a list of texts', 'write it like user: "ci-*"'],
    ['- { user: 7, grace: 1d }', '2: rules[0].user: must be a text or a list of texts', 'write it like user: "ci-*"'],
    ['- { tag: prod, grace: 1d }', '2: rules[0].tag: must be a mapping', 'write it like tag: { tier: prod }'],
    ['- { tag: { tier: 1 }, grace: 1d }', '2: rules[0].tag.tier: must be a text', ''],
    ['- alice', '2: rules[0]: must be a mapping', 'write it like rules:'],
  ])('%s is refused', (line, message, hint) => {
    const refused = refusal(`rules:\n  ${line}\n`);

    expect(refused.message).toContain(`keyturn.yaml:${message}`);
    expect(refused.hint).toContain(hint);
  });

  test.each([
    'maxAge: 30d',
    'minAge: 1d',
    'probeEvery: 1m',
    'vault: file',
    'consumers: ["ssm:/stolen"]',
    'notify: ["sns:stolen"]',
    'owner: thief@example.com',
    'ownerDomains: [example.com]',
    'administrators: [thief]',
    'stateMachine: arn:aws:states:eu-west-1:123456789012:stateMachine:stolen',
  ])('S27 matched by a tag cannot set %s', (line) => {
    const key = line.slice(0, line.indexOf(':'));

    const refused = refusal(`rules:\n  - user: alice\n    tag: { tier: prod }\n    ${line}\n`);

    expect(refused.message).toBe(`keyturn.yaml:4: rules[0].${key}: a rule matched by a tag may not set this`);
    expect(refused.hint).toBe(
      'match by user or path; by a tag: quietFor, grace, watchLimit, freeSlot, unproven, probes, blackout',
    );
  });

  test.each(['unproven: proceed', 'freeSlot: inactive', 'freeSlot: AKIAIOSFODNN7EXAMPLE'])(
    'S27 matched by a tag cannot set %s',
    (line) => {
      const key = line.slice(0, line.indexOf(':'));

      expect(refusal(`rules:\n  - tag: { tier: prod }\n    ${line}\n`).message).toBe(
        `keyturn.yaml:3: rules[0].${key}: a rule matched by a tag may only tighten`,
      );
    },
  );
});

describe('an exemption', () => {
  test.each([
    ['{ user: alice, until: 2027-01-31 }', '.reason: is missing', 'write it like reason: "replaced in May"'],
    ['{ user: alice, reason: " ", until: 2027-01-31 }', '.reason: must be a text', 'write it like reason'],
    ['{ user: alice, reason: r }', '.until: is missing', 'write it like until: 2027-05-31'],
    ['{ user: alice, reason: r, until: never }', '.until: must be a date like 2027-01-31', 'write it like until'],
    ['{ user: alice, reason: r, until: 2027-02-29 }', '.until: must be a date like 2027-01-31', 'write it like until'],
    ['{ user: alice, reason: r, until: 20270131 }', '.until: must be a date like 2027-01-31', 'write it like until'],
    ['{ reason: r, until: 2027-01-31 }', ': exempts nobody', 'name a user or a key'],
    ['{ user: "*", reason: r, until: 2027-01-31 }', '.user: must be the name of one user, not a pattern', ''],
    ['{ key: alice, reason: r, until: 2027-01-31 }', '.key: must be an access key id', 'write it like key: AKIA'],
  ])('%s is refused', (line, message, hint) => {
    const refused = refusal(`exemptions:\n  - ${line}\n`);

    expect(refused.message).toContain(`keyturn.yaml:2: exemptions[0]${message}`);
    expect(refused.hint).toContain(hint);
  });
});

describe('what is not YAML, or more than that, is refused with its line:', () => {
  test.each([
    ['defaults:\n  grace: 1d\n  grace: 2d', '3: the same key twice'],
    ['defaults: {}\n---\ndefaults: {}', '2: a second document begins here'],
    ['defaults:\n  owner: !env OWNER', '2: tags like !env are not known here'],
    ['defaults:\n\tgrace: 1d', '2: a tab stands where blanks must'],
    ['defaults:\n  grace: [1d', '2: this is not YAML'],
    ['defaults:\n  grace: *gone', '2: the alias *gone stands for nothing'],
    ['- defaults', '1: must be a mapping of keys to values'],
    ['90d', '1: must be a mapping of keys to values'],
  ])('%j', (text, message) => {
    expect(refusal(text).message).toContain(`keyturn.yaml:${message}`);
  });

  test('aliases that stand for more and more', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level++)
      lines.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );

    expect(refusal(lines.join('\n')).message).toBe('keyturn.yaml:1: the aliases in it stand for too much');
  });
});

test('of several mistakes the first is told, and the lines of the others', () => {
  const text = 'defaults:\n  grace: soon\n  vault: s3\nrules:\n  - user: alice\n    quietFor: later\n';

  expect(refusal(text)).toEqual({
    message: 'keyturn.yaml:2: defaults.grace: "soon" is not a duration',
    hint: expect.stringMatching(/; also wrong: line 3, 6$/),
  });
});

test('what is wrong with a place is told without the place, which may hold a password', () => {
  const text = 'defaults:\n  probes: ["//ops:hunter2@example.com"]\n';

  expect(JSON.stringify(refusal(text))).not.toContain('hunter2');
});
