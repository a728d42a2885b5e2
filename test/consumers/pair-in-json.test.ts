// Which properties of a JSON object hold the key, and what is said where that is not clear.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { lookInJson, withPairInJson } from '../../src/consumers/pair-in-json.ts';
import { ConsumerError } from '../../src/errors.ts';

const keyId = 'AKIAOLDOLDOLDOLDOLD1';
const secret = 'old/secret+of=forty-characters-in-all+++'.replaceAll('-', '0');
const look = (text: string, names: { id: string; secret: string } | null = null) =>
  lookInJson(text, { where: 'the secret app', names, ids: [keyId, null, undefined] });

describe('the properties that hold the key', () => {
  test.each([
    ['those in use, by the id', { user: 'a', accesskey: keyId, secretkey: 'x' }, 'accesskey', 'secretkey'],
    ['those beside the id, by the looks', { user: keyId, note: 'x', pass: secret }, 'user', 'pass'],
    ['those in use, where one has a value', { AccessKeyId: '', SecretAccessKey: '' }, 'accessKeyId', 'secretAccessKey'],
    [
      'those in use, where both have another key',
      { AccessKeyId: 'AKIASTRANGESTRANGER3', SecretAccessKey: 'x' },
      'AccessKeyId',
      'SecretAccessKey',
    ],
    ['the usual ones, where there are none', { host: 'db-1' }, 'accessKeyId', 'secretAccessKey'],
    [
      'the usual ones, where another has a value, and an empty one of theirs',
      { host: 'db-1', AWS_ACCESS_KEY_ID: '' },
      'accessKeyId',
      'secretAccessKey',
    ],
  ])('are %s', (_what, value, id, secretName) => {
    expect(look(JSON.stringify(value)).names).toEqual({ id, secret: secretName });
  });

  test('are those that were named, whatever else is there', () => {
    const found = look(`{"a":"${keyId}","b":"x","accessKeyId":"AKIASTRANGESTRANGER3"}`, { id: 'a', secret: 'b' });

    expect(found).toMatchObject({ names: { id: 'a', secret: 'b' }, holds: keyId });
    expect(found.pair?.sameAs(new KeyPair(keyId, 'x'))).toBe(true);
  });

  test('hold no key where they are null, empty or missing', () => {
    for (const text of ['{"accessKeyId":null,"secretAccessKey":""}', '{}', '{"sessionToken":"","SessionToken":null}']) {
      expect(look(text)).toMatchObject({ holds: null, pair: null });
    }
  });
});

test.each([
  ['[]', 'is no JSON object', 'keyturn writes two properties of a JSON object; nothing was changed'],
  [
    '{"accessKeyId":"","accessKeyId":""}',
    'has the property accessKeyId twice',
    'leave one of them; its readers may differ on which one counts',
  ],
  [
    '{"secretAccessKey":"a","secretAccessKey":"b"}',
    'has the property secretAccessKey twice',
    'leave one of them; its readers may differ on which one counts',
  ],
  [
    '{"accessKeyId":"a"}',
    'has accessKeyId but no secretAccessKey',
    'put both there or none, or name the properties: #id=PROPERTY,secret=PROPERTY',
  ],
  [
    '{"secretAccessKey":"a"}',
    'has secretAccessKey but no accessKeyId',
    'put both there or none, or name the properties: #id=PROPERTY,secret=PROPERTY',
  ],
  [
    '{"AccessKeyId":"a"}',
    'has AccessKeyId but no SecretAccessKey',
    'put both there or none, or name the properties: #id=PROPERTY,secret=PROPERTY',
  ],
  [
    '{"SecretAccessKey":"a"}',
    'has SecretAccessKey but no AccessKeyId',
    'put both there or none, or name the properties: #id=PROPERTY,secret=PROPERTY',
  ],
  [
    '{"accessKeyId":7,"secretAccessKey":"a"}',
    'has something else than text in accessKeyId',
    'name the properties that hold the key: #id=PROPERTY,secret=PROPERTY',
  ],
  [
    `{"a":"${keyId}","b":"${keyId}"}`,
    'has the key in a and b',
    'name the properties of each with #id=PROPERTY,secret=PROPERTY, one place for each',
  ],
  [
    `{"a":"${keyId}","b":"${secret}","c":"${secret}"}`,
    'has the key id in a, and which property has its secret is not clear',
    'name both: #id=a,secret=PROPERTY',
  ],
  [
    `{"a":"${keyId}","b":"x${secret}","c":["${secret}"]}`,
    'has the key id in a, and which property has its secret is not clear',
    'name both: #id=a,secret=PROPERTY',
  ],
  ...['sessionToken', 'SessionToken', 'aws_session_token', 'AWS_SESSION_TOKEN'].map((name) => [
    `{"${name}":"x"}`,
    `has a session token, ${name}`,
    'a long-term key does not work with it: remove the property, or name another place',
  ]),
] as [string, string, string][])('%s: the secret app %s', (text, what, hint) => {
  const looking = () => look(text);

  expect(looking).toThrow(ConsumerError);
  expect(looking).toThrow(expect.objectContaining({ message: `the secret app ${what}`, hint }));
});

test('a pair is written that reads back as it is, or not at all', () => {
  const names = { id: 'a', secret: 'b' };
  const pair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'new"secret');

  const writing = () => withPairInJson('{"a":"x","b":"y"}', names, new KeyPair('', ''), 'the secret app');

  expect(withPairInJson('{"a":"x","b":"y","c":1}', names, pair, 'the secret app')).toBe(
    '{"a":"AKIANEWNEWNEWNEWNEW2","b":"new\\"secret","c":1}',
  );
  expect(writing).toThrow(
    expect.objectContaining({
      name: 'ConsumerError',
      message: 'the secret app cannot be written without changing how it reads',
      hint: 'write its JSON anew; nothing was changed',
    }),
  );
});
