// The plan that Step Functions will make, shown beforehand: from the policy that was shipped with the stack, never from this
// machine's files. A flag that says something else than that policy could not be kept there, so it is refused (S28).

import { consumerKinds, resolveConsumers, runsAnywhere } from '../../consumers/registry.ts';
import { formatDuration, parseDuration } from '../../duration.ts';
import { AccessDeniedError, NoSuchEntityError, RefusedError, UsageError } from '../../errors.ts';
import { parameterNames } from '../../lambda/contract.ts';
import type { Plan } from '../../machine/context.ts';
import { parsePolicy } from '../../policy/parse.ts';
import { policyFor } from '../../policy/policy-for.ts';
import { type Settings, unattendedSettings } from '../../policy/settings.ts';
import { resolveProbe } from '../../probes/registry.ts';
import type { PolicySays } from '../effective-flags.ts';
import { makePlan, type Planned, type Subject } from '../make-plan.ts';
import type { Flags } from '../options.ts';
import type { Session } from '../session.ts';
import { surroundingsOf } from '../surroundings.ts';
import type { Machine } from './machine.ts';

/** Throws UsageError that names every flag which differs; RefusedError where the policy there cannot be carried out. */
export async function shippedPlan(
  session: Session,
  { region }: Machine,
  subject: Subject,
  path: Pick<Plan, 'oldKey' | 'newKey' | 'from'>,
): Promise<Planned> {
  const settings = await shippedSettings(session, region, subject.user);
  const consumers =
    path.from === 'watch' ? [] : await resolveConsumers(settings.consumers, { cwd: '/', home: '/', env: {}, region });
  const probes = settings.probes.map((spec) => resolveProbe(spec, { cwd: '/', env: {} }));
  await refuseDifferences(session, subject.user.name, { ...settings, consumers, probes });
  for (const spec of consumers) if (!runsAnywhere(spec)) throw outOfReach(spec);

  const { quietFor, grace, watchLimit, probeEvery, minAge, freeSlot } = settings;
  const read = { quietFor, grace, watchLimit, probeEvery, minAge, freeSlot, consumers, probes };
  const says: PolicySays = {
    flags: {},
    unproven: settings.unproven,
    overrides: [],
    warnings: [],
    taken: [],
    untaken: [],
    exemption: () => null,
  };
  return makePlan(subject, { ...read, vault: 'secretsmanager' }, {}, path, says);
}

/** What holds there for this user. */
export async function shippedSettings(
  { aws }: Pick<Session, 'aws'>,
  region: string,
  user: Subject['user'],
): Promise<Settings> {
  const text = await aws
    .parameterStore(region)
    .value(parameterNames.policy)
    .then((found) => found.text)
    .catch((error) => {
      const said = error instanceof NoSuchEntityError || error instanceof AccessDeniedError;
      if (!said) throw error;
      throw new RefusedError(`the policy that was shipped cannot be read: ${error.message}`, {
        hint: `nothing was changed; the stack writes it to the parameter ${parameterNames.policy} in ${region}; keyturn policy prints what it takes to read it`,
        cause: error,
      });
    });
  try {
    return policyFor(parsePolicy(text, parameterNames.policy), user, unattendedSettings).settings;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new RefusedError(`the policy that was shipped is none: ${error.message}`, {
      hint: 'nothing was changed; deploy the stack again, with this version of keyturn',
      cause: error,
    });
  }
}

const times = [
  ['quietFor', '--quiet-for'],
  ['grace', '--grace'],
  ['watchLimit', '--watch-limit'],
  ['probeEvery', '--probe-every'],
  ['minAge', '--min-age'],
] as const;

async function refuseDifferences({ flags, io }: Session, user: string, settings: Settings): Promise<void> {
  const different: string[] = [];
  for (const [name, flag] of times) {
    const asked = flags[name];
    if (asked === undefined || parseDuration(asked, { allowZero: true, anyLength: true }) === settings[name]) continue;
    different.push(`${flag} ${asked} (there ${settings[name] === 0 ? '0d' : formatDuration(settings[name])})`);
  }
  if (flags.freeSlot !== undefined && flags.freeSlot !== settings.freeSlot)
    different.push(`--free-slot ${flags.freeSlot} (there ${settings.freeSlot})`);
  if (flags.vault !== undefined && flags.vault !== 'secretsmanager')
    different.push(`--vault ${flags.vault} (there secretsmanager)`);
  if (flags.allowSmtp) different.push('--allow-smtp (there nobody can say that it is taken care of)');
  const here = await surroundingsOf(flags, io);
  const places = await resolveConsumers(flags.to ?? [], here);
  different.push(...missing(places, settings.consumers, '--to', flags));
  const probes = (flags.probe ?? []).map((spec) => resolveProbe(spec, { cwd: io.cwd, env: io.env }));
  different.push(...missing(probes, settings.probes, '--probe', flags));
  if (different.length === 0) return;
  throw new UsageError(`the policy that was shipped says otherwise for ${user}: ${different.join(', ')}`, {
    hint: 'nothing was changed; leave these out, or change the policy file and deploy it; --engine local takes them',
  });
}

/** Naming some of several is a difference as well: the others would be served all the same. */
function missing(asked: readonly string[], there: readonly string[], flag: '--to' | '--probe', flags: Flags): string[] {
  if ((flag === '--to' ? flags.to : flags.probe) === undefined) return [];
  const unknown = asked.filter((one) => !there.includes(one)).map((one) => `${flag} ${one} (not there)`);
  const left = there.filter((one) => !asked.includes(one)).map((one) => `${flag} without ${one}`);
  return [...unknown, ...left];
}

function outOfReach(spec: string): RefusedError {
  const kinds = consumerKinds.filter(({ runs }) => runs === 'anywhere').map(({ kind }) => kind);
  return new RefusedError(`${spec} is a place that Step Functions cannot reach`, {
    hint: `nothing was changed; from there: ${kinds.join(', ')}; with the others rotate from a machine that reaches them`,
  });
}
