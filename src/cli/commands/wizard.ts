// keyturn without a command: leads one person through one rotation. Every question has a flag of `rotate`; what the wizard
// decides is the same plan, run by the same engine.
import { consumerKinds } from '../../consumers/registry.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import type { KeyFacts } from '../../machine/context.ts';
import type { ReadPolicy } from '../../policy/read.ts';
import { begin, mustBeFree } from '../begin.ts';
import { effectiveFlags, ofRetire, policyOf } from '../effective-flags.ts';
import { endBeforeItBegins } from '../end-before-it-begins.ts';
import { describe, finish } from '../finish.ts';
import type { Io } from '../io.ts';
import { lookAtUser, makePlan, readFlags, type Subject } from '../make-plan.ts';
import { notLookedAtWords } from '../not-looked-at-words.ts';
import type { Flags } from '../options.ts';
import { isOpen, pickRotation } from '../pick-rotation.ts';
import { day, doubtOver, planWords } from '../plan-words.ts';
import { ask, confirm, select, tick } from '../prompts.ts';
import { afar } from '../remote/handed-over.ts';
import { resumeRemotely } from '../remote/steer.ts';
import { steered } from '../remote/steered.ts';
import { isHanded } from '../remote/which.ts';
import { keyChoice, renderRotation } from '../render.ts';
import { openSession, runRotation, type Session } from '../session.ts';
import { askToVouch } from '../unread-places.ts';
import { type WaitMenu, waitMenu } from '../wait-menu.ts';
import { whereKeyIs } from '../where-key-is.ts';
import { withLock } from './resume.ts';
import { tellPlanned } from './rotate.ts';

export async function wizard(flags: Flags, io: Io): Promise<number> {
  if (!io.terminal) {
    throw new UsageError('there is no terminal to ask on', {
      hint: 'keyturn rotate --help shows the flags; keyturn --help the commands',
    });
  }
  const session = openSession(await withProfile(flags, io), io);
  const open = await openRotation(session);
  if (open && isHanded(open)) return steered(session, await afar(session, open), resumeRemotely);
  if (open) {
    return attended(session, (atWait) =>
      withLock(session, open, (fresh) => finish(session, fresh, () => runRotation(session, fresh, { atWait }))),
    );
  }
  return guide(session, { policy: await policyOf(flags, io) });
}

/** What the demo tells around the questions, each before its own. */
export interface Story {
  places: string;
  plan: string;
  wait(record: RotationRecord): string;
}

/** From the user to the end of the first visit. `demo` runs it in the embedded AWS, with a story and by no policy file. */
export async function guide(
  session: Session,
  { story, policy }: { story?: Story; policy: ReadPolicy | null },
): Promise<number> {
  const { io, flags, aws, progress } = session;
  const own = await lookAtUser(aws, io, flags.user).catch((error) => {
    // Credentials of a role have no user of their own: then it has to be named.
    if (error instanceof UsageError) return null;
    throw error;
  });
  const name = flags.user ?? (await ask(io, 'Whose access key? (user name)', own?.user.name ?? ''));
  const subject = own && own.user.name === name ? own : await lookAtUser(aws, io, name);
  await mustBeFree(session, subject);
  for (const key of subject.keys) progress.say(`  ${keyChoice(key, subject.now)}`);

  const exempt = (await effectiveFlags(policy, subject, flags, io)).exemption(null) !== null;
  const path = exempt ? leftAlone : await choosePath(session, subject);
  if (story) progress.say(story.places);
  const given = path.freeSlot === 'never' ? flags : { ...flags, freeSlot: path.freeSlot };
  const says = await effectiveFlags(policy, subject, given, io, path.from === 'watch' ? ofRetire : undefined);
  const asked = path.from === 'start' && !says.exemption(path.oldKey);
  const to = asked ? { to: await choosePlaces({ ...session, flags: says.flags }, path.oldKey) } : {};
  const read = await readFlags({ ...says.flags, freeSlot: path.freeSlot, ...to }, io);
  let planned = makePlan(subject, read, given, path, says);
  tellPlanned(session, planned, says);
  const unsaved = await endBeforeItBegins(session, planned);
  if (unsaved !== null) return unsaved;

  progress.say('');
  progress.block(planWords(planned.plan, planned.keys, subject.now));
  progress.say(story ? `\n${story.plan}` : '');
  if (!(await confirm(io, 'Go on?', true))) throw new UsageError('not agreed', { hint: 'nothing was changed' });
  const old = planned.keys.find((key) => key.id === path.oldKey);
  const doubt = old ? doubtOver(planned.plan, old, subject.now) : 0;
  const allTheSame = `If nobody is seen using the new key by ${day(doubt)}: deactivate the old one all the same?`;
  const undecided = doubt > 0 && planned.plan.unproven === 'ask';
  if (undecided && (await confirm(io, allTheSame, false)))
    planned = makePlan(subject, read, { ...given, yes: true }, path, says);
  const agreed = await askToVouch(io, planned.plan);
  return attended(session, (atWait) => begin(session, agreed, { atWait }), story);
}

