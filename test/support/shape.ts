// The JSON of one rotation as the manual promises it: every member there and typed, and nothing that is a secret.
import { expect } from 'vitest';

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const keyId = expect.stringMatching(/^AKIA[A-Z0-9]{16}$/);
const orNull = (shape: { asymmetricMatch(value: unknown): boolean }) =>
  expect.toSatisfy((value) => value === null || shape.asymmetricMatch(value));
const each = (shape: unknown) => expect.toSatisfy((list) => Array.isArray(list) && expectEach(list, shape));
const anyText = expect.stringMatching(/./);

export const rotationShape = {
  rotation: orNull(expect.stringMatching(/^rot-[a-z0-9]{10}$/)),
  account: '123456789012',
  user: 'alice',
  engine: 'local',
  execution: null,
  outcome: expect.stringMatching(/^(waiting|rotated|nothingToDo|refused|rolledBack|stuck|stopped|planned)$/),
  state: expect.stringMatching(/^[a-z][A-Za-z]+$/),
  oldKey: orNull(keyId),
  newKey: orNull(keyId),
  until: orNull(instant),
  reason: expect.stringMatching(/^[^\n]+$/),
  hint: orNull(anyText),
  consumers: each({
    spec: expect.stringMatching(/^credentials-file:/),
    state: expect.stringMatching(/^(pending|delivered|restored|left|failed)$/),
  }),
  keys: each({
    id: keyId,
    status: expect.stringMatching(/^(Active|Inactive)$/),
    createdAt: instant,
    lastUsedAt: orNull(instant),
    lastUsedService: orNull(anyText),
  }),
  history: each({ at: instant, state: anyText, event: anyText, detail: expect.any(String) }),
};

/** The same of a rotation that Step Functions runs. */
export const remoteShape = {
  ...rotationShape,
  rotation: expect.stringMatching(/^(?:rot-[a-z0-9]{10}|sfn-[0-9a-f]{20})$/),
  engine: 'stepfunctions',
  execution: expect.stringMatching(/^arn:aws:states:[a-z0-9-]+:\d{12}:execution:\w+:AKIA[A-Z0-9]{16}-\d+$/),
  consumers: each({ spec: expect.stringMatching(/^[a-z-]+:/) }),
};

export const errorShape = {
  error: { name: anyText, message: expect.stringMatching(/^[^\n]+$/), hint: expect.stringMatching(/^[^\n]+$/) },
};

function expectEach(list: unknown[], shape: unknown): boolean {
  for (const one of list) expect(one).toMatchObject(shape as object);
  return true;
}
