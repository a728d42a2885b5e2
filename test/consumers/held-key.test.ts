// The key that a place holds, in words: what may be shown of it, and what is said where it is not the one expected.
import { expect, test } from 'vitest';
import { changedMeanwhile, mustHold, shownId, trialPair } from '../../src/consumers/held-key.ts';
import { mayGiveAway } from '../../src/consumers/secret-search.ts';
import { AwsRefusalError, ConsumerError } from '../../src/errors.ts';

test.each([
  [null, 'no access key'],
  ['AKIAOLDOLDOLDOLDOLD1', 'the key AKIA…OLD1'],
  ['ASIAOLDOLDOLDOLDOLD1', 'something that is no long-term access key id'],
  ['hush/hush+hush', 'something that is no long-term access key id'],
])('of %s is shown: %s', (id, shown) => {
  expect(shownId(id)).toBe(shown);
});

test('what is held where another key was expected is an error, which says what to do', () => {
  const holding = (hint?: string) => () => mustHold('the secret app holds', null, 'AKIAOLDOLDOLDOLDOLD1', hint);

  expect(mustHold('it holds', null, null)).toBeUndefined();
  expect(mustHold('it holds', 'AKIAOLDOLDOLDOLDOLD1', 'AKIAOLDOLDOLDOLDOLD1')).toBeUndefined();
  expect(holding()).toThrow(ConsumerError);
  expect(holding()).toThrow(
    expect.objectContaining({
      message: 'the secret app holds no access key instead of the key AKIA…OLD1',
      hint: 'it was changed by something else, and that change stays',
    }),
  );
  expect(holding('name another')).toThrow(expect.objectContaining({ hint: 'name another' }));
});

test('what somebody else changed is theirs', () => {
  const cause = new AwsRefusalError('no');

  expect(changedMeanwhile('the secret app', cause)).toMatchObject({
    name: 'ConsumerError',
    message: 'the secret app was changed by something else just now',
    hint: 'that change stays; nothing of keyturn’s is in effect there',
    cause,
  });
});

test('what is tried beforehand is as long as a real pair, and looks like one', () => {
  const { accessKeyId } = trialPair;
  const secret = trialPair.reveal();

  expect([accessKeyId.length, secret.length]).toEqual([20, 40]);
  expect([shownId(accessKeyId), mayGiveAway(secret, undefined)]).toEqual(['the key AKIA…IAL1', true]);
});
