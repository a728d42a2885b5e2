// The env-file consumer: what is changed, byte for byte, what its readers then read, and what is refused.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { envFile } from '../../src/consumers/env-file.ts';
import { ConsumerError } from '../../src/errors.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeFileConsumer } from './file-contract.ts';

const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'oldold/oldold+oldold');
const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew/newnewnew+newnewnew=');
const oldLines = 'AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1\nAWS_SECRET_ACCESS_KEY=oldold/oldold+oldold\n';

/** A folder with an env file of these bytes, given as latin1. */
function setUp(text: string | null, options = '') {
  const folder = temporaryFolder();
  const file = join(folder, '.env');
  if (text !== null) writeFileSync(file, text, 'latin1');
  return { folder, file, consumer: envFile.open(`${file}${options}`, replacement, consumerDeps()) };
}

async function refused(text: string, options?: string, oldKey?: string | null): Promise<string> {
  return (await refusal(text, options, oldKey)).message;
}

async function refusal(text: string, options = '', oldKey: string | null = oldPair.accessKeyId) {
  const { file, consumer } = setUp(text, options);
  const error = await consumer.preflight({ user: 'alice', oldKey }).catch((caught) => caught);
  expect(error).toBeInstanceOf(ConsumerError);
  expect(error.hint).toBeTruthy();
  expect(inspect(error, { depth: 9 })).not.toMatch(/oldold|hush/);
  await expect(consumer.write(newPair, oldKey)).rejects.toThrow(ConsumerError);
  expect(readFileSync(file, 'latin1')).toBe(text);
  return { message: error.message.replaceAll(file, '.env'), hint: error.hint };
}

describeFileConsumer({
  kind: envFile,
  place: (file) => file,
  text: (held) =>
    `# mine\r\nNAME="caf\xe9"\r\nexport AWS_ACCESS_KEY_ID="${held.accessKeyId}"\r\n\r\nMANY='1\r\n2'\r\nAWS_SECRET_ACCESS_KEY = ${held.reveal()} # mine\r\nX=1`,
  read: async (file) => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = parseEnv(readFileSync(file, 'utf8'));
    return id && secret ? new KeyPair(id, secret) : null;
  },
});

