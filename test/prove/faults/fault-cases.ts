// The cases of the fault matrix: every request that a recording of the undisturbed command shows, failing in every way
// that it can, and then going on or going back.
import { type Desk, type Ending, openDesk, user } from '../../support/cli.ts';
import { leaksIn, withoutLeaks } from '../../support/leaks.ts';
import { createChecker } from '../checker.ts';
import { arrangePlace, type PlaceKind } from '../crash/places.ts';
import type { Case } from '../lane.ts';
import { settings } from '../settings.ts';
import { type CommandUnderFault, commands } from './commands.ts';
import { slipsIn } from './ending.ts';
import { toTheEnd, type Way } from './going-on.ts';
import { type Kind, kinds, type Spot } from './kinds.ts';
import { putSdkTimersOn } from './sdk-timers.ts';

const june = { createdAt: '2026-06-01T08:00:00Z' };

/** `wanted` is a case's name: then only its command is recorded. In `npm test` it is every fourth command. */
export async function faultCases(place: PlaceKind, wanted: string | null): Promise<Case[]> {
  const { scale, seed } = settings();
  const isAsked = ({ name }: CommandUnderFault, n: number) =>
    wanted === null ? scale !== 'test' || n % 4 === seed % 4 : wanted.split('/')[0] === name;
  const cases: Case[] = [];
  for (const command of commands.filter(isAsked)) {
    for (const spot of await recorded(command, place)) {
      for (const kind of kinds.filter((one) => one.fits(spot))) {
        for (const way of ['on', 'back'] as const) {
          cases.push({
            name: `${command.name}/${spot.operation}-${spot.ordinal}-${kind.name}/${way}`,
            run: (ending) => disturbed(ending, { command, place, spot, kind, way }),
          });
        }
      }
    }
  }
  return cases;
}

/** Every request of the undisturbed command, in its order. */
async function recorded(command: CommandUnderFault, kind: PlaceKind): Promise<Spot[]> {
  const handlers: (() => void | Promise<void>)[] = [];
  const ending = { onTestFinished: (handler: () => void | Promise<void>) => void handlers.push(handler) };
  try {
    const { desk, line } = await reached(ending, command, kind);
    const from = desk.sandbox.requests.length;
    const { code, json, stderr } = await desk.run(`${line} --json`);
    if (code !== 0 || json().outcome !== command.outcome) throw new Error(`${command.name} does not work:\n${stderr}`);
    const times = new Map<string, number>();
    return desk.sandbox.requests.slice(from).map(({ service, operation: name }) => {
      const operation = `${service}.${name}`;
      const ordinal = (times.get(operation) ?? 0) + 1;
      times.set(operation, ordinal);
      return { operation, ordinal };
    });
  } finally {
    for (const handler of handlers.reverse()) await handler();
  }
}

async function reached(ending: Ending, command: CommandUnderFault, kind: PlaceKind) {
  const desk = await openDesk(command.retires ? { keys: [june, june], lastUsed: null } : {}, ending);
  const { flags, places } = arrangePlace(desk, kind, ending);
  const watched = { sandbox: desk.sandbox, user, places, stateFolders: [desk.stateDir] };
  // A read that is behind is not behind this arrangement.
  await desk.pass(1);
  const checker = createChecker(watched);
  ending.onTestFinished(() => checker.close());
  if (command.retires) desk.account.use(desk.ids[1] ?? '', { at: '2026-12-06T10:30:00Z' });
  return { desk, checker, line: await command.reach({ desk, flags }) };
}

interface Disturbance {
  command: CommandUnderFault;
  place: PlaceKind;
  spot: Spot;
  kind: Kind;
  way: Way;
}

async function disturbed(ending: Ending, { command, place: where, spot, kind, way }: Disturbance): Promise<number> {
  const { desk, checker, line } = await reached(ending, command, where);
  const timers = putSdkTimersOn(desk.clock, ending);
  if (command.endsGrace) checker.agreed(desk.ids[0] ?? '');

  const callOff = kind.order(desk.sandbox, spot, timers);
  const ended = await desk.run(`${line} --verbose --json`);
  callOff();
  const slips = slipsIn(ended).map((slip) => `the command ${slip}`);
  if (!kind.unseen && !desk.sandbox.requests.some(({ fault }) => fault !== null)) slips.push('the fault never fell');
  if (mustPass(kind, spot) && (ended.code !== 0 || ended.json().outcome !== command.outcome)) {
    slips.push(`the command did not come through: exit code ${ended.code}`);
  }
  const end = await toTheEnd(desk, { command, line, ended, way });

  const { secretsMade } = desk.sandbox;
  const leaks = leaksIn(`${ended.stdout}\n${ended.stderr}`, secretsMade).map(
    (spelling) => `prints a secret ${spelling}`,
  );
  const wrong = [...slips, ...leaks, ...end.slips, ...mustFit(desk, end.outcome)];
  wrong.push(...checker.violations, ...checker.atEnd({ over: end.outcome !== null }));
  if (wrong.length === 0) return 1;
  throw new Error(withoutLeaks(`${[...new Set(wrong)].join('\n')}\n\n${ended.stderr}`, secretsMade));
}

/** CreateAccessKey is not sent again by the SDK; where its request got no answer keyturn does so, once it knows what came of it. */
function mustPass({ passes, name }: Kind, { operation }: Spot): boolean {
  return passes && !(operation === 'iam.CreateAccessKey' && name === 'throttledOnce');
}

/** The keys as the end says. */
function mustFit(desk: Desk, outcome: string | null): string[] {
  const active = (desk.account.snapshot()[user]?.keys ?? [])
    .filter(({ status }) => status === 'Active')
    .map(({ id }) => id);
  const old = desk.ids.at(-1) ?? '';
  if (outcome === 'rolledBack' && !active.includes(old)) return ['it ended rolledBack, and the old key is not active'];
  if (outcome === 'rotated' && active.length !== 1) return [`it ended rotated, and ${active.length} keys are active`];
  return [];
}
