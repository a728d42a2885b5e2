// Preloaded into a child process (`node --import`): on SIGWINCH it crashes in the way that KEYTURN_TEST_CRASH names.

const ways: Record<string, () => void> = {
  'uncaught-exception': () => {
    throw new Error('crashed on request');
  },
  'unhandled-rejection': () => void Promise.reject(new Error('crashed on request')),
  abort: () => process.abort(),
  'out-of-memory': () => {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(100_000).fill(hoard.length));
  },
};

process.on('SIGWINCH', () => ways[process.env.KEYTURN_TEST_CRASH ?? '']?.());
