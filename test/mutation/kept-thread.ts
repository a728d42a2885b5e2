// One thread for all mutants, in place of a new one for each: the SDK's clients, xstate and the sources stay loaded, which makes a
// mutant ten times cheaper. Only a mutant in what is evaluated at loading has the sources, not node_modules, loaded again.
import { type PoolOptions, type PoolRunnerInitializer, type PoolWorker, ThreadsPoolWorker } from 'vitest/node';

type Listener = (...args: unknown[]) => void;

const kept: { thread?: ThreadsPoolWorker; started?: boolean } = {};

export const keptThread: PoolRunnerInitializer = { name: 'kept thread', createPoolWorker };

function createPoolWorker(options: PoolOptions): PoolWorker {
  kept.thread ??= new ThreadsPoolWorker(options);
  const thread = kept.thread;
  const listeners: [string, Listener][] = [];
  const answer = (type: 'started' | 'stopped') => {
    for (const [event, listener] of [...listeners])
      if (event === 'message') listener({ type, __vitest_worker_response__: true });
  };
  return {
    name: keptThread.name,
    async start() {
      if (!kept.started) await thread.start();
    },
    on(event, listener) {
      listeners.push([event, listener]);
      thread.on(event, listener);
    },
    off(event, listener) {
      thread.off(event, listener);
    },
    send(message) {
      if (message.type === 'stop') return answer('stopped');
      if (message.type === 'start' && kept.started) return answer('started');
      if (message.type === 'start') kept.started = true;
      if (message.type === 'run')
        return thread.send({ ...message, context: { ...message.context, ...config(options) } });
      thread.send(message);
    },
    async stop() {
      for (const [event, listener] of listeners) thread.off(event, listener);
    },
    deserialize: (data) => data,
  };
}

/** What the thread was given at its start, with the tests of this run. Isolation there means to load the sources again. */
function config({ project }: PoolOptions) {
  const { mode, mutantActivation } = project.getProvidedContext() as { mode?: string; mutantActivation?: string };
  return { config: { ...project.serializedConfig, isolate: mode === 'mutant' && mutantActivation === 'static' } };
}