describe('two values change, and nothing else', () => {
  test.each([
    ['plain', 'AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n'],
    ['without a final newline', 'AWS_SECRET_ACCESS_KEY={secret}\nAWS_ACCESS_KEY_ID={id}'],
    ['in double quotes', 'AWS_ACCESS_KEY_ID="{id}"\nAWS_SECRET_ACCESS_KEY="{secret}"\n'],
    ['in single quotes', "AWS_ACCESS_KEY_ID='{id}'\nAWS_SECRET_ACCESS_KEY='{secret}'\n"],
    ['in backticks', 'AWS_ACCESS_KEY_ID=`{id}`\nAWS_SECRET_ACCESS_KEY=`{secret}`\n'],
    ['with export', 'export AWS_ACCESS_KEY_ID={id}\nexport  AWS_SECRET_ACCESS_KEY="{secret}"\n'],
    ['with blanks', '  AWS_ACCESS_KEY_ID = {id}  \n\tAWS_SECRET_ACCESS_KEY\t=\t"{secret}" \n'],
    ['with comments behind', 'AWS_ACCESS_KEY_ID={id}  # mine\nAWS_SECRET_ACCESS_KEY="{secret}" # "quoted"\n'],
    [
      'with old values in comments before',
      '# AWS_ACCESS_KEY_ID=AKIAX\n#AWS_SECRET_ACCESS_KEY=hush\nAWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n',
    ],
    ['with CRLF', '\r\nA=1\r\nAWS_ACCESS_KEY_ID={id}\r\nAWS_SECRET_ACCESS_KEY="{secret}"\r\nB=2'],
    ['with a byte order mark', '\xef\xbb\xbf# mine\nAWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n'],
    [
      'between values of several lines',
      'A="1\n2 # no comment\n3"\nAWS_ACCESS_KEY_ID={id}\nB=\'x\ny\'\nAWS_SECRET_ACCESS_KEY={secret}\nC=`1\n\n2`\n',
    ],
    [
      'among other words, bytes and references',
      'NAME=caf\xe9\xff\nURL=https://$HOST/#a\nJSON=\'{"a": "b"}\'\nAWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\nno setting\nMY_AWS_ACCESS_KEY_ID=1\nAWS_ACCESS_KEY_ID_2=2\n',
    ],
    [
      'with an empty session token',
      'AWS_ACCESS_KEY_ID={id}\nAWS_SESSION_TOKEN= # none\nAWS_SECRET_ACCESS_KEY={secret}\n',
    ],
  ])('%s', async (_, template) => {
    const before = template.replace('{id}', 'AKIAOLDOLDOLDOLDOLD1').replace('{secret}', 'oldold/oldold+oldold');
    const after = template
      .replace('{id}', 'AKIANEWNEWNEWNEWNEW2')
      .replace('{secret}', 'newnewnew/newnewnew+newnewnew=');
    const { file, consumer } = setUp(before);

    const { holds, pair, notes } = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });
    await consumer.write(newPair, oldPair.accessKeyId);
    const written = readFileSync(file, 'latin1');
    await consumer.restore(oldPair, newPair.accessKeyId);

    expect([holds, pair?.sameAs(oldPair), notes]).toEqual(['AKIAOLDOLDOLDOLDOLD1', true, []]);
    expect(written).toBe(after);
    expect(parseEnv(after.replace(/^\xef\xbb\xbf/, ''))).toMatchObject({
      AWS_ACCESS_KEY_ID: 'AKIANEWNEWNEWNEWNEW2',
      AWS_SECRET_ACCESS_KEY: 'newnewnew/newnewnew+newnewnew=',
    });
    expect(readFileSync(file, 'latin1')).toBe(before);
  });

  test('a shell that sources the file gets the new pair, too', async () => {
    const { file, consumer } = setUp(
      'export AWS_ACCESS_KEY_ID="AKIAOLDOLDOLDOLDOLD1" # mine\nAWS_SECRET_ACCESS_KEY=\'oldold/oldold+oldold\'\n',
    );

    await consumer.write(newPair, oldPair.accessKeyId);

    const script = '. "$1"; printf "%s %s" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"';
    const read = execFileSync('/bin/sh', ['-c', script, 'sh', file], { encoding: 'utf8' });
    expect(read).toBe('AKIANEWNEWNEWNEWNEW2 newnewnew/newnewnew+newnewnew=');
  });

  test('other names, where the spec gives them', async () => {
    const { file, consumer } = setUp(
      `APP_ID=AKIAOLDOLDOLDOLDOLD1\napp.secret=oldold/oldold+oldold\n${oldLines.replace(/OLD1/, 'OLD9')}AWS_SESSION_TOKEN=x\n`,
      '#id=APP_ID,secret=app.secret',
    );

    await consumer.write(newPair, oldPair.accessKeyId);

    expect(readFileSync(file, 'latin1')).toBe(
      `APP_ID=AKIANEWNEWNEWNEWNEW2\napp.secret=newnewnew/newnewnew+newnewnew=\n${oldLines.replace(/OLD1/, 'OLD9')}AWS_SESSION_TOKEN=x\n`,
    );
  });
});

describe('a first key', () => {
  const lines = 'AWS_ACCESS_KEY_ID=AKIANEWNEWNEWNEWNEW2\nAWS_SECRET_ACCESS_KEY=newnewnew/newnewnew+newnewnew=';

  test.each([
    ['at the end', 'A=1\n', `A=1\n${lines}\n`],
    ['at the end, in the style of the file', 'A=1\r\nB=2', `A=1\r\nB=2\r\n${lines.replace('\n', '\r\n')}`],
    ['to an empty file', '', `${lines}\n`],
    ['with a file of its own', null, `${lines}\n`],
    [
      'into empty values',
      'AWS_ACCESS_KEY_ID=""\nexport AWS_SECRET_ACCESS_KEY= # here\n',
      `AWS_ACCESS_KEY_ID="AKIANEWNEWNEWNEWNEW2"\nexport AWS_SECRET_ACCESS_KEY=newnewnew/newnewnew+newnewnew= # here\n`,
    ],
    [
      'into one empty value',
      'AWS_SECRET_ACCESS_KEY =\nA=1\n',
      `AWS_SECRET_ACCESS_KEY =newnewnew/newnewnew+newnewnew=\nA=1\nAWS_ACCESS_KEY_ID=AKIANEWNEWNEWNEWNEW2\n`,
    ],
  ])('is added %s', async (_, before, after) => {
    const { file, consumer } = setUp(before);

    const { holds, notes } = await consumer.preflight({ user: 'alice', oldKey: null });
    await consumer.write(newPair, null);

    expect(holds).toBeNull();
    expect(notes).toEqual([`AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY will be set in ${file}`]);
    expect(readFileSync(file, 'latin1')).toBe(after);
  });
});

