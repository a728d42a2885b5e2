// Intent first: every key of the user was there before, or is written down by its id; one that was just made is covered by
// something that was written down before it was asked for, once.
import { type Broken, isOver, type MadeKey, type Moment, type Note, type Sight } from '../contract.ts';
import { isMentioned } from '../knowledge.ts';

const rule = 'intent first';

export function keysKnown(moment: Moment): Broken[] {
  const { now, memory } = moment;
  return [...now.keys.keys()].flatMap((id) => {
    if (memory.before.has(id) || isMentioned(id, now) || isHeld(id, now)) return [];
    const made = memory.made.get(id);
    if (made?.mentioned && isOver(made.by, moment)) return [];
    if (made?.intended && !made.mentioned && intents(moment, made.by).length > 0) return [];
    const what = !made
      ? `${id} exists, which no request of keyturn made, and nothing that is written down mentions it`
      : made.intended
        ? `${id} exists, and nothing that is written down leads to it any more`
        : `${id} was made before anything was written down`;
    return [{ rule, subject: id, what }];
  });
}

/** Whether something was written since the last intent was used up, by an earlier key that is still there or was known. */
export function isIntended(moment: Moment, by: string | null): boolean {
  const { now, memory } = moment;
  const used = [...memory.made].filter(([id, one]) => one.mentioned || now.keys.has(id)).map(([, one]) => one.look);
  return intents(moment, by).some(({ since }) => since > Math.max(-1, ...used));
}

/** What is written down about the user and, where it is known which one makes the key, that rotation. */
function intents({ watched: { user }, now }: Moment, by: MadeKey['by']): Note[] {
  return now.notes.filter(
    ({ kind, name, text }) =>
      (kind === 'claim' || text.includes(user)) && (by === null || name.includes(by) || text.includes(by)),
  );
}

function isHeld(id: string, { holdings }: Sight): boolean {
  return holdings.some(({ pairs }) => pairs.some(({ accessKeyId }) => accessKeyId === id));
}
