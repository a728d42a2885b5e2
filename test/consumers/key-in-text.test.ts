// What a search makes of a value and of a refusal: whether the key stands there, whether it can be replaced, what is missing.
import { describe, expect, test } from 'vitest';
import { deniedAction, keyInText, notGiven } from '../../src/consumers/key-in-text.ts';
import { AccessDeniedError, AnswerUnknownError } from '../../src/errors.ts';

const keyId = 'AKIAOLDOLDOLDOLDOLD1';
const secret = 'old/secret/of/forty/characters/in/all+++';

describe('the key in a value', () => {
  test.each([
    ['under names in use', `{"n":1,"accessKeyId":"${keyId}","secretAccessKey":"x"}`],
    ['under names of their own', `{"n":1,"user":"${keyId}","word":"${secret}"}`],
    ['spelled with an escape', `{"n":1,"accessKeyId":"\\u0041KIAOLDOLDOLDOLDOLD1","secretAccessKey":"x"}`],
  ])('can be replaced %s', (_, text) => {
    expect(keyInText(text, keyId, 'the secret app')).toEqual({ why: null });
  });

  test.each([
    ['no JSON object', keyId, 'the secret app is no JSON object'],
    ['a comment', `{"note":"until May ${keyId}"}`, 'not in a property that has its secret beside it'],
    ['a list', `{"keys":["${keyId}"]}`, 'not in a property that has its secret beside it'],
    [
      'an id alone',
      `{"user":"${keyId}"}`,
      'the secret app has the key id in user, and which property has its secret is not clear',
    ],
  ])('cannot be replaced in %s, and the reason is given', (_, text, why) => {
    expect(keyInText(text, keyId, 'the secret app')).toEqual({ why: `the key stands there, but ${why}` });
  });

  test.each(['', 'nothing', '{"accessKeyId":"AKIASTRANGESTRANGER3","secretAccessKey":"x"}', '{}'])(
    'is not in %j',
    (text) => {
      expect(keyInText(text, keyId, 'the secret app')).toBeUndefined();
    },
  );
});

describe('the permission that is missing', () => {
  test.each([
    ['ssm:GetParameters is denied: no identity-based policy allows it', 'ssm:GetParameters'],
    ['secretsmanager:GetSecretValue is denied: Access to KMS is not allowed', 'kms:Decrypt'],
    ['ssm:GetParameter is denied: The ciphertext refers to a kms key', 'kms:Decrypt'],
    ['ssm:GetParameter is denied: not by the kmsless', 'ssm:GetParameter'],
    ['AWS did not accept the MFA code for ssm:GetParameters', null],
  ])('of %j is %s', (message, action) => {
    expect(deniedAction(new AccessDeniedError(message))).toBe(action);
  });

  test('is none where AWS refused for another reason, and what AWS said is passed on', () => {
    const error = new AnswerUnknownError('ssm:GetParameters: no usable answer');

    expect(notGiven('the parameters', error)).toEqual({
      what: 'the parameters',
      why: 'ssm:GetParameters: no usable answer',
      permission: null,
    });
  });
});

test('a mistake of ours is not taken for a refusal', () => {
  const mistake = new TypeError('x is not a function');

  expect(() => notGiven('the parameters', mistake)).toThrow(mistake);
});