/** Asks which profile to act as, where neither a flag nor the environment says it. */
async function withProfile(flags: Flags, io: Io): Promise<Flags> {
  if (flags.profile || io.env.AWS_PROFILE || io.env.AWS_ACCESS_KEY_ID) return flags;
  const { profileNames } = await import('../../aws/profiles.ts');
  const names = await profileNames();
  if (names.length < 2) return flags;
  const choices = names.map((name) => ({ name, value: name }));
  return { ...flags, profile: await select(io, 'Act as which profile?', choices) };
}

interface Path {
  from: 'start' | 'watch';
  oldKey: string | null;
  newKey: string | null;
  freeSlot: string;
}

/** Nothing is asked about a user whom the policy file exempts. */
const leftAlone: Path = { from: 'start', oldKey: null, newKey: null, freeSlot: 'never' };

/** Each way in which a user's keys can stand has its own question. */
async function choosePath({ io }: Session, { keys, user, now }: Subject): Promise<Path> {
  const active = keys.filter((key) => key.status === 'Active');
  const inactive = keys.filter((key) => key.status !== 'Active');
  const choices = (some: KeyFacts[]) => some.map((key) => ({ name: keyChoice(key, now), value: key.id }));
  const start = { from: 'start' as const, newKey: null, freeSlot: 'never' };
  const [first, second] = active;

  if (!first && inactive.length > 0) {
    throw new RefusedError(`${user.name} has no active key, only inactive ones`, {
      hint: 'nothing was changed; make one active again, or delete it and begin with a first key',
    });
  }
  if (!first) {
    if (
      await confirm(io, `${user.name} has no access key. Make a first one? (a role is better, where one will do)`, true)
    )
      return { ...start, oldKey: null };
    throw new UsageError('not agreed', { hint: 'nothing was changed' });
  }
  if (second) {
    const oldKey = await select(
      io,
      'Two active keys leave no room for a third. Which of them has been replaced, and shall be retired?',
      choices(active),
    );
    return { from: 'watch', oldKey, newKey: active.find((key) => key.id !== oldKey)?.id ?? null, freeSlot: 'never' };
  }
  const [spare] = inactive;
  if (!spare) return { ...start, oldKey: first.id };
  const answer = await select(io, 'An inactive key takes the second place. Remove it?', [
    { name: `leave it, and stop here`, value: 'stop' },
    { name: `remove ${keyChoice(spare, now)}`, value: 'remove' },
  ]);
  if (answer === 'stop') throw new UsageError('there is no room for a new key', { hint: 'nothing was changed' });
  return { ...start, oldKey: first.id, freeSlot: spare.id };
}

/** Profiles that hold the old key are found and ticked; others can be named. */
async function choosePlaces(session: Session, oldKey: string | null): Promise<string[]> {
  const { io, flags, progress } = session;
  if (flags.to && flags.to.length > 0) return flags.to;
  const search = oldKey === null ? null : await whereKeyIs(oldKey, session);
  for (const line of notLookedAtWords(search?.notLookedAt ?? [], oldKey ?? '')) progress.say(line);
  const found = search?.places.map(({ spec }) => spec) ?? [];
  if (found.length > 0) {
    const ticked = await tick(io, 'These hold the old key. Where shall the new one go?', [
      ...found.map((spec) => ({ name: spec, value: spec, checked: true })),
      { name: 'another place …', value: '' },
    ]);
    if (!ticked.includes('')) return ticked;
    return [...ticked.filter(Boolean), ...(await namePlaces(io))];
  }
  return namePlaces(io);
}

/** Several are told apart by where the next kind begins: names and commands may hold blanks. */
async function namePlaces(io: Io): Promise<string[]> {
  const usages = consumerKinds.map(({ usage }) => usage.split('  ')[0]).join(', ');
  const text = await ask(io, `Where shall the new key go? (as ${usages})`, 'credentials-file:default');
  const next = new RegExp(`\\s+(?=(?:${consumerKinds.map(({ kind }) => kind).join('|')}):)`);
  return text.split(next).filter(Boolean);
}

/** Runs it with somebody at each wait, who may have it handed over there. */
async function attended(session: Session, run: (atWait: WaitMenu['atWait']) => Promise<number>, story?: Story) {
  const menu = waitMenu(session, story?.wait);
  const code = await run(menu.atWait);
  if (menu.toHandOver === null) return code;
  const { handOver } = await import('./handoff.ts');
  return handOver(session, await pickRotation(session, menu.toHandOver));
}

async function openRotation(session: Session): Promise<RotationRecord | null> {
  const { io, store, progress } = session;
  const { records } = await store.list();
  const open = records.filter(isOpen);
  if (open.length === 0) return null;
  const answer = await select(io, 'A rotation is open.', [
    ...open.map((record) => ({
      name: `go on with ${record.rotation} (${record.context.plan.user}, ${record.outcome ?? record.state})`,
      value: record.rotation,
    })),
    { name: 'begin another one', value: '' },
  ]);
  const chosen = open.find((record) => record.rotation === answer) ?? null;
  if (chosen) progress.say(renderRotation(await describe(session, chosen)));
  return chosen;
}
