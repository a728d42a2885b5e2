// For probes that ask AWS nothing.
import { expect } from 'vitest';

export const noAws = { alarms: () => expect.fail('it asked AWS') };
