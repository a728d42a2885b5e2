// The time of several processes at once. It passes only when every one of them rests: as long as one computes, writes a
// file or waits for AWS, all clocks stand still. Then whoever sleeps shortest is woken, and nobody else.
import type { VirtualClock } from '../../../src/clock.ts';
import type { Rest } from './messages.ts';

export interface Member {
  /** What it said last, if nothing was sent to it since; null while it may be at work. */
  rest(): Rest | null;
  wake(id: number, now: number): void;
}

export interface CommonTime {
  join(member: Member): void;
  leave(member: Member): void;
  /** To be called whenever a member has come to rest, or has left. */
  look(): void;
}

export function createCommonTime(clock: VirtualClock): CommonTime {
  const members = new Set<Member>();
  let passing = false;

  const look = () => {
    if (passing) return;
    const rests = [...members].map((member) => ({ member, rest: member.rest() }));
    if (rests.length === 0 || rests.some(({ rest }) => rest === null)) return;
    const [first] = rests
      .flatMap(({ member, rest }) => (rest?.sleeps ?? []).map((sleep) => ({ member, ...sleep })))
      .sort((a, b) => a.due - b.due);
    if (!first) return;
    passing = true;
    void clock.advance(Math.max(0, first.due - clock.now())).then(() => {
      passing = false;
      if (members.has(first.member)) first.member.wake(first.id, clock.now());
      else look();
    });
  };

  return {
    join: (member) => void members.add(member),
    leave: (member) => {
      members.delete(member);
      look();
    },
    look,
  };
}
