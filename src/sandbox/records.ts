// Things by name. Every change replaces a whole record, and the former records are kept for a day, so that a read can be
// answered as of an earlier moment.
import type { Clock } from '../clock.ts';

/** All records as they were at one moment. */
export interface RecordsView<T> {
  get(name: string): T | undefined;
  all(): T[];
}

export interface Records<T> {
  readonly current: RecordsView<T>;
  asOf(time: number): RecordsView<T>;
  put(name: string, record: T): void;
  remove(name: string): void;
}

const keptFor = 24 * 60 * 60 * 1000;

export function createRecords<T>(clock: Clock): Records<T> {
  const records = new Map<string, T>();
  const former = new Map<string, { until: number; record: T | undefined }[]>();

  const replace = (name: string, record: T | undefined) => {
    const now = clock.now();
    const versions = (former.get(name) ?? []).filter((version) => version.until > now - keptFor);
    former.set(name, [...versions, { until: now, record: records.get(name) }]);
    if (record !== undefined) records.set(name, record);
    else records.delete(name);
  };
  const view = (get: (name: string) => T | undefined): RecordsView<T> => ({
    get,
    all: () => [...new Set([...records.keys(), ...former.keys()])].flatMap((name) => get(name) ?? []),
  });

  return {
    current: view((name) => records.get(name)),
    asOf: (time) =>
      view((name) => {
        const version = former.get(name)?.find((one) => one.until > time);
        return version ? version.record : records.get(name);
      }),
    put: replace,
    remove: (name) => replace(name, undefined),
  };
}
