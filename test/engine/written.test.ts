// What the machine's states say of themselves, and how a record words what came of them.
import { expect, test } from 'vitest';
import { activityOf, deadlineOf, detailOf, endedEarly, invokedBy } from '../../src/engine/written.ts';

test.each([
  ['reactivateToRollBack', 'reactivateKey', undefined],
  ['awaitGrace', 'awaitGrace', 'checkHealth'],
  ['awaitQuiet', 'awaitQuiet', 'checkOldKeyUse'],
  ['health', undefined, undefined],
  ['nowhere', undefined, undefined],
])('%s runs %s, until the deadline of %s', (state, invoked, deadline) => {
  expect([activityOf(state), invokedBy(state), deadlineOf(state)]).toEqual([invoked, invoked, deadline]);
});

test.each([
  [{ verdict: 'quiet', reason: 'not used' }, 'quiet: not used'],
  [{ verdict: 'quiet' }, 'quiet'],
  [{ reason: 'not used' }, 'not used'],
  [{ counter: 3 }, ''],
])('%j is worded as %j', (output, detail) => {
  expect(detailOf(output)).toBe(detail);
});

test.each([
  ['awaitGrace', { what: 'deleteNow', why: 'keyturn proceed at awaitGrace' }],
  ['awaitQuiet', { what: 'proceed', why: 'keyturn proceed at awaitQuiet' }],
])('S37 a person who ends %s makes an exception', (state, exception) => {
  expect(endedEarly(state)).toEqual(exception);
});
