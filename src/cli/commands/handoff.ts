// keyturn handoff: gives the waits that are left of a rotation to Step Functions, while both keys are active. What is sent is in
// the record before it is sent, so that after a crash exactly the same is sent again.
import { shortKeyId } from '../../access-key.ts';
import { stamp } from '../../activities/aws-time.ts';
import { findKey } from '../../activities/keys.ts';
import { unconfirmedPlaces } from '../../activities/places.ts';
import { isRollingBack, newKeyOf } from '../../activities/record.ts';
import { runsAnywhere } from '../../consumers/registry.ts';
import { formatDuration } from '../../duration.ts';
import type { HandOver, RotationRecord } from '../../engine/contract.ts';
import { executionArn } from '../../engine/stepfunctions.ts';
import { AnswerUnknownError, KeyturnError, NoSuchEntityError, RefusedError, UsageError } from '../../errors.ts';
import type { Plan } from '../../machine/context.ts';
import type { Settings } from '../../policy/settings.ts';
import { showProbe } from '../../probes/registry.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe, print } from '../finish.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { pickRotation } from '../pick-rotation.ts';
import { follow, printFollowed } from '../remote/follow.ts';
import { executionOf, isRefusedThere, settled, takenBack } from '../remote/handed-over.ts';
import { type Machine, machineAskedFor, machineAt, mustBeInAccount } from '../remote/machine.ts';
import { shippedSettings } from '../remote/shipped-plan.ts';
import { isHanded } from '../remote/which.ts';
import { openSession, type Session } from '../session.ts';
import { mayBeInactive } from './reactivate.ts';
import { withLock } from './resume.ts';

export async function handoff(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  return handOver(session, await pickRotation(session, id));
}

export async function handOver(session: Session, picked: RotationRecord): Promise<number> {
  const ready = await withLock(session, picked, async (record) => {
    if (isHanded(record)) return sentAgain(session, record);
    const { machine, input } = await prepared(session, record);
    return sent(session, record, machine, input);
  });
  // Whoever waits here now only watches: the lock is free for a roll back.
  const machine = machineAt(session, ready.handedOver?.machine ?? '');
  const followed = await follow(session, machine, ready.execution ?? '');
  if (isRefusedThere(followed.remote)) return refusedThere(session, ready, followed.remote.record);
  return printFollowed(session, await settled(session, ready, followed));
}

/** Throws RefusedError where it is not safe, UsageError where nobody agreed. Changes nothing. */
async function prepared(session: Session, record: RotationRecord) {
  const { io, flags, progress, aws } = session;
  const { plan } = record.context;
  const { oldKey, newKey } = mustBeWatching(record);
  const keys = await aws.keys(plan.user);
  for (const key of [oldKey, newKey]) {
    if (findKey(keys, key)?.status === 'Active') continue;
    throw new RefusedError(`${shortKeyId(key)} is not active, and only a watch over two active keys is handed over`, {
      hint: `nothing was changed; keyturn resume ${record.rotation} goes on from here`,
    });
  }
  const user = await aws.user(plan.user);
  const machine = await machineAskedFor(session, user);
  await mustBeInAccount(session, machine);
  const settings = await shippedSettings(session, machine.region, user);

  progress.block(whatChanges(plan, settings, machine));
  if (!flags.yes) {
    if (!io.terminal) {
      throw new UsageError('handoff asks before it gives a rotation away, and there is no terminal to ask on', {
        hint: 'agree beforehand with --yes; nothing was changed',
      });
    }
    const { confirm } = await import('../prompts.ts');
    if (!(await confirm(io, 'Hand it over?', true)))
      throw new UsageError('not agreed', { hint: 'nothing was changed' });
  }
  const input: HandOver['input'] = { user: plan.user, from: 'watch', oldKey, newKey, rotation: record.rotation };
  return { machine, input };
}

/** Before the delivery there is a secret on the way; after the deactivation a person here can bring the key back sooner. */
function mustBeWatching({ rotation, context, outcome, ...record }: RotationRecord): { oldKey: string; newKey: string } {
  const { plan } = context;
  const { oldKey } = plan;
  const newKey = newKeyOf(context);
  const refuse = (why: string) =>
    new RefusedError(`rotation ${rotation} cannot be handed over: ${why}`, {
      hint: `nothing was changed; keyturn status ${rotation} shows where it is`,
    });
  if (!oldKey || !newKey) throw refuse('there are no two keys to watch over');
  if (isRollingBack(context)) throw refuse('it is on its way back');
  if (outcome !== null) throw refuse('it is stuck, and a person has to look first');
  if (plan.from === 'start' && context.deliverKey?.verdict !== 'delivered')
    throw refuse('not every place has the new key');
  if (mayBeInactive({ rotation, context, outcome, ...record }))
    throw refuse('the old key has been deactivated already');
  const [unsure] = unconfirmedPlaces(context);
  if (unsure) throw refuse(`whether ${unsure} got the new key is not known`);
  return { oldKey, newKey };
}

