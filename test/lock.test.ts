import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createVirtualClock } from '../src/clock.ts';
import { LockedError } from '../src/errors.ts';
import { acquireLock } from '../src/lock.ts';
import { runChild } from './support/child.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const clock = createVirtualClock('2026-11-22T10:00:00Z');

const holder = (overrides: object) =>
  JSON.stringify({ pid: process.pid, started: null, host: hostname(), nonce: '0123456789ab', ...overrides });

/** Larger than any pid that Linux gives out (proc(5), pid_max). */
const neverAProcess = 2 ** 22 + 1;

test('is held once, and free again after its release', async () => {
  const path = join(temporaryFolder(), 'lock');

  const first = await acquireLock(path, { what: 'user alice', clock });
  const second = await acquireLock(path, { what: 'user alice', clock }).catch((error) => error);
  await first.release();
  const third = await acquireLock(path, { what: 'user alice', clock });

  expect(second).toBeInstanceOf(LockedError);
  expect(second.message).toBe(`user alice is locked by process ${process.pid}`);
  expect(second.hint).toBe(`wait until it ends, or stop it; if it is no keyturn, remove ${path}`);
  await third.release();
  expect(existsSync(path)).toBe(false);
});

test('a second release does not free the lock of the next holder', async () => {
  const path = join(temporaryFolder(), 'lock');

  const first = await acquireLock(path, { what: 'it', clock });
  await first.release();
  await acquireLock(path, { what: 'it', clock });
  await first.release();

  await expect(acquireLock(path, { what: 'it', clock })).rejects.toThrow(LockedError);
});

test('waits as long as it was told for the lock to be free', async () => {
  const path = join(temporaryFolder(), 'lock');
  const first = await acquireLock(path, { what: 'it', clock });
  const waiting = createVirtualClock('2026-11-22T10:00:00Z', { auto: false });

  const second = acquireLock(path, { what: 'it', waitMs: 86_400_000, clock: waiting });
  await first.release();
  const moving = { done: false };
  void second.then(() => {
    moving.done = true;
  });
  while (!moving.done) {
    await waiting.advance(100);
    await new Promise(setImmediate);
  }

  await expect((await second).release()).resolves.toBeUndefined();
});

test('refuses after waiting in vain', async () => {
  const path = join(temporaryFolder(), 'lock');
  await acquireLock(path, { what: 'it', clock });
  const waiting = createVirtualClock('2026-11-22T10:00:00Z');

  const second = acquireLock(path, { what: 'it', waitMs: 1000, clock: waiting });

  await expect(second).rejects.toThrow(LockedError);
  expect(waiting.monotonic()).toBe(1000);
});

test('takes over the lock of a process that is no more', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'lock'), holder({ pid: neverAProcess }));

  const lock = await acquireLock(join(folder, 'lock'), { what: 'it', clock });

  expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(process.platform === 'linux')('takes over the lock of an earlier process with the same pid', async () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, holder({ started: 'an-earlier-boot/1' }));

  const lock = await acquireLock(path, { what: 'it', clock });

  await lock.release();
});

test('takes over where whoever was taking over died as well', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'lock'), holder({ pid: neverAProcess }));
  writeFileSync(join(folder, 'lock.0123456789ab'), holder({ pid: neverAProcess, nonce: 'ba9876543210' }));

  const lock = await acquireLock(join(folder, 'lock'), { what: 'it', clock });

  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('removes what others left who were killed while they tried for it', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'lock');
  const tries = (crashBefore: 'link') =>
    runChild(
      `import { acquireLock } from './src/lock.ts'; import { systemClock } from './src/clock.ts';
       await acquireLock(${JSON.stringify(path)}, { what: 'it', clock: systemClock });`,
      { crashBefore },
    );
  await tries('link');
  await tries('link');
  writeFileSync(join(folder, 'lock.0123456789ab'), holder({ pid: neverAProcess, nonce: 'ba9876543210' }));
  const left = readdirSync(folder);

  const lock = await acquireLock(path, { what: 'it', clock });

  expect(left).toHaveLength(3);
  expect(readdirSync(folder)).toEqual(['lock']);
  await lock.release();
});

test('leaves alone what living processes and other machines need to try for it, and what is none of its own', async () => {
  const folder = temporaryFolder();
  const others = [
    `.lock.0123456789ab-${process.pid}-${'0'.repeat(12)}.keyturn-tmp`,
    '.lock.0123456789ab.keyturn-tmp',
    `.lock2.0123456789ab-${neverAProcess}-0123456789ab.keyturn-tmp`,
    'lock.0123456789ab',
    'lock2',
  ];
  for (const name of others)
    writeFileSync(join(folder, name), name === 'lock2' ? holder({ pid: neverAProcess }) : holder({}));

  const lock = await acquireLock(join(folder, 'lock'), { what: 'it', clock });

  await lock.release();
  expect(readdirSync(folder).sort()).toEqual(others.sort());
});

