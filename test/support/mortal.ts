// A process that can die at any moment without a trace: whatever goes through a bound part after its end neither happens
// nor answers, as if nobody had ever asked.

export interface Life {
  end(): void;
  readonly ended: Promise<void>;
  /** The same part, as long as the process lives. */
  bound<Part extends object>(part: Part): Part;
}

/** `killBefore` is asked before each call of a bound part whether the process dies right there. */
export function mortal(killBefore: (call: string, given: unknown[]) => boolean = () => false): Life {
  let alive = true;
  let tell = () => {};
  const never = new Promise<never>(() => {});
  const ended = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const answered = async (answer: unknown) => {
    try {
      return await answer;
    } finally {
      if (!alive) await never;
    }
  };

  const end = () => {
    alive = false;
    tell();
  };

  return {
    ended,
    end,
    bound: (part) =>
      new Proxy(part, {
        get: (target, name) => {
          const member = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...given: unknown[]) => {
            if (!alive) return never;
            if (killBefore(String(name), given)) end();
            if (!alive) return never;
            const answer = member.apply(target, given);
            return answer instanceof Promise ? answered(answer) : answer;
          };
        },
      }),
  };
}
