// What a process under test and the test that steers it tell each other.
import type { ExecutionInput } from '../../../src/lambda/contract.ts';

/** An execution of the unattended engine, and what its deployment says. */
export interface Unattended {
  name: string;
  input: ExecutionInput;
  /** keyturn.yaml as it was shipped. */
  policy: string;
  /** ARN. */
  topic: string;
  bucket: string;
}

/** One command line, and the world that it runs in. */
export interface Order {
  kind: 'run';
  argv: readonly string[];
  /** Instead of a command line. */
  unattended?: Unattended;
  env: Readonly<Record<string, string>>;
  cwd: string;
  home: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** Folders by the part that their files play, the longest path first. */
  roles: readonly (readonly [path: string, role: string])[];
  /** The operation on a file at which the process kills itself. */
  dieAt: string | null;
  /** Name every operation on a file. */
  record: boolean;
  /** Say also when nothing happens because AWS has not answered. */
  tellWhileAsking: boolean;
}

export type ToChild = Order | { kind: 'wake'; id: number; now: number } | { kind: 'goOn'; id: number };

/** Nothing happens in the process until it is woken or answered. */
export interface Rest {
  kind: 'rest';
  sleeps: readonly { id: number; due: number }[];
  /** How many requests it made and how many came to their end, and how often it was woken, since its start. */
  asked: number;
  answered: number;
  woken: number;
}

export type FromChild =
  | Rest
  | { kind: 'printed'; stream: 'stdout' | 'stderr'; text: string }
  /** Is about to do it. */
  | { kind: 'file'; name: string }
  /** Has put a file in its place, and goes on when it is told to. */
  | { kind: 'placed'; id: number; role: string }
  | { kind: 'ended'; code: number };
