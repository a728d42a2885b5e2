// Faults to order: which call of which operation goes wrong, and how. Rules come and go while the sandbox runs.
import type { Request } from './service.ts';

export type FaultKind =
  /** The change is made, then the connection is cut without an answer. */
  | 'lostAnswer'
  /** The connection is reset before anything happens. */
  | 'reset'
  /** ServiceFailure, 500; nothing happens. */
  | 'error500'
  /** Throttling, 400; nothing happens. */
  | 'throttled'
  /** The request waits for `ms` on the sandbox's clock, and is applied only then. */
  | 'delayed'
  /** The connection stays open and no answer ever comes; the change is made unless `applied` is false. */
  | 'noAnswer'
  /** AccessDenied, 403; nothing happens. */
  | 'accessDenied'
  /** The change is made; the answer is a 200 whose body is broken. */
  | 'garbage';

export interface FaultRule {
  /** `CreateAccessKey`, `iam:CreateAccessKey`, `iam:*`, or `*` for every operation. */
  operation: string;
  /** Which matching call since the rule was added, counted from 1. */
  call: number | 'every' | ((call: number) => boolean);
  kind: FaultKind;
  /** Only calls signed with this key. */
  accessKeyId?: string;
  /** For `delayed`: how long, in milliseconds. */
  ms?: number;
  /** For `noAnswer`: whether the change is made. Default true. */
  applied?: boolean;
}

export interface Faults {
  /** Adds a rule; the returned function takes it away again. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** Counts this call against every rule and returns the first rule that it falls under. */
  next(service: string, request: Request, accessKeyId: string | null): FaultRule | undefined;
}

export function createFaults(): Faults {
  let rules: { rule: FaultRule; calls: number }[] = [];
  return {
    add: (rule) => {
      const entry = { rule, calls: 0 };
      rules.push(entry);
      return () => {
        rules = rules.filter((one) => one !== entry);
      };
    },
    clear: () => {
      rules = [];
    },
    next: (service, { operation }, accessKeyId) => {
      const matching = rules.filter(
        ({ rule }) =>
          ['*', `${service}:*`, operation, `${service}:${operation}`].includes(rule.operation) &&
          (rule.accessKeyId === undefined || rule.accessKeyId === accessKeyId),
      );
      for (const entry of matching) entry.calls += 1;
      return matching.find(({ rule, calls }) => {
        if (rule.call === 'every') return true;
        return typeof rule.call === 'function' ? rule.call(calls) : rule.call === calls;
      })?.rule;
    },
  };
}
