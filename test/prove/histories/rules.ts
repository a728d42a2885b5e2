// What one command of keyturn may have done, by what was true before: whatever it said, and whether it died on the way.
import type { RotationRecord } from '../../../src/engine/contract.ts';
import type { Model, ModelKey } from './model.ts';
import { openRecord, type Sight, type Told } from './town.ts';

export interface Done {
  /** `rotate`, `resume` … with its flags. */
  command: string;
  before: Model;
  was: Sight;
  now: Sight;
  /** When the command began and ended. */
  began: number;
  ended: number;
  told: Told;
}

/** What is wrong, in words; nothing where all is well. */
export function wrongs(done: Done): string[] {
  return [...keyWrongs(done), ...placeWrongs(done), ...outcomeWrongs(done)];
}

const minute = 60_000;

/** The rotation that the command was about: the one open after it, or the newest that it changed. */
function aboutOf({ was, now }: Done): RotationRecord | null {
  const earlier = openRecord(was);
  return (
    openRecord(now) ??
    now.records.find(({ rotation }) => rotation === earlier?.rotation) ??
    now.records.find(({ rotation }) => !was.records.some((one) => one.rotation === rotation)) ??
    now.records.at(-1) ??
    null
  );
}

function newKeyOf({ context }: RotationRecord): string | null {
  return context.createKey?.newKey ?? context.plan.newKey;
}

function keyWrongs(done: Done): string[] {
  const { was, now, before, command } = done;
  const made = [...now.keys.keys()].filter((id) => !was.keys.has(id));
  const about = aboutOf(done);
  const wrong: string[] = [];
  if (made.length > 1) wrong.push(`it made ${made.length} keys`);
  if (made.length > 0 && (about?.context.plan.from !== 'start' || /^(release|retire|status)/.test(command))) {
    wrong.push(`${command} made a key`);
  }
  for (const [id, status] of was.keys) {
    const key = before.keys.get(id) as ModelKey;
    const then = now.keys.get(id);
    if (then === status) continue;
    const said = then === undefined ? deletion(id, key, done, about) : change(id, key, then, done, about);
    if (said) wrong.push(`${id}, ${said}`);
  }
  return wrong;
}

function isOwnUnoffered(id: string, key: ModelKey, about: RotationRecord | null): boolean {
  return key.ofKeyturn && !key.offered && id !== about?.context.plan.oldKey;
}

function deletion(id: string, key: ModelKey, done: Done, about: RotationRecord | null): string | null {
  const { command, ended } = done;
  const plan = about?.context.plan;
  if (isOwnUnoffered(id, key, about)) return null;
  if (key.status !== 'Inactive') return 'active when the command began, was deleted';
  if (id === plan?.oldKey) {
    const consent = /^proceed .*--delete-now/.test(command) || plan.overrides.some(({ what }) => what === 'deleteNow');
    const inactive = ended - (key.offSince ?? ended);
    if (consent || inactive >= plan.grace * 1000) return null;
    return `the old key, was deleted after ${Math.floor(inactive / minute)} minutes instead of ${plan.grace / 60}`;
  }
  if (plan?.freeSlot === id) return null;
  if (plan?.freeSlot === 'inactive' && ended - (key.usedAt ?? 0) >= 90 * 24 * 60 * minute) return null;
  return 'none of the rotation’s, was deleted';
}

function change(
  id: string,
  key: ModelKey,
  then: string,
  { command, ended, was }: Done,
  about: RotationRecord | null,
): string | null {
  const plan = about?.context.plan;
  if (then === 'Inactive') {
    if (isOwnUnoffered(id, key, about)) return null;
    if (id !== plan?.oldKey) return 'none of the rotation’s, was deactivated';
    const asked = /^proceed/.test(command) || plan.overrides.some(({ what }) => what === 'proceed');
    const silent = ended - (key.usedAt ?? 0);
    if (asked || silent >= plan.quietFor * 1000) return null;
    return `used ${Math.floor(silent / minute)} minutes ago, was deactivated, and quiet is ${plan.quietFor / 60}`;
  }
  if (command.includes(id)) return null;
  if (id !== plan?.oldKey) return 'none of the rotation’s, was activated';
  const mayBeOurs = about?.context.deactivateKey || about?.context.interruptions.length;
  const isAskedFor = /^rollback/.test(command) || openRecord(was)?.context.intent === 'rollBack';
  if (key.offByHand && !isAskedFor && !mayBeOurs) return 'deactivated by hand, was activated';
  return null;
}

