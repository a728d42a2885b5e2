// A desk without a key in the environment: where credentials come from is said by a config file alone.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allBut, type DeskOptions, type Ending, openDesk } from './cli.ts';

export const rotateAlice = 'rotate --user alice --to credentials-file:default --yes';

export interface ConfiguredDeskOptions extends DeskOptions {
  /** Whether that role is given to those with MFA only. */
  requiresMfa?: boolean;
}

/**
 * `admin` is a profile with a key, and the config file holds these lines, where ROLE stands for the ARN of a role that
 * may do everything and HOME for the home folder.
 */
export async function openConfiguredDesk(config: string, options: ConfiguredDeskOptions = {}, ending?: Ending) {
  const { requiresMfa = false, ...rest } = options;
  const desk = await openDesk(rest, ending);
  desk.addProfile('admin', desk.signer);
  delete desk.env.AWS_ACCESS_KEY_ID;
  delete desk.env.AWS_SECRET_ACCESS_KEY;
  const { arn: role } = desk.account.createRole({ name: 'rotator', policies: allBut('iam:Nothing'), requiresMfa });
  writeFileSync(join(desk.home, '.aws/config'), config.replaceAll('ROLE', role).replaceAll('HOME', desk.home));
  return { ...desk, role };
}
