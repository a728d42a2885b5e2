// How rotations are asked for where the clock is real: with times of seconds.
import { expect } from 'vitest';
import { type Desk, expectExit } from './built-keyturn.ts';
import type { RotationJson } from './rotation-json.ts';

/** The limit keeps the doubt about keys that nobody was seen using as short as the rest. */
export const short = '--yes --quiet-for 1s --watch-limit 3s --grace 1s';

/** Rotates with these flags until the old key is inactive, and leaves it there. */
export async function inTheGrace({ user, run }: Pick<Desk, 'user' | 'run'>, flags: string[]): Promise<RotationJson> {
  const times = '--yes --quiet-for 1s --grace 1h'.split(' ');
  expectExit(await run(['rotate', '--user', user, ...flags, ...times]), 0);
  const ended = await run('proceed --yes');
  expectExit(ended, 0);
  expect(ended.json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace' });
  return ended.json();
}
