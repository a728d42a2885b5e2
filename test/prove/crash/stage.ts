// One case's world: an account and a place on a clock of their own, the checker beside them, and processes that run command
// lines there, one after another, some of which are killed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VirtualClock } from '../../../src/clock.ts';
import type { RotationRecord } from '../../../src/engine/contract.ts';
import { type Ending, namesIn, openDesk, type Transcript, transcript, user } from '../../support/cli.ts';
import { createChecker } from '../checker.ts';
import { createCommonTime } from './common-time.ts';
import { arrangePlace, type PlaceKind } from './places.ts';
import { giveBack, type Process, startProcess, takeProcess } from './process.ts';

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Where a process is killed: at a request to AWS, by its operation, or at a change of a file, by its name. */
export type Kill = AtRequest | { file: string };

interface AtRequest {
  service: string;
  operation: string;
  nth: number;
  moment: 'before' | 'after';
}

/** A point of an undisturbed run, and the step of the rotation that it lies in. */
export interface Point {
  name: string;
  step: string;
}

const old = { createdAt: '2026-06-01T08:00:00Z' };

export async function openStage(kind: PlaceKind, retires: boolean, ending: Ending) {
  // The place holds the first key: for `retire` that is the new one.
  const keys = retires ? [{ createdAt: '2026-12-01T08:00:00Z' }, old] : [old];
  const desk = await openDesk({ keys, lastUsed: '2026-12-06T09:55:00Z' }, ending);
  const { flags, places, folders } = arrangePlace(desk, kind, ending);
  const clock = desk.clock as VirtualClock;
  const time = createCommonTime(clock);
  const checker = createChecker({ sandbox: desk.sandbox, user, places, stateFolders: [desk.stateDir] });
  ending.onTestFinished(() => checker.close());

  const records = join(desk.stateDir, 'rotations');
  const rotations = () => namesIn(records).flatMap((name) => /^([^.].*)\.json$/.exec(name)?.[1] ?? []);
  const record = (): RotationRecord | null => {
    const [id] = rotations().slice(-1);
    return id === undefined ? null : (JSON.parse(readFileSync(join(records, `${id}.json`), 'utf8')) as RotationRecord);
  };
  const vault = join(desk.stateDir, 'vault');
  const orphans = new Set<string>();
  const kept = new Set(desk.ids);
  const roles: (readonly [string, string])[] = [
    [records, 'record'],
    [join(desk.stateDir, 'locks'), 'lock'],
    [vault, 'vault'],
    [desk.stateDir, 'state'],
    ...folders.map((folder) => [folder, 'place'] as const),
  ];

  let step = '';

  /** A command line, split at blanks, in a process that may have run others; with `kill`, in one of its own. */
  const run = async (
    commandLine: string,
    { kill, onPoint }: { kill?: Kill; onPoint?: (point: Point) => void } = {},
  ): Promise<Transcript> => {
    const process = await (kill ? startProcess() : takeProcess());
    const stopListening = onPoint ? listenToRequests(onPoint) : () => {};
    const callOff = kill && 'operation' in kill ? killAtRequest(process, kill) : () => {};
    const ran = await process.run({
      argv: commandLine.split(' ').map((part) => part.replaceAll('§', ' ')),
      env: { ...(desk.env as Record<string, string>), AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true' },
      cwd: desk.cwd,
      home: desk.home,
      roles,
      dieAt: kill && 'file' in kill ? kill.file : null,
      record: onPoint !== undefined,
      tellWhileAsking: false,
      time,
      clock,
      onFile: (name) => onPoint?.({ name, step }),
      onPlaced: (role) => {
        if (role === 'record') step = stepNow();
        noteKept();
        desk.canary.learn(desk.stateDir, desk.credentialsFile);
        checker.look(`after a ${role} was put in place`);
      },
    });
    callOff();
    stopListening();
    giveBack(process);
    if (process.dead) noteOrphans();
    checker.look(`after ${commandLine.split(' ')[0]} ${process.dead ? 'was killed' : 'ended'}`);
    return transcript(desk.canary, ran.code, ran.stdout, ran.stderr);
  };

  /** Of what keys a vault or a place has the pair now: some day nobody needs that any more. */
  function noteKept() {
    const texts = [
      ...namesIn(vault).flatMap((name) => (name.startsWith('.') ? [] : readFileSync(join(vault, name), 'utf8'))),
      ...desk.sandbox.inspection.secrets('keyturn/').map(({ value }) => value ?? ''),
      ...places.flatMap((place) => place.read().map(({ accessKeyId }) => accessKeyId)),
    ];
    for (const { id } of desk.sandbox.inspection.keys(user)) if (texts.some((text) => text.includes(id))) kept.add(id);
  }

  /** Keys whose secret died with the process that made them: they are to be removed, and until then nobody can keep it. */
  function noteOrphans() {
    noteKept();
    for (const { id } of desk.sandbox.inspection.keys(user)) if (!kept.has(id)) orphans.add(id);
  }

  /** What is wrong so far. */
  function wrong(): string[] {
    const isOfOrphan = (one: string) => one.startsWith('secret kept') && [...orphans].some((id) => one.includes(id));
    const left = desk.sandbox.inspection.keys(user).filter(({ id }) => orphans.has(id));
    return [
      ...checker.violations.filter((one) => !isOfOrphan(one)),
      ...(isOver() ? left.map(({ id }) => `the rotation is over, and ${id}, whose secret nobody has, is left`) : []),
    ];
  }

  function isOver(): boolean {
    const { outcome = null } = record() ?? {};
    return outcome === 'rotated' || outcome === 'rolledBack';
  }

  function killAtRequest(process: Process, { service, operation, nth, moment }: AtRequest) {
    return desk.sandbox.fault({
      operation: `${service}:${operation}`,
      kind: moment === 'before' ? 'reset' : 'lostAnswer',
      call: (call) => {
        if (call === nth) process.kill();
        return call === nth;
      },
    });
  }

  function listenToRequests(onPoint: (point: Point) => void) {
    const counts = new Map<string, number>();
    return desk.sandbox.onRequest(({ phase, service, operation }) => {
      if (phase === 'before') return;
      const kind = `${service}.${operation}`;
      const nth = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, nth);
      for (const moment of ['before', 'after']) onPoint({ name: `${kind}-${nth}-${moment}`, step });
    });
  }

  /** The activity that the record calls started; nothing between two of them. */
  function stepNow(): string {
    const last = record()?.history.at(-1);
    return last?.event === 'started' ? last.state : '';
  }

  return { desk, flags, checker, rotations, record, run, wrong };
}

/** Reads `iam.GetUser-3-before` and `rename-record-7-half`. */
export function killOf(point: string): Kill {
  const request = /^([a-z]+)\.(\w+)-(\d+)-(before|after)$/.exec(point);
  if (!request) return { file: point };
  const [, service = '', operation = '', nth, moment] = request;
  return { service, operation, nth: Number(nth), moment: moment as 'before' | 'after' };
}
