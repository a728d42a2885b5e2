// The functions of the sweep over the same parts: for whoever runs them without Lambda, as the embedded AWS does.
import { told } from '../in-lambda.ts';
import type { Parts } from '../parts.ts';
import { make as decide } from './decide.ts';
import { make as listUsers } from './list-users.ts';
import { make as report } from './report.ts';

/** By the name that the state machine knows each by. */
export function createSweepFunctions(parts: Parts) {
  return { listUsers: told(parts, listUsers), decide: told(parts, decide), report: told(parts, report) };
}
