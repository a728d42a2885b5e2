// The tokens of tasks that wait for somebody's answer. Each is answered once at most.
import type { Random } from './random.ts';

export type TaskAnswer = { output: string } | { error: string; cause: string };

export interface TaskTokens {
  /** A token that nobody waits for yet. */
  draw(): string;
  wait(token: string): Promise<TaskAnswer>;
  /** From now on an answer is too late. */
  close(token: string): void;
  /** False where the answer comes too late, undefined for a token that was never drawn. */
  answer(token: string, answer: TaskAnswer): boolean | undefined;
}

export function createTaskTokens(random: Random): TaskTokens {
  const waiting = new Map<string, ((answer: TaskAnswer) => void) | null>();
  return {
    draw: () => {
      const token = random.token();
      waiting.set(token, null);
      return token;
    },
    wait: (token) => new Promise((resolve) => waiting.set(token, resolve)),
    close: (token) => void waiting.set(token, null),
    answer: (token, answer) => {
      const settle = waiting.get(token);
      if (settle) waiting.set(token, null);
      settle?.(answer);
      return settle === undefined ? undefined : settle !== null;
    },
  };
}