function whatChanges(plan: Plan, settings: Settings, { arn }: Machine): string[] {
  const long = (seconds: number) => formatDuration(seconds);
  const here = plan.consumers.filter((spec) => !runsAnywhere(spec));
  const unlooked = plan.probes.filter((probe) => !settings.probes.includes(probe));
  return [
    `From here on ${arn} waits, by the policy that was shipped with it:`,
    `- the watch begins anew: until the old key was unused for ${long(settings.quietFor)}, at most ${long(settings.watchLimit)}`,
    `- then it is inactive for ${long(settings.grace)} before it is deleted`,
    ...unlooked.map((probe) => `- nobody looks at ${showProbe(probe)}`),
    ...here.map(
      (spec) =>
        `- nobody there can look at ${spec}, or give it the old key back: keyturn rollback does, on this machine`,
    ),
    '- the pairs stay in the vault here until it has ended',
  ];
}

async function sent(
  session: Session,
  record: RotationRecord,
  machine: Machine,
  input: HandOver['input'],
): Promise<RotationRecord> {
  const { store, aws, io } = session;
  for (let attempt = 1; ; attempt++) {
    const name = `${input.oldKey}-${attempt}`;
    if (await isTaken(machine, name)) continue;
    const at = stamp({ aws, clock: io.clock });
    const handedOver: HandOver = { at, machine: machine.arn, name, input };
    const detail = `handed over to Step Functions as ${name}`;
    const handed: RotationRecord = {
      ...record,
      engine: 'stepfunctions',
      handedOver,
      history: [...record.history, { at, state: record.state, event: 'stopped', detail }],
    };
    await store.save(handed);
    const started = await start(session, record, handedOver);
    if (!started) continue;
    const known = { ...handed, execution: started };
    await store.save(known);
    return known;
  }
}

/** What was cut off in between is sent exactly as it was; whether it had arrived makes no difference. */
async function sentAgain(session: Session, record: RotationRecord): Promise<RotationRecord> {
  const { handedOver, execution, rotation } = record;
  if (!handedOver || execution) {
    throw new RefusedError(`rotation ${rotation} is handed over already: ${execution}`, {
      hint: `nothing was changed; keyturn status ${rotation} shows it`,
    });
  }
  const found = await executionOf(session, record);
  const arn = found?.remote.execution.arn ?? (await start(session, takenBack(session, record, null), handedOver));
  if (!arn) {
    throw new RefusedError(`another execution is named ${handedOver.name}, with another input`, {
      hint: `nothing was changed; keyturn rollback ${rotation} goes back`,
    });
  }
  const known = { ...record, execution: arn };
  await session.store.save(known);
  return known;
}

/** Null where the name is taken. Where it was refused the rotation is this machine's again. */
async function start(
  session: Session,
  record: RotationRecord,
  { machine, name, input }: HandOver,
): Promise<string | null> {
  const { rotation } = record;
  try {
    return await machineAt(session, machine).machines.start(machine, name, input);
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    if (error instanceof AnswerUnknownError) {
      throw new RefusedError(`whether Step Functions has rotation ${rotation} is not known: ${error.message}`, {
        hint: `keyturn handoff ${rotation} sends exactly the same again`,
        cause: error,
      });
    }
    await session.store.save(record);
    throw new RefusedError(`rotation ${rotation} was not handed over: ${error.message}`, {
      hint: `nothing was changed; keyturn resume ${rotation} goes on from here; ${error.hint ?? ''}`,
      cause: error,
    });
  }
}

async function isTaken({ machines, arn }: Machine, name: string): Promise<boolean> {
  try {
    await machines.describe(executionArn(arn, name));
    return true;
  } catch (error) {
    if (error instanceof NoSuchEntityError) return false;
    throw error;
  }
}

/** claimUser there refused it, so nothing was done there. */
async function refusedThere(session: Session, handed: RotationRecord, there: RotationRecord): Promise<number> {
  const record = takenBack(session, handed, null);
  await session.store.save(record);
  const said = await describe(session, there, 'stuck');
  const document = await describe(session, record);
  const reason = `Step Functions refused it: ${said.reason}`;
  const hint = `nothing was changed, and it is this machine's again; keyturn resume ${record.rotation} goes on from here`;
  print(session, { ...document, outcome: 'refused', reason, hint }, exitCodes.refused);
  return exitCodes.refused;
}
