// A function as Lambda runs it: in processes of its own that have nothing but its code and its environment, are kept for the
// next event, and never work on two at once.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer } from './lambda-runtime.ts';

export interface FunctionSpec {
  /** Folder with its code. */
  code: string;
  /** `file.export`. */
  handler: string;
  environment: Readonly<Record<string, string>>;
}

export interface LambdaFunction {
  invoke(event: unknown): Promise<Answer>;
  /** All that its processes have printed. */
  printed(): string;
  close(): void;
}

const runtime = fileURLToPath(new URL('lambda-runtime.ts', import.meta.url));

export function createFunction({ code, handler, environment }: FunctionSpec): LambdaFunction {
  const all: ChildProcess[] = [];
  const idle: ChildProcess[] = [];
  let output = '';

  const start = () => {
    const env = { ...environment, LAMBDA_TASK_ROOT: code, _HANDLER: handler, HOME: code };
    const child = fork(runtime, { cwd: code, env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    all.push(child);
    return child;
  };

  return {
    invoke: async (event) => {
      const child = idle.pop() ?? start();
      const given = new AbortController();
      try {
        const ended = once(child, 'exit', given).then(() => {
          throw new Error(`${handler} ended without an answer:\n${output.slice(-2000)}`);
        });
        const answered = once(child, 'message', given).then(([answer]) => answer as Answer);
        child.send({ event });
        const answer = await Promise.race([answered, ended]);
        idle.push(child);
        return answer;
      } finally {
        given.abort();
      }
    },
    printed: () => output,
    close: () => {
      for (const child of all) child.kill('SIGKILL');
    },
  };
}