function placeWrongs(done: Done): string[] {
  const { was, now, command } = done;
  const wrong: string[] = [];
  const isFirst = was.rest === null && aboutOf(done)?.context.plan.oldKey === null;
  if (was.rest !== now.rest && !isFirst) wrong.push('what stands beside the pair was changed');
  const [from, to] = [was.holds?.accessKeyId ?? null, now.holds?.accessKeyId ?? null];
  if (from === to) {
    if (was.holds?.secretAccessKey !== now.holds?.secretAccessKey) wrong.push(`the secret of ${from} was changed`);
    return wrong;
  }
  const about = aboutOf(done);
  const newKey = about && newKeyOf(about);
  const oldKey = about?.context.plan.oldKey ?? null;
  const delivers = from === oldKey && to !== null && (to === newKey || !was.keys.has(to));
  const restores = to === oldKey && from === newKey;
  if (!delivers && !restores)
    wrong.push(`the place held ${from} and holds ${to}, and that is no delivery or restoration`);
  if (/^(release|retire|status)/.test(command)) wrong.push(`${command} changed the place`);
  return wrong;
}

function outcomeWrongs(done: Done): string[] {
  const { was, now, told, command, before } = done;
  const wrong: string[] = [];
  const open = now.records.filter(({ outcome, released }) => (outcome === null || outcome === 'stuck') && !released);
  if (open.length > 1) wrong.push(`${open.length} rotations are open`);
  if (told.code === null) return wrong;
  if (/--state-dir/.test(command) && (told.code === 0 || now.claims.length > was.claims.length)) {
    wrong.push('a second rotation began on another machine');
  }
  if (told.code === 1) wrong.push(`it is a bug: ${told.stderr}`);
  if (!told.said) wrong.push(`it ended ${told.code} and said nothing`);
  const hint = told.said?.hint ?? told.said?.error?.hint;
  if (told.code !== 0 && !hint && !/\nhint: \S/.test(`\n${told.stderr}`)) wrong.push('it failed without a hint');
  if (told.code === 2 || told.code === 3) {
    const same = (sight: Sight) => JSON.stringify([[...sight.keys], sight.holds]);
    if (same(was) !== same(now)) wrong.push(`it ended ${told.code}, and yet something was changed`);
  }

  const about = aboutOf(done);
  if (!about || command.startsWith('release') || /--key/.test(command)) return wrong;
  const { plan } = about.context;
  const newKey = newKeyOf(about);
  const outcome = told.said?.outcome;
  if (outcome === 'rotated') {
    if (plan.oldKey && now.keys.has(plan.oldKey)) wrong.push('it is rotated, and the old key is there');
    if (!newKey || now.keys.get(newKey) !== 'Active') wrong.push('it is rotated, and the new key is not active');
    if (plan.from === 'start' && now.holds?.accessKeyId !== newKey && !before.placeByHand) {
      wrong.push('it is rotated, and the place does not hold the new key');
    }
  }
  if (outcome === 'rolledBack') {
    // Everything was back already, but for the claim: what a person did to the old key since then is theirs.
    const isSince = openRecord(was)?.context.removeNewKey && before.keys.get(plan.oldKey ?? '')?.offByHand;
    if (plan.oldKey && was.keys.has(plan.oldKey) && now.keys.get(plan.oldKey) !== 'Active' && !isSince)
      wrong.push('it is rolled back, and the old key is not active');
    const isRestorable = plan.from === 'start' && about.context.verifyOldKey?.verdict !== 'unkept';
    if (isRestorable && newKey && now.holds?.accessKeyId === newKey && !before.placeByHand) {
      wrong.push('it is rolled back, and the place holds the new key');
    }
  }
  const rotation = told.said?.rotation;
  if (outcome && ['rotated', 'rolledBack', 'refused', 'nothingToDo'].includes(outcome) && rotation) {
    if (now.claims.includes(rotation)) wrong.push(`it is ${outcome}, and its claim is there`);
    if (now.vault.some((name) => name.startsWith(rotation)))
      wrong.push(`it is ${outcome}, and its pair is in the vault`);
  }
  return wrong;
}
