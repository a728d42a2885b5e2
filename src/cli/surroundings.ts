// What a place is resolved against: where relative paths start, and the region that the command goes by, if any.
import { profileRegion } from '../aws/profiles.ts';
import type { Surroundings } from '../consumers/contract.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';

/** `cwd` is the policy file's folder for what that file names. */
export async function surroundingsOf(
  { region, profile }: Pick<Flags, 'region' | 'profile'>,
  { cwd, home, env }: Pick<Io, 'cwd' | 'home' | 'env'>,
): Promise<Surroundings> {
  const set = region || env.AWS_REGION || env.AWS_DEFAULT_REGION || (await profileRegion(profile));
  return { cwd, home, env, region: set || undefined };
}
