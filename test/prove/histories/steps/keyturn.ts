// The commands of keyturn, each with or without something that goes wrong on the way.
import fc from 'fast-check';
import type { FaultKind } from '../../../../src/sandbox/index.ts';
import { user } from '../../../support/cli.ts';
import type { Model } from '../model.ts';
import { command, nth, type Step, step } from '../step.ts';
import { type Mishap, openRecord, type Town } from '../town.ts';

const kinds: FaultKind[] = ['throttled', 'error500', 'reset', 'lostAnswer', 'garbage', 'accessDenied'];

const mishaps: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Mishap>({ what: 'none' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('dies' as const),
      when: fc.constantFrom('before request' as const, 'after request' as const),
      n: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('dies' as const),
      when: fc.constant('before file change' as const),
      n: fc.integer({ min: 1, max: 120 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom(...kinds), n: fc.integer({ min: 1, max: 40 }) }) },
);

interface Line {
  weight: number;
  name: string;
  may?(model: Model): boolean;
  /** Nothing goes wrong with it. */
  calm?: true;
  /** The command line; what a person agrees to by it is told to the checker. */
  line(model: Model, town: Town, n: number): string;
}

const yes = '--yes --json';

const lines: readonly Line[] = [
  { weight: 6, name: 'rotate', line: rotate },
  {
    weight: 2,
    name: 'retire',
    may: ({ keys, holds }) => holds !== null && [...keys.keys()].some((id) => id !== holds.accessKeyId),
    line: ({ keys, holds }) => {
      const old = [...keys.keys()].find((id) => id !== holds?.accessKeyId);
      const other = [...keys.keys()].find((id) => id !== old) ?? old;
      return `retire --user ${user} --key ${old} --new-key ${other} --quiet-for 2d --grace 3h ${yes}`;
    },
  },
  { weight: 7, name: 'resume', may: isOpen, line: (_, __, n) => `resume ${n % 2 ? yes : '--json'}` },
  {
    weight: 3,
    name: 'proceed',
    may: isOpen,
    line: (_, town, n) => {
      if (n % 2) return `proceed ${yes}`;
      const open = openRecord(town.sight());
      if (open?.park?.state === 'awaitGrace') town.checker.agreed(open.context.plan.oldKey ?? '');
      return `proceed --delete-now ${yes}`;
    },
  },
  { weight: 3, name: 'rollback', may: isOpen, line: () => 'rollback --json' },
  { weight: 1, name: 'rollback --only-reactivate', may: isOpen, line: () => 'rollback --only-reactivate --json' },
  {
    weight: 1,
    name: 'rollback --only-reactivate of a key',
    may: ({ keys }) => keys.size > 0,
    line: ({ keys }, _, n) => `rollback --only-reactivate --user ${user} --key ${nth([...keys.keys()], n)} --json`,
  },
  {
    weight: 2,
    name: 'rotate from another machine',
    // Where it cannot withdraw its claim it stops and says so: that would be another history, with two to go on with.
    may: (model) => isOpen(model) && !model.failing.includes('iam:UntagUser'),
    calm: true,
    line: (model, town, n) => {
      if (town.sight().claims.length === 0) return 'status --json';
      return `${rotate(model, town, n)} --state-dir ${town.elsewhere}`;
    },
  },
  { weight: 1, name: 'release', may: isOpen, line: () => `release --user ${user} ${yes}` },
  { weight: 1, name: 'status', line: () => 'status --json' },
  { weight: 1, name: 'any of these, with nothing open', may: (model) => !isOpen(model), line: nothingOpen },
];

function isOpen({ open }: Model): boolean {
  return open !== null;
}

function nothingOpen(_: Model, __: Town, n: number): string {
  return nth([`resume ${yes}`, `proceed --delete-now ${yes}`, 'rollback --json', `release --user ${user} ${yes}`], n);
}

function rotate({ keys, holds }: Model, { place, checker }: Town, n: number): string {
  const spare = [...keys].find(([id, { status }]) => status === 'Inactive' && id !== holds?.accessKeyId)?.[0];
  const slot = nth(['never', 'never', 'inactive', spare ?? 'never'], n);
  if (spare && slot !== 'never') checker.agreed(spare);
  const active = [...keys].filter(([, { status }]) => status === 'Active');
  const named = active.length > 1 && holds ? ` --key ${holds.accessKeyId}` : '';
  const times = nth(['--quiet-for 2d --grace 3h', '--quiet-for 1h --grace 2d'], n);
  return `rotate --user ${user} --to ${place.spec}${named} ${times} --free-slot ${slot} ${yes}`;
}

function worded(mishap: Mishap): string {
  if (mishap.what === 'none') return '';
  return mishap.what === 'dies' ? ` [dies ${mishap.when} ${mishap.n}]` : ` [request ${mishap.n}: ${mishap.what}]`;
}

export const commands: fc.Arbitrary<Step> = fc.oneof(
  ...lines.map(({ weight, name, may, calm, line }) => ({
    weight,
    arbitrary: fc
      .record({ mishap: calm ? fc.constant<Mishap>({ what: 'none' }) : mishaps, n: fc.nat(7) })
      .map(({ mishap, n }) =>
        step({
          name: `keyturn ${name}${worded(mishap)}`,
          ...(may ? { may } : {}),
          take: async (model, town) => {
            await command(model, town, line(model, town, n), mishap);
            return undefined;
          },
        }),
      ),
  })),
);
