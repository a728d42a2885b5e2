// The secret is never lost: once keyturn has gone on from making a key, and until the rotation is over, a vault or a place
// holds the pair.
import { type Broken, isOver, type Moment } from '../contract.ts';

const rule = 'secret kept';

export function secretsKept(moment: Moment): Broken[] {
  const { now, memory, watched } = moment;
  return [...memory.made].flatMap(([id, made]) => {
    if (now.keys.get(id)?.status !== 'Active' || !(made.mentioned || made.left) || isOver(made.by, moment)) return [];
    const pairs = [...now.notes, ...now.holdings].flatMap((one) => one.pairs.filter((pair) => pair.accessKeyId === id));
    if (pairs.some((pair) => watched.sandbox.inspection.standing(pair) === 'Active')) return [];
    return [{ rule, subject: id, what: `neither a vault nor a place holds the secret of ${id}, which is active` }];
  });
}
