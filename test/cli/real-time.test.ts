// Everything that needs real processes on real time, in one file so that their pauses, which are there on purpose, pass at
// the same time.
import { vi } from 'vitest';
import './real-time/credentials.ts';
import './real-time/surroundings.ts';
import './real-time/terminal.ts';
import './real-time/two-processes.ts';

vi.setConfig({ maxConcurrency: 12, testTimeout: 90_000 });