describe('refused before any key is made', () => {
  const secret = 'AWS_SECRET_ACCESS_KEY=oldold/oldold+oldold\n';

  test.each([
    ['a name that is there twice', `${oldLines}A=1\n${oldLines}`, 'AWS_ACCESS_KEY_ID is twice in .env: lines 1 and 4'],
    [
      'a name that is there again, within a value of several lines',
      `${oldLines}A="1\nexport AWS_SECRET_ACCESS_KEY=hush\n"\n`,
      'AWS_SECRET_ACCESS_KEY is twice in .env: lines 2 and 4',
    ],
    [
      'a name within a value of several lines',
      `A="1\nAWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1\n"\n${secret}`,
      'line 2 of .env is malformed: node reads another value there than stands in it',
    ],
    [
      'a quote before that is not closed',
      `A="1\n${oldLines}B="2"\n`,
      'line 2 of .env is malformed: node reads another value there than stands in it',
    ],
    [
      'a colon',
      `AWS_ACCESS_KEY_ID: AKIAOLDOLDOLDOLDOLD1\n${secret}`,
      'line 1 of .env is malformed: node reads another value there than stands in it',
    ],
    [
      'a byte order mark right before the name',
      `\xef\xbb\xbf${oldLines}`,
      'line 1 of .env is malformed: node reads another value there than stands in it',
    ],
    [
      'a carriage return alone, which ends a line for some',
      `A=1\r${oldLines}`,
      'dotenv finds AWS_ACCESS_KEY_ID in .env, but no line there begins with it',
    ],
    [
      'a reference',
      `AWS_ACCESS_KEY_ID=\${KEY}\n${secret}`,
      'line 1 of .env is malformed: its value refers to another variable',
    ],
    [
      'a quote that is not closed',
      `AWS_ACCESS_KEY_ID="AKIAOLDOLDOLDOLDOLD1\n${secret}`,
      'line 1 of .env is malformed: a quote in it is not closed, or not opened at the beginning',
    ],
    [
      'a quote in the middle',
      `AWS_ACCESS_KEY_ID=AKIA"OLDOLDOLDOLDOLD1"\n${secret}`,
      'line 1 of .env is malformed: a quote in it is not closed, or not opened at the beginning',
    ],
    [
      'a backslash',
      `AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1\\\n${secret}`,
      'line 1 of .env is malformed: its readers take the backslash differently',
    ],
    [
      'a # right behind the value',
      `AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1#x\n${secret}`,
      'line 1 of .env is malformed: behind the value there may be a blank and a comment, and nothing else',
    ],
    [
      'a word behind the value',
      `AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1 x\n${secret}`,
      'line 1 of .env is malformed: behind the value there may be a blank and a comment, and nothing else',
    ],
    [
      'a word and a comment behind the value',
      `AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1 x # y\n${secret}`,
      'line 1 of .env is malformed: behind the value there may be a blank and a comment, and nothing else',
    ],
    ['a session token', `${oldLines}export AWS_SESSION_TOKEN=hush\n`, '.env has a session token, in line 3'],
    ['no secret', 'AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1\n', '.env has no AWS_SECRET_ACCESS_KEY'],
    ['an empty id', `AWS_ACCESS_KEY_ID=\n${secret}`, '.env has no AWS_ACCESS_KEY_ID'],
    ['neither', 'A=1\n', 'AWS_ACCESS_KEY_ID in .env holds no access key instead of the key AKIA…OLD1'],
    [
      'a secret where the id belongs',
      `AWS_ACCESS_KEY_ID=hush/hush+hush\n${secret}`,
      'AWS_ACCESS_KEY_ID in .env holds something that is no long-term access key id instead of the key AKIA…OLD1',
    ],
  ])('%s', async (_, text, message) => {
    expect(await refused(text)).toBe(message);
  });

  test.each([
    ['a # where the value would stand', 'AWS_ACCESS_KEY_ID=#x\n', /^line 1 .*: behind the value/],
    ['a blank, over which node reads the next line', 'AWS_ACCESS_KEY_ID= \nA=1\n', /^line 1 .*: node reads another/],
    ['a blank at the end, over which node would read the new line', 'A= \n', /^the new key pair cannot be written to/],
  ])('for a first key: %s', async (_, text, message) => {
    expect(await refused(text, '', null)).toMatch(message);
  });
});

