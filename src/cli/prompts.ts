// Every question that keyturn asks, by inquirer, on stderr: stdout belongs to results.
import inquirer from 'inquirer';
import type { Io } from './io.ts';

export interface Choice<Value> {
  name: string;
  value: Value;
  description?: string;
  checked?: boolean;
  disabled?: string | boolean;
}

function asker(io: Io) {
  return inquirer.createPromptModule({ input: io.stdin, output: io.stderr, signal: io.interrupted });
}

export async function confirm(io: Io, message: string, fallback: boolean): Promise<boolean> {
  const { answer } = await asker(io)([{ type: 'confirm', name: 'answer', message, default: fallback }]);
  return answer as boolean;
}

export async function select<Value extends string>(io: Io, message: string, choices: Choice<Value>[]): Promise<Value> {
  const { answer } = await asker(io)([{ type: 'select', name: 'answer', message, choices, loop: false }]);
  return answer as Value;
}

/** At least one has to be ticked. */
export async function tick(io: Io, message: string, choices: Choice<string>[]): Promise<string[]> {
  const { answer } = await asker(io)([
    { type: 'checkbox', name: 'answer', message, choices, required: true, loop: false },
  ]);
  return answer as string[];
}

export async function ask(io: Io, message: string, fallback = ''): Promise<string> {
  const { answer } = await asker(io)([{ type: 'input', name: 'answer', message, default: fallback }]);
  return (answer as string).trim();
}

export function confirmPlan(io: Io): Promise<boolean> {
  return confirm(io, 'Go on?', true);
}

export function askMfaCode(io: Io, serial: string): Promise<string> {
  return ask(io, `MFA code for ${serial}`);
}
