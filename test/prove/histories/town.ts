// Where a history happens: an embedded AWS with alice, a place that holds her pair and the application that uses it, somebody
// who runs keyturn, and the checker beside them all.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RotationRecord } from '../../../src/engine/contract.ts';
import type { FaultKind, RequestRecord } from '../../../src/sandbox/index.ts';
import { type Ending, openDesk, type Printed, type Transcript, user } from '../../support/cli.ts';
import { allBut } from '../../support/world-options.ts';
import { createChecker, type Pair } from '../checker.ts';
import { putSdkTimersOn } from '../faults/sdk-timers.ts';
import { mortalProcess } from './mortal-process.ts';
import { filePlace, secretOf } from './places.ts';

/** What goes wrong during one command. */
export type Mishap =
  | { what: 'none' }
  | { what: 'dies'; when: 'before request' | 'after request' | 'before file change'; n: number }
  | { what: FaultKind; n: number };

export interface Told {
  /** Null where the process died. */
  code: number | null;
  /** Null where it died, or could not say. */
  said: Partial<Printed> | null;
  stderr: string;
}

/** What is true at one moment. */
export interface Sight {
  /** Status by id. */
  keys: ReadonlyMap<string, string>;
  holds: Pair | null;
  rest: string | null;
  claims: readonly string[];
  /** Files of the vault. */
  vault: readonly string[];
  records: readonly RotationRecord[];
}

// Every step of keyturn is synced to the disk; where the system has a folder in memory, that costs nothing.
if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';

export type Town = Awaited<ReturnType<typeof openTown>>;

export async function openTown(kind: 'file' | 'secret', ending: Ending) {
  const desk = await openDesk({ policies: allBut() }, ending);
  const { sandbox, account, clock, stateDir } = desk;
  // Whether anything leaks is looked for elsewhere; here it would cost more than all the rest.
  desk.canary.look = () => {};
  putSdkTimersOn(clock, ending);
  const [first] = desk.keys as [Pair];
  const place = kind === 'file' ? filePlace(desk.credentialsFile) : secretOf(sandbox, first);
  const elsewhere = join(desk.folder, 'elsewhere');
  const checker = createChecker({ sandbox, user, places: [place.watched], stateFolders: [stateDir, elsewhere] });
  ending.onTestFinished(() => checker.close());
  const secrets = new Map([[first.accessKeyId, first.secretAccessKey]]);
  const learn = (pairs: readonly Pair[]) => {
    for (const pair of pairs) {
      if (sandbox.inspection.standing(pair) !== 'another secret') secrets.set(pair.accessKeyId, pair.secretAccessKey);
    }
  };

  const vaulted = () =>
    namesIn(join(stateDir, 'vault'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(stateDir, 'vault', name), 'utf8')) as Pair);
  let deaths = 0;
  const orphans = new Set<string>();

  const noteOrphans = () => {
    for (const { id } of sandbox.inspection.keys(user)) if (!secrets.has(id)) orphans.add(id);
  };

  const ordered = ({ what, ...mishap }: Mishap) =>
    what === 'none' || what === 'dies' || !('n' in mishap)
      ? () => {}
      : sandbox.fault({ operation: '*', call: mishap.n, kind: what });

  const keyturn = async (command: string, mishap: Mishap = { what: 'none' }): Promise<Told> => {
    const from = sandbox.requests.length;
    const dies = mishap.what === 'dies' ? mishap : null;
    const process = mortalProcess(clock, {
      diesBeforeFile: dies?.when === 'before file change' ? dies.n : undefined,
      renamed: (path) => checker.look(`after the rename to ${path}`),
    });
    const callOff = ordered(mishap);
    const unhear = sandbox.onRequest(({ phase }) => {
      if (dies?.when !== `${phase} request` || sandbox.requests.length - from !== dies.n) return;
      return process.die();
    });
    const ended = await process.run<Transcript>(() => desk.run(command, { clock: process.clock }));
    unhear();
    callOff();
    learn(place.watched.read());
    learn(vaulted());
    if (ended === 'killed' || sandbox.requests.slice(from).some(isUnanswered)) noteOrphans();
    if (ended !== 'killed') return { code: ended.code, said: said(ended), stderr: ended.stderr };
    deaths += 1;
    desk.canary.learn(stateDir, desk.credentialsFile);
    buryLocks(desk.folder);
    return { code: null, said: null, stderr: '' };
  };

  return {
    sandbox,
    account,
    checker,
    /** Another machine's state folder. */
    elsewhere,
    place,
    secrets,
    keyturn,
    /** What has been done so far. */
    taken: { steps: 0, commands: 0 },
    deaths: () => deaths,
    /** Keys whose maker died or was not answered: nobody has their secrets, so there are none to keep. */
    orphans,
    /** Violations that are of an orphan which its rotation has not come to yet. */
    excused: new Set<string>(),
    /** What happened, for whoever has to understand it. */
    story: [] as string[],
    now: () => clock.now(),
    pass: desk.pass,
    operator: 'operator',
    /** Somebody's own doing. */
    byHand: <T>(work: () => T): T => {
      const done = checker.byHand();
      try {
        return work();
      } finally {
        done();
      }
    },
    createKey: () => {
      const pair = account.createKey(user);
      desk.canary.guard(pair);
      learn([pair]);
      return pair;
    },
    /** Requests so far. */
    requests: () => sandbox.requests.length,
    sight: (): Sight => ({
      keys: new Map(sandbox.inspection.keys(user).map(({ id, status }) => [id, status])),
      holds: place.watched.read()[0] ?? null,
      rest: place.rest(),
      claims: Object.entries(account.tags(user))
        .filter(([tag, value]) => tag.startsWith('keyturn:') && !value.startsWith('released'))
        .map(([tag]) => tag.slice('keyturn:claim:'.length)),
      vault: namesIn(join(stateDir, 'vault')),
      records: namesIn(join(stateDir, 'rotations'))
        .filter((name) => /^[^.].*\.json$/.test(name))
        .map((name) => JSON.parse(readFileSync(join(stateDir, 'rotations', name), 'utf8')) as RotationRecord),
    }),
  };
}

export function openRecord({ records }: Sight): RotationRecord | null {
  return records.find(({ outcome, released }) => (outcome === null || outcome === 'stuck') && !released) ?? null;
}

function isUnanswered({ operation, error, fault }: RequestRecord): boolean {
  return operation === 'CreateAccessKey' && error === null && fault !== null;
}

function said({ stdout }: Transcript): Told['said'] {
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Above every process id that Linux gives out. */
const nobody = 2 ** 22 + 1;

/** The locks that the dead process held, or tried for, are those of a process that is not there any more. */
function buryLocks(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const tried = entry.name.replace(`-${process.pid}-`, `-${nobody}-`);
    if (tried !== entry.name) renameSync(path, join(entry.parentPath, tried));
    if (!entry.isFile() || !/[.-]lock(?:\.[0-9a-f]+)*$/.test(entry.name)) continue;
    const holder = JSON.parse(readFileSync(path, 'utf8')) as { pid: number };
    writeFileSync(path, JSON.stringify({ ...holder, pid: nobody }));
  }
}
