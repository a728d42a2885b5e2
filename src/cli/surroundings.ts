// What a place is resolved against: where relative paths start, and the region that the command goes by, if any.
import { profileRegion } from '../aws/profiles.ts';
import type { Surroundings } from '../consumers/contract.ts';
import { UsageError } from '../errors.ts';
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

/** Throws UsageError where none is set: a vault in AWS is in the region that the command goes by. */
export function regionOfVault({ region }: Pick<Surroundings, 'region'>): string {
  if (region) return region;
  throw new UsageError('in which region is the vault secretsmanager?', {
    hint: 'give --region or AWS_REGION, or set the region of the profile',
  });
}
