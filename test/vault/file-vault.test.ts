import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { UsageError, VaultError } from '../../src/errors.ts';
import { createFileVault } from '../../src/vault/file-vault.ts';
import { runChild } from '../support/child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeVault } from './vault-contract.ts';

describeVault('the file vault', async () => {
  const folder = join(temporaryFolder(), 'vault');
  return () => createFileVault(folder);
});

const pair = new KeyPair('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');

test('keeps a pair in a file and a folder that are closed to others', async () => {
  const folder = join(temporaryFolder(), 'vault');

  await createFileVault(folder).put('r1', 'new', pair);

  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(['r1-new.json']);
  expect(statSync(join(folder, 'r1-new.json')).mode & 0o777).toBe(0o600);
});

test('makes no folder before something is stored, and keeps no file once nothing is', async () => {
  const folder = join(temporaryFolder(), 'vault');
  const vault = createFileVault(folder);

  await vault.get('r1', 'new');
  await vault.remove('r1', 'new');
  expect(existsSync(folder)).toBe(false);
  await vault.put('r1', 'new', pair);
  await vault.put('r1', 'old', pair);
  await vault.remove('r1', 'new');
  await vault.remove('r1', 'old');

  expect(readdirSync(folder)).toEqual([]);
});

test.each(['put', 'remove'] as const)('what a crash while storing left is gone after the next %s', async (next) => {
  const folder = join(temporaryFolder(), 'vault');
  const child = await runChild(
    `import { KeyPair } from './src/access-key.ts';
     import { createFileVault } from './src/vault/file-vault.ts';
     await createFileVault(${JSON.stringify(folder)}).put('r1', 'new', new KeyPair('AKIAIOSFODNN7EXAMPLE', 'a-secret'));`,
    { crashBefore: 'link' },
  );
  expect(child.signal).toBe('SIGKILL');
  expect(readdirSync(folder)).toEqual(['.r1-new.json.keyturn-tmp']);
  const vault = createFileVault(folder);
  expect(await vault.get('r1', 'new')).toBeNull();

  await (next === 'put' ? vault.put('r1', 'new', pair) : vault.remove('r1', 'new'));

  expect(readdirSync(folder)).toEqual(next === 'put' ? ['r1-new.json'] : []);
});

test('a secret that was stored before a crash could tidy up is found, once, and is forgotten wholly', async () => {
  const folder = join(temporaryFolder(), 'vault');
  await runChild(
    `import { KeyPair } from './src/access-key.ts';
     import { createFileVault } from './src/vault/file-vault.ts';
     import fs from 'node:fs/promises';
     import { syncBuiltinESMExports } from 'node:module';
     const { link } = fs;
     fs.link = async (...args) => { await link(...args); process.kill(process.pid, 'SIGKILL'); };
     syncBuiltinESMExports();
     await createFileVault(${JSON.stringify(folder)}).put('r1', 'new', new KeyPair('AKIAIOSFODNN7EXAMPLE', 'a-secret'));`,
  );
  const vault = createFileVault(folder);
  expect(readdirSync(folder)).toEqual(['.r1-new.json.keyturn-tmp', 'r1-new.json']);

  await vault.put('r1', 'new', new KeyPair('AKIAIOSFODNN7EXAMPLE', 'a-secret'));

  expect(readdirSync(folder)).toEqual(['r1-new.json']);
});

test.each([
  '',
  '{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"wJalrXUtnFEMI',
  '{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":["wJalrXUtnFEMI"]}',
  '{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":""}',
  '{"accessKeyId":["AKIAIOSFODNN7EXAMPLE"],"secretAccessKey":"wJalrXUtnFEMI"}',
  '{"accessKeyId":"","secretAccessKey":"wJalrXUtnFEMI"}',
  'null',
])('a damaged file is an error that shows nothing of it, and stays: %s', async (content) => {
  const folder = join(temporaryFolder(), 'vault');
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, 'r1-new.json');
  writeFileSync(path, content);
  const vault = createFileVault(folder);

  const errors = [
    await vault.get('r1', 'new').catch((caught) => caught),
    await vault.put('r1', 'new', pair).catch((caught) => caught),
  ];

  for (const error of errors) {
    expect(error).toBeInstanceOf(VaultError);
    expect(error.message).toBe('the new key pair of rotation r1 cannot be read from the vault');
    expect(error.hint).toBe(`put back a copy of ${path}; the file and the keys in AWS are as they were`);
    expect(inspect(error, { depth: 9 })).not.toMatch(/wJalrXUtnFEMI|AKIAIOSFODNN7EXAMPLE/);
  }
  expect(readFileSync(path, 'utf8')).toBe(content);
  expect(readdirSync(folder)).toEqual(['r1-new.json']);
});

test('stores nothing in a folder that others can write to', async () => {
  const folder = join(temporaryFolder(), 'vault');
  mkdirSync(folder);
  chmodSync(folder, 0o777);

  const put = createFileVault(folder).put('r1', 'new', pair);

  await expect(put).rejects.toThrow(UsageError);
  expect(readdirSync(folder)).toEqual([]);
});

test('a store that fails half-way leaves no secret behind', async () => {
  const folder = join(temporaryFolder(), 'vault');

  const child = await runChild(
    `import { KeyPair } from './src/access-key.ts';
     import { createFileVault } from './src/vault/file-vault.ts';
     import { inspect } from 'node:util';
     const pair = new KeyPair('AKIAIOSFODNN7EXAMPLE', 'a-secret'.repeat(1000));
     await createFileVault(${JSON.stringify(folder)}).put('r1', 'new', pair).catch((error) => console.log(error.name, inspect(error, { depth: 9 })));`,
    { shell: 'ulimit -f 4' },
  );

  expect(child.stdout).toMatch(/^VaultError/);
  expect(child.stdout).not.toContain('a-secret');
  expect(readdirSync(folder)).toEqual([]);
});

test('makes no folder for what is no rotation id', async () => {
  const folder = join(temporaryFolder(), 'vault');

  await expect(createFileVault(folder).put('../r1', 'new', pair)).rejects.toThrow(VaultError);

  expect(existsSync(folder)).toBe(false);
});

test('what stands where its file would be is said, and stays', async () => {
  const folder = join(temporaryFolder(), 'vault');
  const [taken, dangling] = [join(folder, 'r1-new.json'), join(folder, 'r2-new.json')];
  mkdirSync(taken, { recursive: true, mode: 0o700 });
  symlinkSync('nowhere', dangling);
  const vault = createFileVault(folder);

  const errors = [
    await vault.get('r1', 'new').catch((caught) => caught),
    await vault.put('r2', 'new', pair).catch((caught) => caught),
  ];

  expect(errors).toEqual([expect.any(VaultError), expect.any(VaultError)]);
  expect(errors).toMatchObject([
    { message: `${taken} is a folder, not a file`, hint: 'correct the path', cause: { name: 'FileError' } },
    { message: 'the vault holds another new key pair for rotation r2', hint: `it was kept: ${dangling}` },
  ]);
  expect(readdirSync(folder)).toEqual(['r1-new.json', 'r2-new.json']);
});
