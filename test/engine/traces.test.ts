// Who asked AWS for what is kept in the record, within bounds.
import { expect, test } from 'vitest';
import type { RotationRecord } from '../../src/engine/contract.ts';
import { withHeard } from '../../src/engine/traces.ts';
import { openDesk } from '../support/cli.ts';

const empty = { history: [{}, {}] } as RotationRecord;
const asked = (action: string, number = 0) => ({
  at: '2026-12-06T10:00:00Z',
  action,
  requestId: `r-${number}`,
  status: 200,
});

test('a record without requests stays one where nothing was asked', () => {
  expect(withHeard(empty, { requests: [], callers: [] })).toBe(empty);
});

test('each request names the line of history that it led to, and a caller is there once', () => {
  const me = { since: '2026-12-06T10:00:00Z', arn: 'arn:aws:iam::123456789012:user/me' };

  const once = withHeard(empty, { requests: [asked('iam:CreateAccessKey')], callers: [me] });
  const twice = withHeard(once, { requests: [], callers: [{ ...me, since: '2026-12-07T10:00:00Z' }] });

  expect(twice.requests).toEqual([
    { at: '2026-12-06T10:00:00Z', action: 'iam:CreateAccessKey', requestId: 'r-0', status: 200, line: 2 },
  ]);
  expect(twice.callers).toEqual([me]);
  expect(twice.requestsLeftOut).toBeUndefined();
});

test('of too many the oldest looks are left out, and counted; what changed something stays', () => {
  const first = withHeard(empty, {
    requests: [asked('iam:CreateAccessKey'), asked('iam:ListAccessKeys', 1)],
    callers: [],
  });
  const many = Array.from({ length: 600 }, (_, index) => asked('iam:GetAccessKeyLastUsed', index + 2));

  const record = withHeard(first, { requests: many, callers: [] });

  expect(record.requests).toHaveLength(500);
  expect(record.requests?.[0]?.action).toBe('iam:CreateAccessKey');
  expect(record.requests?.[1]?.requestId).toBe('r-103');
  expect(record.requestsLeftOut).toBe(102);
});

test('of too many that changed something the oldest are left out, and counted', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => asked('iam:TagUser', index + 1));

  const full = withHeard(empty, { requests: many(500), callers: [] });
  const over = withHeard(empty, { requests: [asked('iam:ListAccessKeys'), ...many(502)], callers: [] });

  expect([full.requests?.length, full.requestsLeftOut]).toEqual([500, undefined]);
  expect([over.requests?.length, over.requests?.[0]?.requestId, over.requestsLeftOut]).toEqual([500, 'r-3', 3]);
});

test('nothing is noted of what did not happen', () => {
  const me = { since: '2026-12-06T10:00:00Z', arn: 'arn:aws:iam::123456789012:user/me' };

  expect(withHeard(empty, { requests: [], callers: [me, me] })).toEqual({ ...empty, callers: [me] });
  expect(Object.keys(withHeard(empty, { requests: [asked('iam:GetUser')], callers: [] }))).toEqual([
    'history',
    'requests',
  ]);
});

test('the first twenty callers are kept', () => {
  const callers = Array.from({ length: 25 }, (_, index) => ({ since: '2026-12-06T10:00:00Z', arn: `caller-${index}` }));

  const record = withHeard(withHeard(empty, { requests: [], callers: callers.slice(0, 2) }), { requests: [], callers });

  expect(record.callers?.map(({ arn }) => arn)).toEqual(callers.slice(0, 20).map(({ arn }) => arn));
});

test('what was asked for a rotation is in its record, with the ids that AWS answered and the steps it led to', async () => {
  const desk = await openDesk();
  const id = await desk.waiting();

  const { requests, callers, history } = desk.record(id) as Required<RotationRecord>;

  const created = requests.filter(({ action }) => action === 'iam:CreateAccessKey');
  expect(created).toEqual([
    {
      at: '2026-12-06T10:00:02Z',
      action: 'iam:CreateAccessKey',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 200,
      line: expect.any(Number),
    },
  ]);
  expect(history[created[0]?.line ?? -1]).toMatchObject({ state: 'createKey', event: 'done' });
  expect(callers).toEqual([{ since: '2026-12-06T10:00:00Z', arn: 'arn:aws:iam::123456789012:user/administrator' }]);
});