test('S24 a key that another wrote is named with its variable, and stays', async () => {
  const { file, consumer } = setUp(
    oldLines.replaceAll('AWS_', 'APP_'),
    '#id=APP_ACCESS_KEY_ID,secret=APP_SECRET_ACCESS_KEY',
  );

  const error = await consumer.write(newPair, 'AKIASTRANGESTRANGER3').catch((caught) => caught);

  expect(error).toMatchObject({
    message: `APP_ACCESS_KEY_ID in ${file} holds the key AKIA…OLD1 instead of the key AKIA…GER3`,
    hint: 'it was changed by something else, and that change stays',
  });
});

describe('what to do is said with each refusal', () => {
  const secret = 'AWS_SECRET_ACCESS_KEY=oldold/oldold+oldold\n';
  const { accessKeyId } = oldPair;

  test.each([
    ['a name twice', `${oldLines}${oldLines}`, accessKeyId, 'which of them counts differs between readers: remove one'],
    ['a malformed line', `AWS_ACCESS_KEY_ID=a b\n${secret}`, accessKeyId, 'correct that line'],
    ['a name that only a reader sees', `A=1\r${oldLines}`, accessKeyId, 'put it on a line of its own'],
    ['a reference', `AWS_ACCESS_KEY_ID=$KEY\n${secret}`, accessKeyId, 'put the value itself there'],
    [
      'a session token',
      `${oldLines}AWS_SESSION_TOKEN=hush\n`,
      accessKeyId,
      'a long-term key does not work with it: remove it, or name another file',
    ],
    ['half a pair', secret, accessKeyId, 'put both values there, or none'],
    [
      'no key',
      'A=1\n',
      accessKeyId,
      'name the file and the variables that hold AKIA…OLD1: env-file:FILE#id=NAME,secret=NAME',
    ],
    ['a key where none is expected', oldLines, null, 'name a file or variables that hold none'],
    ['no room for a first key', 'A= \n', null, 'its last lines swallow what is added to them: correct those'],
  ])('%s', async (_, text, oldKey, hint) => {
    expect((await refusal(text, '', oldKey)).hint).toBe(hint);
  });

  test('no file', async () => {
    const { consumer } = setUp(null);

    const error = await consumer.preflight({ user: 'alice', oldKey: accessKeyId }).catch((caught) => caught);

    expect(error.hint).toBe('name another: env-file:FILE');
  });

  test('a pair that cannot be written', async () => {
    const { file, consumer } = setUp(oldLines);

    const error = await consumer.write(new KeyPair('AKIANEWNEWNEWNEWNEW2', 'a b'), accessKeyId).catch((one) => one);

    expect(error).toMatchObject({
      message: `the new key pair cannot be written to ${file}: it would read back as another`,
      hint: 'it is as it was',
    });
  });

  test('a key where none is expected is named', async () => {
    expect((await refusal(oldLines, '', null)).message).toBe(
      'AWS_ACCESS_KEY_ID in .env holds the key AKIA…OLD1 already',
    );
  });
});

test('says which other lines name the same key', async () => {
  const { file, consumer } = setUp(`# AKIAOLDOLDOLDOLDOLD1\n${oldLines}BACKUP_KEY_ID=AKIAOLDOLDOLDOLDOLD1\n`);

  const { notes } = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

  expect(notes).toEqual([`line 4 of ${file} names the same key, and stays as it is`]);
});

test.each([' #newnew', 'newnew ', 'new\nnew=1', 'new$new', '"newnew', 'new#new', ''])(
  'a secret that would read back as another is not written: %s',
  async (secret) => {
    const { file, consumer } = setUp(oldLines);

    const error = await consumer
      .write(new KeyPair('AKIANEWNEWNEWNEWNEW2', secret), oldPair.accessKeyId)
      .catch((caught) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect(inspect(error, { depth: 9 })).not.toContain('newnew');
    expect(readFileSync(file, 'latin1')).toBe(oldLines);
  },
);
