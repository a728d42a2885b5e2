import { readdirSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { profilesHolding, withPair } from '../../src/consumers/credentials-profile.ts';
import { ConsumerError } from '../../src/errors.ts';
import { bytes, newPair, oldPair, preflightError, preflightRefusal, readBySdk, setUp } from './credentials-folder.ts';

describe('the two values change and not one other byte', () => {
  const id = '{id}';
  const secret = '{secret}';
  const filled = (template: string, pair: KeyPair) =>
    template.replace(id, pair.accessKeyId).replace(secret, pair.reveal());

  const alike: [string, string][] = [
    ['a plain file', '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['the secret first', '[work]\naws_secret_access_key = {secret}\naws_access_key_id = {id}\n'],
    ['no white space', '[work]\naws_access_key_id={id}\naws_secret_access_key={secret}\n'],
    [
      'a lot of white space',
      '[work] \t\n\taws_access_key_id\t =  {id} \t \n\taws_secret_access_key=\t{secret}  \n\n\n',
    ],
    ['CRLF', '[work]\r\naws_access_key_id = {id}\r\naws_secret_access_key = {secret}\r\n'],
    ['mixed line ends', '[work]\r\naws_access_key_id = {id}\naws_secret_access_key = {secret}\r\n\n\r\n'],
    ['no final newline', '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}'],
    ['a final CR alone', '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\r'],
    ['a byte order mark', '\xef\xbb\xbf[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    [
      'comments',
      '# a\n; b\n[work] # c\n# d [work]\n  ; aws_access_key_id = x\naws_access_key_id = {id}\n#e\naws_secret_access_key = {secret}\n#',
    ],
    [
      'unknown settings',
      '[work]\nregion = eu\naws_access_key_id = {id}\n_x-y.z = 1 # 2\naws_secret_access_key = {secret}\n',
    ],
    [
      'nested settings',
      '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\ns3 =\n  max = 10\n  aws_access_key_id = no\nregion = eu\n',
    ],
    [
      'bytes that are no UTF-8',
      '# \xff\xfe\x80\n[work]\nname = M\xfcller\xa0\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n# \xe9',
    ],
    [
      'NUL and other control bytes in a comment',
      '# \x00\x01\x0b\x0c\x1b\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
    [
      'profiles around it',
      '[a]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\n[work2]\naws_access_key_id = AKIAZ\n',
    ],
    [
      'a session token in another profile',
      '[tmp]\naws_session_token = t\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
    [
      'malformed lines in another profile',
      '[tmp]\nhello\n= 3\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
    [
      'another key for all',
      '[DEFAULT]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
    ['white space of every kind', '[work]\naws_access_key_id\v=\v{id}\v\naws_secret_access_key\f= \f\t{secret}\n'],
    [
      'another profile twice',
      '[tmp]\na = 1\n[tmp]\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
  ];

  test.each(alike)('%s, and the SDK reads what was written', async (_, template) => {
    const { file, folder, consumer } = setUp(filled(template, oldPair));

    const preflight = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });
    const before = await readBySdk(file, 'work');
    await consumer.write(newPair, oldPair.accessKeyId);

    expect(preflight.pair?.sameAs(oldPair)).toBe(true);
    expect(before.sameAs(oldPair)).toBe(true);
    expect(bytes(file)).toBe(filled(template, newPair));
    expect((await readBySdk(file, 'work')).sameAs(newPair)).toBe(true);
    expect(readdirSync(folder)).toEqual(['credentials']);
  });

  test.each([
    [
      'keys in capitals, which the SDK for JavaScript does not read',
      '[work]\nAWS_ACCESS_KEY_ID = {id}\nAws_Secret_Access_Key = {secret}\n',
    ],
    ['spaces in the brackets', '[ work ]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['colons, which the AWS CLI reads', '[work]\naws_access_key_id: {id}\naws_secret_access_key : {secret}\n'],
  ])('%s', async (_, template) => {
    const { file, consumer } = setUp(filled(template, oldPair));

    await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });
    await consumer.write(newPair, oldPair.accessKeyId);

    expect(bytes(file)).toBe(filled(template, newPair));
  });

  test.each([
    ['profile work', '[work]\n[profile work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['me@corp', '[me]\n[me@corp]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['Z\u00fcrich', '[Z\xc3\xbcrich]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['Work', '[work]\n[Work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
  ])('in the profile that is literally named %s', async (profile, template) => {
    const { file, consumer } = setUp(filled(template, oldPair), profile.replace('@', '%40'));

    await consumer.write(newPair, oldPair.accessKeyId);

    expect(bytes(file)).toBe(filled(template, newPair));
  });
});

describe('what is not understood without doubt is refused before any key is made', () => {
  const pair = 'aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n';

  test.each([
    [
      'a line that is no setting',
      `[work]\n${pair}hush\n`,
      'line 4 of FILE is malformed: it is neither a comment nor a setting',
    ],
    [
      'a setting without a name',
      `[work]\n${pair}= hush\n`,
      'line 4 of FILE is malformed: it is neither a comment nor a setting',
    ],
    [
      'a lone carriage return',
      `[work]\n${pair}a = 1\rb = 2\n`,
      'line 4 of FILE is malformed: it is neither a comment nor a setting',
    ],
    [
      'a header that only the CLI takes for one',
      `[work];x\n${pair}`,
      'line 1 of FILE is malformed: the AWS CLI and the SDKs see another section there',
    ],
    [
      'the end of the section that only the CLI sees',
      `[work]\n${pair}[next];x\na = 1\n`,
      'line 4 of FILE is malformed: the AWS CLI and the SDKs see another section there',
    ],
    [
      'the end of the section that only the SDK sees',
      `[work]\n${pair}a = 1\n  [next]\n`,
      'line 5 of FILE is malformed: the AWS CLI and the SDKs see another section there',
    ],
    [
      'a comment behind the key id',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1 # mine\naws_secret_access_key = hush\n',
      'line 2 of FILE is malformed: to the AWS CLI a comment behind a value is a part of it',
    ],
    [
      'a comment behind the secret',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush ;hush\n',
      'line 3 of FILE is malformed: to the AWS CLI a comment behind a value is a part of it',
    ],
    [
      'a value that goes on',
      `[work]\n${pair}\n  hush\n`,
      'line 5 of FILE is malformed: to the AWS CLI it is a part of the value in line 3',
    ],
    [
      'a key nested in another setting',
      `[work]\nregion = eu\n  aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush\n`,
      'line 3 of FILE is malformed: it is indented, and the AWS CLI and the SDKs take that differently',
    ],
    [
      'a key a second time, nested',
      `[work]\n${pair}region = eu\n  aws_access_key_id = AKIAX\n`,
      'line 5 of FILE is malformed: line 2 says aws_access_key_id already',
    ],
    [
      'a key under [DEFAULT]',
      `[DEFAULT]\n${pair}[work]\n`,
      'line 2 of FILE is malformed: the AWS CLI takes what stands under [DEFAULT] for a part of every profile',
    ],
    [
      'a session token',
      `[work]\n${pair}aws_session_token = hush\n`,
      'profile work of FILE has a session token, in line 4',
    ],
    [
      'a session token by its old name',
      `[work]\n${pair}AWS_SECURITY_TOKEN = hush\n`,
      'profile work of FILE has a session token, in line 4',
    ],
    [
      'a session token for all',
      `[DEFAULT]\naws_session_token = hush\n[work]\n${pair}`,
      'profile work of FILE has a session token, in line 2',
    ],
    ['the profile twice', `[work]\n${pair}[x]\n[work]\n`, 'profile work is twice in FILE: lines 1 and 5'],
    [
      'the profile twice, once with spaces',
      `[work]\n${pair}[x]\n[ work ]\n`,
      'profile work is twice in FILE: lines 1 and 5',
    ],
    [
      'the profile twice, which only the CLI sees',
      `[work]\n${pair}[work];x\n`,
      'profile work is twice in FILE: lines 1 and 4',
    ],
    [
      'the profile twice, which only the SDK sees',
      `[work]\n${pair}region = eu\n  [work]\n`,
      'profile work is twice in FILE: lines 1 and 5',
    ],
    [
      'a key that only the SDK takes for nested',
      '[work]\n  s3 =\n  aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\n  aws_secret_access_key = hush\n',
      'line 3 of FILE is malformed: it is indented, and the AWS CLI and the SDKs take that differently',
    ],
    [
      'a session token that only the CLI sees',
      `[work]\n${pair}aws_session_token: hush\n`,
      'profile work of FILE has a session token, in line 4',
    ],
    [
      'a session token that only the SDK sees',
      `[work]\n${pair}region = eu\n  aws_session_token = hush\n`,
      'profile work of FILE has a session token, in line 5',
    ],
    [
      'a key twice',
      `[work]\n${pair}aws_secret_access_key = hush\n`,
      'profile work of FILE has one setting twice: lines 3 and 4',
    ],
    [
      'a key twice in other case',
      `[work]\n${pair}AWS_Access_Key_Id = AKIAX\n`,
      'profile work of FILE has one setting twice: lines 2 and 4',
    ],
    [
      'another setting twice',
      `[work]\n${pair}region = a\nregion = b\n`,
      'profile work of FILE has one setting twice: lines 4 and 5',
    ],
    [
      'no secret',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\n',
      'profile work of FILE has no aws_secret_access_key',
    ],
    [
      'an empty secret',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key =\n',
      'profile work of FILE has no aws_secret_access_key',
    ],
    ['no key id', '[work]\naws_secret_access_key = hush\n', 'profile work of FILE has no aws_access_key_id'],
    ['no such profile', `[other]\n${pair}`, 'there is no profile work in FILE'],
    ['a profile with other letters', `[Work]\n${pair}`, 'there is no profile work in FILE'],
    ['a profile only in a comment', `# [work]\n${pair}`, 'there is no profile work in FILE'],
    ['an empty file', '', 'there is no profile work in FILE'],
    [
      'an empty profile',
      '[work]\nregion = eu\n',
      'profile work of FILE holds no access key instead of the key AKIA…OLD1',
    ],
    [
      'credentials by a command',
      '[work]\ncredential_process = /bin/hush\n',
      'profile work of FILE gets its credentials by credential_process, not by an access key of its own',
    ],
    [
      'credentials by a role',
      '[work]\nrole_arn = hush\nsource_profile = x\n',
      'profile work of FILE gets its credentials by role_arn, not by an access key of its own',
    ],
    [
      'another key',
      '[work]\naws_access_key_id = AKIASTRANGESTRANGER3\naws_secret_access_key = hush\n',
      'profile work of FILE holds the key AKIA…GER3 instead of the key AKIA…OLD1',
    ],
    [
      'a quoted key',
      '[work]\naws_access_key_id = "AKIAOLDOLDOLDOLDOLD1"\naws_secret_access_key = hush\n',
      'profile work of FILE holds something that is no long-term access key id instead of the key AKIA…OLD1',
    ],
    [
      'a secret in the wrong line',
      '[work]\naws_access_key_id = hush/hush\naws_secret_access_key = hush\n',
      'profile work of FILE holds something that is no long-term access key id instead of the key AKIA…OLD1',
    ],
  ])('%s', async (_, text, message) => {
    const { file, folder, consumer } = setUp(text);

    const said = await preflightError(consumer);
    const written = await consumer.write(newPair, oldPair.accessKeyId).catch((caught) => caught);

    expect(said.replaceAll(file, 'FILE')).toBe(message);
    expect(written).toBeInstanceOf(ConsumerError);
    expect(inspect(written, { depth: 9 })).not.toMatch(/hush|newnew/);
    expect(bytes(file)).toBe(text);
    expect(readdirSync(folder)).toEqual(['credentials']);
  });
});

describe('what to do is said with each refusal', () => {
  const pair = 'aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n';
  const { accessKeyId } = oldPair;

  test.each([
    ['a malformed line', `[work]\n${pair}hush\n`, accessKeyId, 'correct that line'],
    ['the profile twice', `[work]\n${pair}[x]\n[work]\n`, accessKeyId, 'join the two sections'],
    ['a setting twice', `[work]\n${pair}a = 1\na = 2\n`, accessKeyId, 'remove one of them'],
    ['half a pair', '[work]\naws_secret_access_key = hush\n', accessKeyId, 'put both values there, or none'],
    [
      'a session token',
      `[work]\n${pair}aws_session_token = hush\n`,
      accessKeyId,
      'a long-term key does not work with it: remove that line, or name another profile',
    ],
    ['another source', '[work]\nrole_arn = hush\n', accessKeyId, 'name the profile that holds the key'],
    [
      'no such profile',
      '[other]\n',
      accessKeyId,
      'name the profile that holds AKIA…OLD1; an @ in its name is written %40',
    ],
    ['another key', `[work]\n${pair}`, 'AKIASTRANGESTRANGER3', 'name the profile that holds the key to replace'],
    ['a key where none is expected', `[work]\n${pair}`, null, 'name a profile that holds none'],
    ['no file', null, accessKeyId, 'name another: credentials-file:PROFILE@FILE'],
  ])('%s', async (_, text, oldKey, hint) => {
    const { consumer } = setUp(text);

    expect((await preflightRefusal(consumer, oldKey)).hint).toBe(hint);
  });

  test.each([
    'credential_process',
    'role_arn',
    'source_profile',
    'credential_source',
    'web_identity_token_file',
    'sso_session',
    'sso_start_url',
    'login_session',
  ])('%s is another source', async (key) => {
    const { file, consumer } = setUp(`[work]\n${key} = x\n`);

    expect(await preflightError(consumer)).toBe(
      `profile work of ${file} gets its credentials by ${key}, not by an access key of its own`,
    );
  });

  test('a pair that cannot be written', async () => {
    const { file, consumer } = setUp(`[work]\n${pair}`);

    const error = await consumer
      .write(new KeyPair('AKIANEWNEWNEWNEWNEW2', 'a\nb = 1'), accessKeyId)
      .catch((one) => one);

    expect(error).toMatchObject({
      message: 'the new key pair cannot be written to a credentials file: it would read back as another',
      hint: `profile work of ${file} is as it was`,
    });
  });

  test('another key that came in between', async () => {
    const { file, consumer } = setUp(`[work]\n${pair}`);

    const error = await consumer.write(newPair, 'AKIASTRANGESTRANGER3').catch((one) => one);

    expect(error).toMatchObject({
      message: `profile work of ${file} holds the key AKIA…OLD1 instead of the key AKIA…GER3`,
      hint: 'it was changed by something else, and that change stays',
    });
  });
});

test('a profile holds the key that it names as its own, for any reader, and not one that it mentions', () => {
  const text =
    '[a]\nnote = AKIAOLDOLDOLDOLDOLD1\n[b]\naws_access_key_id: AKIAOLDOLDOLDOLDOLD1\n[ c ]\nregion = eu\n  aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\n';

  expect(profilesHolding(text, oldPair.accessKeyId)).toEqual(['b', 'c']);
});

test('a pair that reads back as none is not written', () => {
  const writing = () => withPair('', 'work', new KeyPair('', ''), '/x');

  expect(writing).toThrow(ConsumerError);
  expect(writing).toThrow('it would read back as another');
});
