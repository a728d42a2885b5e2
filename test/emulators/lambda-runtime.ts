// What runs a function in Lambda: a process with the function's environment and code, which is handed one event after another
// and answers errors by their names. Started as a child process; it ends with whoever started it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Invocation {
  event: unknown;
}

/** As Lambda answers: what went wrong is a document as well. */
export interface Answer {
  failed: boolean;
  payload: unknown;
}

const { _HANDLER = '', LAMBDA_TASK_ROOT = '' } = process.env;
const [file = '', name = ''] = _HANDLER.split('.');
const { [name]: handler } = await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href);

process.on('disconnect', () => process.exit());
process.on('message', async ({ event }: Invocation) => {
  process.send?.(await answer(event));
});

async function answer(event: unknown): Promise<Answer> {
  try {
    return { failed: false, payload: (await handler(event)) ?? null };
  } catch (error) {
    const { name: errorType, message: errorMessage, stack = '' } = error as Error;
    return { failed: true, payload: { errorType, errorMessage, trace: stack.split('\n') } };
  }
}
