// The JSON of one rotation, as the manual promises it: every member there, of its type, and nothing in the place of
// another. Checked wherever a test reads what the command printed.
import { expect } from 'vitest';

export interface RotationJson {
  rotation: string | null;
  account: string;
  user: string;
  engine: string;
  execution: string | null;
  outcome: string;
  state: string;
  oldKey: string | null;
  newKey: string | null;
  until: string | null;
  reason: string;
  hint: string | null;
  consumers: { spec: string; state: string }[];
  keys: { id: string; status: string; lastUsedAt: string | null; lastUsedService: string | null }[];
  history: { at: string; state: string; event: string; detail: string }[];
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const keyId = /^AKIA[A-Z0-9]{12,}$/;
const outcomes = /^(waiting|rotated|nothingToDo|refused|rolledBack|stuck|stopped|planned)$/;
const orNull = (pattern: RegExp) => expect.toBeOneOf([null, expect.stringMatching(pattern)]);

const shape = {
  rotation: orNull(/^[\w-]+$/),
  account: expect.stringMatching(/^\d{12}$/),
  user: expect.any(String),
  engine: expect.stringMatching(/^(local|stepfunctions)$/),
  execution: orNull(/^arn:aws:states:us-east-1:\d{12}:execution:[\w-]+:[\w-]+$/),
  outcome: expect.stringMatching(outcomes),
  state: expect.any(String),
  oldKey: orNull(keyId),
  newKey: orNull(keyId),
  until: orNull(instant),
  reason: expect.stringMatching(/./),
  hint: orNull(/./),
  consumers: expect.any(Array),
  keys: expect.any(Array),
  history: expect.any(Array),
};
const consumer = {
  spec: expect.any(String),
  state: expect.stringMatching(/^(pending|delivered|restored|left|failed)$/),
};
const key = {
  id: expect.stringMatching(keyId),
  status: expect.stringMatching(/^(Active|Inactive)$/),
  createdAt: expect.stringMatching(instant),
  lastUsedAt: orNull(instant),
  lastUsedService: orNull(/^[\w.-]+$/),
};
const entry = {
  at: expect.stringMatching(instant),
  state: expect.any(String),
  event: expect.any(String),
  detail: expect.any(String),
};

/** The one rotation on stdout; throws where it is not exactly one document of that shape. */
export function rotationJson(stdout: string, stderr: string): RotationJson {
  const document = parsed(stdout, stderr) as RotationJson;
  expectRotation(document);
  return document;
}

/** The rotations that `status` lists. */
export function rotationsJson(stdout: string, stderr: string): RotationJson[] {
  const { rotations, ...rest } = parsed(stdout, stderr) as { rotations: RotationJson[] };
  expect(rest).toEqual({});
  for (const rotation of rotations) expectRotation(rotation);
  return rotations;
}

function expectRotation(document: RotationJson): void {
  expect(document).toMatchObject(shape);
  for (const one of document.consumers) expect(one).toMatchObject(consumer);
  for (const one of document.keys) expect(one).toEqual(key);
  for (const one of document.history) expect(one).toEqual(entry);
}

function parsed(stdout: string, stderr: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`stdout is not one JSON document:\n${stdout}\nstderr:\n${stderr}`, { cause });
  }
}
