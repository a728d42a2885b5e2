// A folder with a command for one test, and its processes.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { systemClock } from '../../src/clock.ts';
import type { Consumer, ConsumerDeps, Replacement } from '../../src/consumers/contract.ts';
import { exec } from '../../src/consumers/exec.ts';
import { ConsumerError } from '../../src/errors.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'oldold/oldold+oldold/oldold+oldold/oldol');
export const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'n3w+n3w/S3cr3t+t0+b3/h1dd3n+4lw4ys/+0k/3');

/** A folder with a command in it, whose lines find the document that it is told in `$told`. */
export function setUp(lines: string, deps: Partial<ConsumerDeps> = {}, known: Partial<Replacement> = {}) {
  const folder = temporaryFolder();
  const command = join(folder, 'deliver.sh');
  writeFileSync(command, `#!/bin/sh\ncd '${folder}'\nread -r told\nprintf '%s\\n' "$told" >> told\n${lines}\n`);
  chmodSync(command, 0o755);
  const consumer = exec.open(command, { ...replacement, ...known }, consumerDeps({ clock: systemClock, ...deps }));
  return {
    folder,
    consumer,
    told: () =>
      readFileSync(join(folder, 'told'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

export const preflight = (consumer: Consumer, oldKey: string | null = oldPair.accessKeyId) =>
  consumer.preflight({ user: 'alice', oldKey });

export const errorOf = async (work: Promise<unknown>): Promise<ConsumerError> => {
  const error = await work.catch((caught) => caught);
  expect(error).toBeInstanceOf(ConsumerError);
  expect((error as ConsumerError).hint).toBeTruthy();
  return error as ConsumerError;
};

/** The pid that a command wrote into a file, as soon as it is whole. */
export async function pidIn(path: string): Promise<number> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (text.endsWith('\n')) return Number(text);
    await new Promise(setImmediate);
  }
}

/** Resolves when the process is gone or a mere entry in the process table. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    const status = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ' Z ';
    if (/ [ZX] /.test(status)) return;
    await new Promise(setImmediate);
  }
}
