// What the policy file says for one user, filled in where no flag was given. A flag wins; where it is looser than the file,
// that is warned of and kept in the record.
import { resolveConsumers } from '../consumers/registry.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { UsageError } from '../errors.ts';
import type { Override } from '../machine/context.ts';
import type { PolicyUser } from '../policy/match.ts';
import { type Effective, originWords } from '../policy/policy-for.ts';
import { type ReadPolicy, readPolicy } from '../policy/read.ts';
import type { SettingName } from '../policy/schema.ts';
import { attendedSettings } from '../policy/settings.ts';
import { resolveProbe } from '../probes/registry.ts';
import { departuresFrom } from './departures.ts';
import { exemptionWords, type LeftAlone } from './exemption-words.ts';
import type { Io } from './io.ts';
import { refuseWhatIsNotThere } from './not-there-yet.ts';
import type { Flags } from './options.ts';
import { checkTogether } from './times-together.ts';

export interface PolicySays {
  /** The flags that were given, and the file's word for the others. */
  flags: Flags;
  unproven: 'ask' | 'proceed';
  overrides: Pick<Override, 'what' | 'why'>[];
  warnings: string[];
  /** What was taken from the file, one line; empty where nothing was. */
  taken: string[];
  /** What the file says and does not count, for whoever wants to know more. */
  details: string[];
  /** Whether this key is left alone; with null, whether the user as a whole is. */
  exemption(key: string | null): LeftAlone | null;
}

/** The policy file that this command goes by; null where there is none. Throws UsageError. */
export function policyOf(flags: Flags, io: Pick<Io, 'cwd'>): Promise<ReadPolicy | null> {
  return readPolicy(flags.config, { cwd: io.cwd, uid: process.getuid?.() });
}
