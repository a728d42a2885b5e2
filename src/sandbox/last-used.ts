// When each key was last used: the first use in every 15 minutes counts, and it is published late.
import type { Clock } from '../clock.ts';
import type { Settings } from './settings.ts';

export interface KeyUse {
  at: number;
  service: string;
  region: string;
}

export interface LastUsed {
  record(keyId: string, use: KeyUse): void;
  /** What GetAccessKeyLastUsed may tell by now. */
  published(keyId: string): KeyUse | undefined;
  /** The newest recorded use, published or not. */
  recorded(keyId: string): KeyUse | undefined;
}

const window = 15 * 60 * 1000;

export function createLastUsed(clock: Clock, settings: Settings): LastUsed {
  const uses = new Map<string, KeyUse[]>();

  return {
    record: (keyId, use) => {
      const known = uses.get(keyId) ?? [];
      if (known.some((one) => one.at <= use.at && use.at < one.at + window)) return;
      uses.set(
        keyId,
        [...known, use].sort((a, b) => a.at - b.at),
      );
    },
    published: (keyId) => uses.get(keyId)?.findLast((use) => use.at + settings.lastUsedLag <= clock.now()),
    recorded: (keyId) => uses.get(keyId)?.at(-1),
  };
}
