// What keyturn policy prints, and the same without one of its actions.
import { expect } from 'vitest';
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import { type Ending, openDesk } from './cli.ts';

interface Printed {
  Version: string;
  Statement: {
    Sid: string;
    Effect: 'Allow';
    Action: string[];
    Resource?: string[];
    NotResource?: string[];
    Condition?: Record<string, Record<string, string | string[]>>;
  }[];
}

/** Printed without a word besides, and without asking AWS anything. */
export async function printed(command: string, ending?: Ending): Promise<Printed> {
  const desk = await openDesk({}, ending);
  const { code, stdout, stderr } = await desk.run(command);
  expect({ code, stderr, requests: desk.sandbox.requests.length }).toEqual({ code: 0, stderr: '', requests: 0 });
  return JSON.parse(stdout);
}

export function without(action: string, { Version, Statement }: Printed): PolicyDocument {
  const rest = Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== action) }));
  return { Version, Statement: rest.filter(({ Action }) => Action.length > 0) };
}