test('a slower process leaves alone what another has taken over since it found the lock dead', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'lock');
  writeFileSync(path, holder({ pid: neverAProcess }));
  writeFileSync(join(folder, 'taken'), holder({ nonce: 'ba9876543210' }));

  const child = await runChild(
    `import fs from 'node:fs/promises';
     import { copyFileSync } from 'node:fs';
     import { syncBuiltinESMExports } from 'node:module';
     const { readFile } = fs;
     let reads = 0;
     fs.readFile = async (path) => {
       const content = await readFile(path);
       if (String(path) === ${JSON.stringify(path)} && ++reads === 1) copyFileSync(${JSON.stringify(join(folder, 'taken'))}, path);
       return content;
     };
     syncBuiltinESMExports();
     const { systemClock } = await import('./src/clock.ts');
     const { acquireLock } = await import('./src/lock.ts');
     await acquireLock(${JSON.stringify(path)}, { what: 'it', clock: systemClock }).catch((error) => console.log(error.message));`,
  );

  expect(child).toMatchObject({ stdout: `it is locked by process ${process.pid}\n`, stderr: '' });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, nonce: 'ba9876543210' });
  expect(readdirSync(folder)).toEqual(['lock', 'taken']);
});

test('keeps away while a living process is taking over', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'lock'), holder({ pid: neverAProcess }));
  writeFileSync(join(folder, 'lock.0123456789ab'), holder({ nonce: 'ba9876543210' }));

  const lock = acquireLock(join(folder, 'lock'), { what: 'it', clock });

  await expect(lock).rejects.toThrow(`it is locked by process ${process.pid}`);
  expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: neverAProcess });
});

test('never takes the lock of another machine', async () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, holder({ pid: neverAProcess, host: 'elsewhere' }));

  const error = await acquireLock(path, { what: 'it', clock }).catch((caught) => caught);

  expect(error).toBeInstanceOf(LockedError);
  expect(error.message).toBe(`it is locked by process ${neverAProcess} on elsewhere`);
  expect(error.hint).toBe(`look there; if that process is gone, remove ${path}`);
});

test.each(['', '{', '[]', 'null', '{"pid":1}', '{"pid":1,"host":"h","nonce":"../../x"}'])(
  'never takes a lock that does not say whose it is: %s',
  async (content) => {
    const path = join(temporaryFolder(), 'lock');
    writeFileSync(path, content);

    const lock = acquireLock(path, { what: 'it', clock });

    await expect(lock).rejects.toThrow('it is locked, and the lock does not say by whom');
    expect(readFileSync(path, 'utf8')).toBe(content);
  },
);

test('takes over from a process that was killed, also where its parent has not noticed', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'lock');

  const child = await runChild(
    `import { spawn } from 'node:child_process';
     import { existsSync } from 'node:fs';
     import { systemClock } from './src/clock.ts';
     import { acquireLock } from './src/lock.ts';
     const path = ${JSON.stringify(path)};
     // A shell that holds on to its dead child: it never waits for it.
     const inner = "import { acquireLock } from './src/lock.ts'; import { systemClock } from './src/clock.ts';" +
       " await acquireLock(" + JSON.stringify(path) + ", { what: 'it', clock: systemClock }); process.kill(process.pid, 'SIGKILL');";
     const shell = spawn('/bin/sh', ['-c', '"$0" --input-type=module --eval "$1" & exec sleep 60', process.execPath, inner]);
     while (!existsSync(path)) await systemClock.sleep(20);
     const lock = await acquireLock(path, { what: 'it', waitMs: 20_000, clock: systemClock });
     await lock.release();
     shell.kill();
     console.log('taken over');`,
  );

  expect(child).toMatchObject({ stdout: 'taken over\n', stderr: '', code: 0 });
  expect(readdirSync(folder)).toEqual([]);
});

test('of many processes that fight over it and die holding it, one at a time is inside', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const contender = (index: number) =>
    `import { closeSync, openSync, unlinkSync, writeSync, appendFileSync } from 'node:fs';
     import { systemClock } from './src/clock.ts';
     import { acquireLock } from './src/lock.ts';
     const [lockPath, inside, log] = ${JSON.stringify([join(folder, 'lock'), join(folder, 'inside'), join(folder, 'log')])};
     const quick = { ...systemClock, sleep: () => systemClock.sleep(1) };
     for (let round = 0; round < 12; round += 1) {
       const lock = await acquireLock(lockPath, { what: 'it', waitMs: 60_000, clock: quick });
       closeSync(openSync(inside, 'wx'));
       await systemClock.sleep(1);
       appendFileSync(log, 'x');
       unlinkSync(inside);
       if (round === ${index + 3}) process.kill(process.pid, 'SIGKILL');
       await lock.release();
     }`;

  const children = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => runChild(contender(index))));

  expect(children.map(({ stderr }) => stderr).join('')).toBe('');
  expect(children.map(({ signal }) => signal)).toEqual(Array(6).fill('SIGKILL'));
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('x'.repeat(4 + 5 + 6 + 7 + 8 + 9));
  const last = await acquireLock(join(folder, 'lock'), { what: 'it', clock });
  await last.release();
});
