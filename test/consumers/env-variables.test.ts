// Two variables in a text: which names hold a key, which lines name it, and what stands for a pair.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import {
  defaultNames,
  lookAtVariables,
  namesHolding,
  otherLinesNaming,
  withVariables,
} from '../../src/consumers/env-variables.ts';
import { ConsumerError } from '../../src/errors.ts';

const keyId = 'AKIAOLDOLDOLDOLDOLD1';
const pairLines = `AWS_ACCESS_KEY_ID=${keyId}\nAWS_SECRET_ACCESS_KEY=x\n`;

test.each([
  ['nothing', '', []],
  ['another key', 'AWS_ACCESS_KEY_ID=AKIASTRANGESTRANGER3\nAWS_SECRET_ACCESS_KEY=x\n', []],
  ['the key without a secret', `S3_KEY_ID=${keyId}\n`, []],
  ['the key under a name that tells no secret’s', `XYZABC=${keyId}\nXYZ_SECRET=x\n`, []],
  ['the key under the usual names', pairLines, [['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']]],
  [
    'the key as some readers alone find it',
    `S3_KEY_ID: ${keyId}\nS3_SECRET_KEY: x\n`,
    [['S3_KEY_ID', 'S3_SECRET_KEY']],
  ],
  [
    'the key in several, and others beside it',
    `app_id=${keyId}\napp_secret=x\nOTHER_ID=1\nOTHER_SECRET=2\n${pairLines}MINIO_ACCESS_KEY=${keyId}\nMINIO_SECRET_KEY=x\n`,
    [
      ['app_id', 'app_secret'],
      ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      ['MINIO_ACCESS_KEY', 'MINIO_SECRET_KEY'],
    ],
  ],
])('%s', (_, text, names) => {
  expect(namesHolding(text, keyId).map(({ id, secret }) => [id, secret])).toEqual(names);
});

test('lines that name the key are those of other variables, whatever is said behind them', () => {
  const text = `# ${keyId}\n  # ${keyId}\n${pairLines}A=${keyId} # old\nB=1 # ${keyId}\nC=#${keyId}\nD=2\n`;

  expect(otherLinesNaming(text, keyId, defaultNames)).toEqual([5, 6, 7]);
});

test.each([
  [`AWS_ACCESS_KEY_ID="${keyId}"\nAWS_SECRET_ACCESS_KEY="it's"\n`, "it's"],
  [`AWS_ACCESS_KEY_ID='${keyId}'\nAWS_SECRET_ACCESS_KEY='say "it"' # so\n`, 'say "it"'],
])('quotes hold other quotes: %j', (text, secret) => {
  expect(lookAtVariables(text, defaultNames, '.env')).toMatchObject({ holds: keyId, notes: [] });
  expect(lookAtVariables(text, defaultNames, '.env').pair?.reveal()).toBe(secret);
});

test.each([
  ['that a reader alone finds', `A=1\rAWS_SESSION_TOKEN=hush\n${pairLines}`, ' (AWS_SESSION_TOKEN)'],
  ['over whose blank node reads the next line', `AWS_SESSION_TOKEN=  \nA=1\n${pairLines}`, ' (AWS_SESSION_TOKEN)'],
  ['in a value of several lines', `A="1\nAWS_SESSION_TOKEN=hush\n"\n${pairLines}`, ', in line 2'],
])('a session token %s is refused', (_, text, where) => {
  const looking = () => lookAtVariables(text, defaultNames, '.env');

  expect(looking).toThrow(ConsumerError);
  expect(looking).toThrow(expect.objectContaining({ message: `.env has a session token${where}` }));
});

test.each(['', "''", '""', '``', '  "" ', '""  # none', '  # none', '#none'])(
  'an empty session token is none: %j',
  (token) => {
    const text = `${pairLines}AWS_SESSION_TOKEN=${token}\nA=1\n`;

    expect(lookAtVariables(text, defaultNames, '.env').holds).toBe(keyId);
  },
);

test('of variables with names of their own nobody knows the token’s', () => {
  const names = { id: 'ACCESS_KEY_ID_B', secret: 'SECRET_B' };
  const text = `ACCESS_KEY_ID_B=${keyId}\nSECRET_B=x\nSESSION_TOKEN_B=y\n`;

  expect(lookAtVariables(text, names, '.env').holds).toBe(keyId);
});

test('a pair that reads back as none is not written', () => {
  const writing = () => withVariables(pairLines, defaultNames, new KeyPair('', ''), '.env');

  expect(writing).toThrow(ConsumerError);
  expect(writing).toThrow('the new key pair cannot be written to .env: it would read back as another');
});
