// What the texts of a policy file mean: durations in whole seconds, and what holds where nothing is said.
import { parseDuration } from '../duration.ts';
import type { Blackout, SettingName, WrittenSettings } from './schema.ts';

/** Durations are whole seconds. */
export interface Settings {
  maxAge: number;
  minAge: number;
  quietFor: number;
  grace: number;
  watchLimit: number;
  probeEvery: number;
  freeSlot: string;
  unproven: 'ask' | 'proceed';
  vault: 'file' | 'secretsmanager';
  consumers: string[];
  probes: string[];
  notify: string[];
  owner: string | null;
  ownerDomains: string[];
  administrators: string[];
  blackout: Blackout[];
  stateMachine: string | null;
}

const hour = 3_600;
const day = 24 * hour;

/** Where a person runs keyturn, the file says nothing, and no flag does. */
export const attendedSettings: Settings = {
  maxAge: 90 * day,
  minAge: 0,
  quietFor: 48 * hour,
  grace: 7 * day,
  watchLimit: 30 * day,
  probeEvery: hour,
  freeSlot: 'never',
  unproven: 'ask',
  vault: 'file',
  consumers: [],
  probes: [],
  notify: [],
  owner: null,
  ownerDomains: [],
  administrators: [],
  blackout: [],
  stateMachine: null,
};

/** Where nobody does: longer quiet, and all of it within the 90 days that a key may become old. */
export const unattendedSettings: Settings = {
  ...attendedSettings,
  quietFor: 7 * day,
  watchLimit: 21 * day,
  vault: 'secretsmanager',
};

const durations = ['maxAge', 'minAge', 'quietFor', 'grace', 'watchLimit', 'probeEvery'] as const;

/** Of a validated block. */
export function settingsOf(written: WrittenSettings): Partial<Settings> {
  const read: Record<string, unknown> = {};
  for (const name of Object.keys(attendedSettings) as SettingName[]) {
    const value = written[name];
    if (value === undefined) continue;
    const isDuration = (durations as readonly string[]).includes(name);
    read[name] = isDuration ? parseDuration(value as string, { allowZero: true, anyLength: true }) : value;
  }
  return read as Partial<Settings>;
}
