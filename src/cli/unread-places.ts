// Places that nobody can read back (S25): they count as delivered when a person vouches for them, or when the new key is
// used. What a person says of them is kept in the plan.
import { givesBack } from '../consumers/registry.ts';
import { UsageError } from '../errors.ts';
import type { Plan } from '../machine/context.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';

/** Places that cannot be read back, or may turn out so: of a command that is known only when it is asked. */
export function placesUnread(consumers: readonly string[]): string[] {
  return consumers.filter((spec) => givesBack(spec) !== 'pair');
}

/** What `--yes` and a person's word mean for them. */
export function countsAsDelivered(specs: readonly string[]): string {
  return `where it cannot be read back, it counts as delivered: ${specs.join(', ')}`;
}

export function isVouched(plan: Plan): boolean {
  return plan.overrides.some(({ what }) => what === 'unreadable');
}

/** Asks for what surely cannot be read back. Without consent the rotation goes on, and waits until the new key is used. */
export async function askToVouch(io: Io, plan: Plan): Promise<Plan> {
  const specs = plan.consumers.filter((spec) => givesBack(spec) === 'nothing');
  if (specs.length === 0 || isVouched(plan)) return plan;
  const { confirm } = await import('./prompts.ts');
  const question = `Nobody can read back ${specs.join(', ')}. Does it count as delivered once the pair was handed over?`;
  if (!(await confirm(io, question, false))) return plan;
  const why = `agreed at the plan: ${countsAsDelivered(specs)}`;
  return { ...plan, overrides: [...plan.overrides, { at: plan.startedAt, what: 'unreadable', why }] };
}

/** With --json standard output is one document, and no pair is printed into it. */
export function refuseToPrintPair({ json }: Flags, consumers: readonly string[]): void {
  if (!json || !consumers.includes('stdout:')) return;
  throw new UsageError('stdout: prints the pair, and --json keeps standard output for one document', {
    hint: 'leave one of them out',
  });
}
