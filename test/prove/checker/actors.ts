// Which rotation did a thing: the one that the request's user agent names; else the one that whoever calls itself so (`app/`,
// from AWS_SDK_UA_APP_ID, which tells processes apart) last wrote a claim for; else the one whose claim was raised last.
import type { RequestEvent } from '../../../src/sandbox/index.ts';
import type { Memory, Sight } from './contract.ts';
import { lastRaised } from './knowledge.ts';
import { claimPrefix } from './notes.ts';

export function isKeyturns({ userAgent }: RequestEvent): boolean {
  return /(?:^|\s)keyturn\//.test(userAgent);
}

export function createActors() {
  const rotationOfApp = new Map<string, string>();

  return {
    /** Learns from a request who works for which rotation. */
    hear: ({ operation, params, userAgent }: RequestEvent): void => {
      const app = inAgent('app', userAgent);
      if (app === null || operation !== 'TagUser') return;
      for (const { Key = '' } of (params.Tags ?? []) as { Key?: string }[]) {
        if (Key.startsWith(claimPrefix)) rotationOfApp.set(app, Key.slice(claimPrefix.length));
      }
    },

    of: ({ userAgent }: RequestEvent, sight: Sight): string | null => {
      const app = inAgent('app', userAgent);
      return inAgent('rotation', userAgent) ?? (app && rotationOfApp.get(app)) ?? lastRaised(sight);
    },
  };
}

/** Of a delivery that came without a request: whoever made the key, while that is not over. */
export function delivererOf(key: string, sight: Sight, memory: Memory): string | null {
  const maker = memory.made.get(key)?.by ?? null;
  return maker !== null && sight.claims.has(maker) ? maker : lastRaised(sight);
}

function inAgent(name: string, userAgent: string): string | null {
  return new RegExp(`(?:^|\\s)${name}/(\\S+)`).exec(userAgent)?.[1] ?? null;
}
