// A folder with a credentials file for one test, and how others read it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { fromIni } from '@aws-sdk/credential-providers';
import { expect } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createVirtualClock } from '../../src/clock.ts';
import type { Consumer } from '../../src/consumers/contract.ts';
import { credentialsFile } from '../../src/consumers/credentials-file.ts';
import { ConsumerError } from '../../src/errors.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const clock = createVirtualClock('2026-11-22T10:00:00Z');
export const kind = {
  ...credentialsFile,
  open: (place: string) => credentialsFile.open(place, replacement, consumerDeps({ clock })),
};
export const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'oldold/oldold+oldold');
export const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew/newnewnew+newnewnew=');

export const bytes = (file: string) => readFileSync(file).toString('latin1');

export const readBySdk = async (file: string, profile: string): Promise<KeyPair> => {
  const read = fromIni({ filepath: file, configFilepath: `${file}.none`, profile, ignoreCache: true });
  const { accessKeyId, secretAccessKey } = await read();
  return new KeyPair(accessKeyId, secretAccessKey);
};

/** A folder with a credentials file of these bytes, given as latin1. */
export const setUp = (text: string | null, profile = 'work') => {
  const folder = temporaryFolder();
  const file = join(folder, 'credentials');
  if (text !== null) writeFileSync(file, text, { encoding: 'latin1', mode: 0o600 });
  return { folder, file, consumer: kind.open(`${profile}@${file}`) };
};

export const preflightError = async (consumer: Consumer, oldKey?: string | null) =>
  (await preflightRefusal(consumer, oldKey)).message;

export const preflightRefusal = async (consumer: Consumer, oldKey: string | null = oldPair.accessKeyId) => {
  const error = await consumer.preflight({ user: 'alice', oldKey }).catch((caught) => caught);
  expect(error).toBeInstanceOf(ConsumerError);
  expect(error.hint).toBeTruthy();
  expect(inspect(error, { depth: 9 })).not.toMatch(/oldold|newnew|hush/);
  return error as ConsumerError;
};
